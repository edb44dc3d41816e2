"""Cursors."""

from collections.abc import Callable, Iterable, Sequence
from datetime import timezone
from typing import Any, Self

from puff import _puff
from puff.postgres import _copy, _many
from puff.postgres._column import Column, columns_of
from puff.postgres._connection import connection as Connection
from puff.postgres._constants import STATUS_PREPARED
from puff.postgres._copying import Copying
from puff.postgres._exceptions import (
    DatabaseError,
    InterfaceError,
    NotSupportedError,
    ProgrammingError,
)
from puff.postgres._typecasts import Casters, fallback, string_types

__all__ = ["cursor"]

_mogrify = _puff.pg_mogrify
# A closed cursor keeps a result that is no larger.
_ROWS_KEPT = 100


class _NotConnected:
    """The connection of a cursor whose class has not called `cursor.__init__`."""

    _closed = 2
    string_types: Casters | None = None


_NOT_CONNECTED: Any = _NotConnected()


class cursor(Copying):
    """Runs statements and has their results. One thread or greenlet at a time may use it.

    Without a name the whole result is in memory after `execute`; with a name it stays on the server
    and comes with the fetches, `itersize` rows at a time."""

    __module__ = "puff.postgres.extensions"

    tzinfo_factory: Any = timezone
    query: bytes | None = None
    typecaster: Any = None
    # Always None: the result of libpq is not lent.
    pgresult_ptr: int | None = None

    connection: Connection = _NOT_CONNECTED

    # None: what the result says.
    _rowcount: int | None = -1
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
            self._accept(conn._execute(sql, query, vars))

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
