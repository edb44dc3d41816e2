"""Cursors."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timezone
from typing import Any, Self

from puff import _puff
from puff.postgres import _copy, _many
from puff.postgres._column import Column, columns_of
from puff.postgres._connection import connection as Connection
from puff.postgres._constants import STATUS_PREPARED
from puff.postgres._exceptions import (
    DatabaseError,
    InterfaceError,
    NotSupportedError,
    ProgrammingError,
)
from puff.postgres._named import Named
from puff.postgres._typecasts import Casters, fallback, string_types

__all__ = ["cursor"]

_mogrify = _puff.pg_mogrify
_find_casters = _puff.pg_casters
# So many rows are made at once while a program iterates.
_ROWS_AHEAD = 100
# A closed cursor keeps a result that is no larger.
_ROWS_KEPT = 100


class _NotConnected:
    """The connection of a cursor whose class has not called `cursor.__init__`."""

    _closed = 2
    string_types: Casters | None = None


_NOT_CONNECTED: Any = _NotConnected()


class cursor(Named):
    """Runs statements and has their results. One thread or greenlet at a time may use it.

    Without a name the whole result is in memory after `execute`; with a name it stays on the server
    and comes with the fetches, `itersize` rows at a time."""

    __module__ = "puff.postgres.extensions"

    arraysize = 1
    tzinfo_factory: Any = timezone
    row_factory: Any = None
    string_types: Casters | None = None
    binary_types: Casters | None = None
    query: bytes | None = None
    typecaster: Any = None
    # Always None: the result of libpq is not lent.
    pgresult_ptr: int | None = None

    connection: Connection = _NOT_CONNECTED

    _closed = False
    _codec: str | None = None
    # The result, how many rows it has (-1: it has none to fetch), and which one is next.
    _result: Any = None
    _rows = -1
    _row = 0
    # None: what the result says.
    _rowcount: int | None = -1
    _casters: tuple[Any, ...] | None = None
    _columns: tuple[Column, ...] | None = None

    def __init__(self, conn: Connection, name: str | bytes | None = None) -> None:
        if not isinstance(conn, Connection):
            raise TypeError("argument 1 must be subclass of puff.postgres.extensions.connection")
        self.connection = conn
        if name is not None:
            self._use_name(name)

    def __repr__(self) -> str:
        return (
            f"<{type(self).__name__} object at {id(self):#x}; closed: {int(self._closed)}; "
            f"connection: {self.connection!r}>"
        )

    # -- running --

    def execute(self, query: Any, vars: Any = None) -> None:
        """Runs a statement, perhaps several with ; between, with %s and %(name)s replaced by the
        literals of `vars` (a sequence, or a mapping). Only with `vars` a % is written %%."""
        if self._name is not None:
            self._declare(query, vars)
            return
        conn = self._ready("execute")
        self._result = self._columns = self.query = None
        self._rows = self._rowcount = -1
        sql = _mogrify(self, query, vars, conn._codec, conn._standard_strings)
        self.query = sql
        if conn._async:
            self._begin_async(sql)
        else:
            self._accept(conn._execute(sql))

    def executemany(self, query: Any, vars_list: Iterable[Any]) -> None:
        """Runs a statement with each of several values. `rowcount` counts the rows of all."""
        self._rowcount = -1
        conn = self._ready("executemany")
        if conn._async:
            raise ProgrammingError("executemany cannot be used in asynchronous mode")
        if self._name is not None:
            raise self._error(ProgrammingError, "can't call .executemany() on named cursors")
        self._rowcount = _many.run(self, query, vars_list)

    def callproc(self, procname: str, parameters: Any = None) -> Any:
        """Calls a function, with a sequence of values or a mapping of names to values: its result
        is fetched like that of a SELECT. Returns the sequence."""
        conn = self._ready("callproc")
        if self._name is not None:
            raise self._error(ProgrammingError, "can't call .callproc() on named cursors")
        values = parameters if parameters is not None else ()
        if isinstance(values, dict) and values:
            marks = ",".join(_quoted_name(conn, name) + ":=%s" for name in values)
            # Explicitly of this class: a derived class may count what execute() gets.
            cursor.execute(self, _call(procname, marks), list(values.values()))
            return None
        cursor.execute(self, _call(procname, ",".join(["%s"] * len(values))), values)
        return parameters

    def mogrify(self, query: Any, vars: Any = None) -> bytes:
        """The statement that `execute` would run."""
        conn = self.connection
        return _mogrify(self, query, vars, conn._codec, conn._standard_strings)

    def _check_usable(self) -> None:
        if self._closed or self.connection._closed:
            raise InterfaceError("cursor already closed")

    def _ready(self, what: str) -> Connection:
        """The connection, if a statement may be run."""
        conn = self.connection
        if self._closed or conn._closed:
            raise InterfaceError("cursor already closed")
        if conn._executing:
            conn._check_not_executing(what)
        if conn._status == STATUS_PREPARED:
            conn._check_not_prepared(what)
        return conn

    def _begin_async(self, sql: bytes) -> None:
        self._forget()
        self._rowcount = -1
        self.connection._start(sql, self)

    def _accept(self, reply: Any) -> None:
        """Takes the answer to a statement; raises what it says."""
        results = reply.results
        result: Any = results[-1] if results else None
        kind = result.kind if result is not None else "nothing"
        self._casters = self._columns = None
        self._row = 0
        if kind == "rows":
            self._codec = self.connection._codec
            self._result = result
            self._rows = result.rows
            self._rowcount = None
        elif kind == "command":
            self._result = result
            self._rows = -1
            self._rowcount = None
        else:
            self._refuse(kind, result)

    def _refuse(self, kind: str, result: Any) -> None:
        self._forget()
        self._rowcount = -1
        if kind == "error":
            raise self.connection._raised_by(result, self)
        if kind == "empty_query":
            raise self._error(ProgrammingError, "can't execute an empty query")
        if kind == "nothing":
            raise self._error(DatabaseError, "the server gave no result")
        _copy.refuse(self, kind)

    def _forget(self) -> None:
        """No result."""
        self._result = self._casters = self._columns = None
        self._rows = -1
        self._row = 0

    def _error(self, kind: type[Any], text: str) -> Any:
        error = kind(text)
        error.cursor = self
        return error

    # -- fetching --

    def fetchone(self) -> Any:
        """The next row, or None."""
        row = self._row
        if self._rows < 0 or self._closed or self._name is not None or self.connection._closed:
            if not self._fetch("fetchone", 1):
                return None
            row = self._row
        elif row >= self._rows:
            return None
        self._row = row + 1
        return self._result.fetch(
            row, row + 1, self._casters or self._cast(), self, self.row_factory
        )[0]

    def fetchmany(self, size: int | None = None) -> list[Any]:
        """The next `size` rows (`arraysize`), or fewer at the end."""
        if size is None:
            size = self.arraysize
        left = self._fetch("fetchmany", size)
        return self._take_rows(left if size < 0 else min(size, left))

    def fetchall(self) -> list[Any]:
        """All rows that are left."""
        return self._take_rows(self._fetch("fetchall", -1))

    def _fetch(self, what: str, size: int) -> int:
        """Has rows to take: from the server if the cursor is there. How many there are."""
        self._check_usable()
        if self._name is not None:
            self._fetch_named(what, size)
        if self._rows < 0:
            raise ProgrammingError("no results to fetch")
        return self._rows - self._row

    def _take_rows(self, count: int) -> list[Any]:
        if count <= 0:
            return []
        first = self._row
        self._row = first + count
        return self._make_rows(first, first + count)

    def _make_rows(self, first: int, last: int) -> list[Any]:
        """The rows of the result from `first` to before `last`."""
        rows: list[Any] = self._result.fetch(
            first, last, self._casters or self._cast(), self, self.row_factory
        )
        return rows

    def _cast(self) -> tuple[Any, ...]:
        """The typecasters of the result's columns."""
        casters: tuple[Any, ...] = _find_casters(
            self._result,
            (self.string_types, self.connection.string_types, string_types),
            fallback,
        )
        self._casters = casters
        return casters

    def __iter__(self) -> Iterator[Any]:
        if self._name is not None or type(self).__next__ is not cursor.__next__:
            return self
        self._fetch("fetchall", -1)
        return self._iterate()

    def _iterate(self) -> Iterator[Any]:
        while (first := self._row) < self._rows:
            result = self._result
            rows = self._ahead(first)
            for place, row in enumerate(rows, first):
                if self._row != place or self._result is not result:
                    # The program has fetched or executed meanwhile.
                    break
                self._row = place + 1
                yield row
            if self._closed or self.connection._closed:
                self._check_usable()

    def _ahead(self, first: int) -> list[Any]:
        """Some rows from `first` on; if one of them cannot be made, those before it."""
        last = min(first + _ROWS_AHEAD, self._rows)
        try:
            return self._make_rows(first, last)
        except Exception:
            return self._make_rows(first, first + 1)

    def __next__(self) -> Any:
        if self._name is not None:
            self._check_usable()
            self._have_named_rows()
        row = self.fetchone() if self._name is None else self._next_row()
        if row is None and self._row >= self._rows:
            raise StopIteration
        return row

    def _next_row(self) -> Any:
        rows = self._take_rows(min(1, self._rows - self._row))
        return rows[0] if rows else None

    def scroll(self, value: int, mode: str = "relative") -> None:
        """Moves to another row: by `value`, or to it with mode="absolute". A cursor with a name is
        moved on the server."""
        self._check_usable()
        if self._name is not None:
            self._move(value, mode)
            return
        if mode not in ("relative", "absolute"):
            raise self._error(ProgrammingError, "scroll mode must be 'relative' or 'absolute'")
        target = value + self._row if mode == "relative" else value
        if not 0 <= target < self._rows:
            raise self._error(ProgrammingError, "scroll destination out of bounds")
        self._row = target

    # -- what the result is like --

    @property
    def description(self) -> tuple[Column, ...] | None:
        """A Column for each column of the result; None if there are no rows to fetch."""
        if self._columns is None and self._rows >= 0:
            self._columns = columns_of(self._result, self._codec)
        return self._columns

    @property
    def rowcount(self) -> int:
        """How many rows the statement gave or changed; -1 if nobody knows."""
        if self._rowcount is None:
            self._rowcount = self._rows if self._rows >= 0 else int(self._result.affected)
        return self._rowcount

    @property
    def rownumber(self) -> int:
        """The index of the next row."""
        return self._row

    @property
    def lastrowid(self) -> int:
        """The OID of the row that was inserted, where tables have them; else 0."""
        return int(self._result.inserted_oid) if self._result is not None else 0

    @property
    def statusmessage(self) -> str | None:
        """What the server said of the statement: "INSERT 0 1"."""
        return str(self._result.tag) if self._result is not None else None

    def cast(self, oid: int, s: str | None) -> Any:
        """What a value of this type would be in a row."""
        for casters in (self.string_types, self.connection.string_types, string_types):
            if casters is not None and oid in casters:
                return casters[oid](s, self)
        return fallback(s, self)

    # -- COPY --

    def copy_expert(self, sql: Any, file: Any, size: int = 8192) -> None:
        """Runs a COPY .. FROM STDIN or TO STDOUT: reads the file, or writes to it."""
        self._check_copy("copy_expert")
        _copy.run(self, self.mogrify(sql), file, size)

    def copy_from(
        self,
        file: Any,
        table: str,
        sep: str = "\t",
        null: str = "\\N",
        size: int = 8192,
        columns: Iterable[str] | None = None,
    ) -> None:
        """Fills a table from a file with a line for each row."""
        if not hasattr(file, "read"):
            raise TypeError("argument 1 must have a .read() method")
        self._check_copy("copy_from")
        sql = _copy.statement(self.connection, table, columns, "FROM stdin", sep, null)
        _copy.run(self, sql, file, size)

    def copy_to(
        self,
        file: Any,
        table: str,
        sep: str = "\t",
        null: str = "\\N",
        columns: Iterable[str] | None = None,
    ) -> None:
        """Writes a table to a file, a line for each row."""
        if not hasattr(file, "write"):
            raise TypeError("argument 1 must have a .write() method")
        self._check_copy("copy_to")
        sql = _copy.statement(self.connection, table, columns, "TO stdout", sep, null)
        _copy.run(self, sql, file, 8192)

    def _check_copy(self, what: str) -> None:
        conn = self._ready(what)
        if conn._async:
            raise ProgrammingError(f"{what} cannot be used in asynchronous mode")

    # -- the rest --

    @property
    def closed(self) -> bool:
        """Whether the cursor or its connection is closed."""
        return self._closed or bool(self.connection._closed)

    def close(self) -> None:
        """Ends the cursor and frees its result."""
        if self._closed:
            return
        if self._name is not None:
            self._close_named()
        self._closed = True
        if self._rows > _ROWS_KEPT:
            self._release_result()

    def _release_result(self) -> None:
        """Frees the rows of a closed cursor; what the result was like may still be asked."""
        self._columns, self._rowcount = self.description, self.rowcount
        self._result = self._casters = None
        self._rows = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def nextset(self) -> None:
        """NotSupportedError: of several statements only the last one's result is kept."""
        self._check_usable()
        raise NotSupportedError("not supported by PostgreSQL")

    def setinputsizes(self, sizes: Sequence[Any]) -> None:
        """Does nothing; DB-API wants it."""
        self._check_usable()

    def setoutputsize(self, size: int, column: int | None = None) -> None:
        """Does nothing; DB-API wants it."""
        self._check_usable()


def _call(procname: str, arguments: str) -> str:
    return f"SELECT * FROM {procname}({arguments})"


def _quoted_name(conn: Connection, name: Any) -> str:
    from puff.postgres._identifiers import quote_ident

    return quote_ident(name, conn)


CursorFactory = Callable[..., Any]
