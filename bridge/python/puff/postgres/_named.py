"""What cursors with a name do: their results stay on the server."""

from typing import TYPE_CHECKING, Any

from puff import _puff
from puff.postgres._exceptions import ProgrammingError
from puff.postgres._identifiers import quote_ident

if TYPE_CHECKING:
    from puff.postgres._connection import connection as Connection


class Named(_puff.PgCursorRows):
    """The part of a cursor that talks to DECLARE, FETCH, MOVE and CLOSE."""

    connection: "Connection"
    query: bytes | None
    itersize = 2000

    _quoted_name = b""
    _withhold = False
    _scrollable: bool | None = None
    # The transaction of the connection in which the cursor was made.
    _mark = 0
    _rowcount: int | None

    if TYPE_CHECKING:

        def _ready(self, what: str) -> "Connection": ...
        def _accept(self, reply: Any) -> None: ...
        def _forget(self) -> None: ...
        def _error(self, kind: type[Any], text: str) -> Any: ...

    def _use_name(self, name: str | bytes) -> None:
        if not isinstance(name, str | bytes):
            raise TypeError(f"a cursor's name must be a str, not {type(name).__name__}")
        conn = self.connection
        quoted = quote_ident(name, conn)
        self._name = name if isinstance(name, str) else name.decode()
        self._quoted_name = conn._encoded(quoted)
        self._mark = conn._mark

    @property
    def name(self) -> str | None:
        """The cursor's name on the server, or None."""
        return self._name

    @property
    def withhold(self) -> bool:
        """Whether the cursor outlives its transaction. Only with a name, before `execute`."""
        return self._withhold

    @withhold.setter
    def withhold(self, value: object) -> None:
        if value and self._name is None:
            raise ProgrammingError("trying to set .withhold on unnamed cursor")
        self._withhold = bool(value)

    @property
    def scrollable(self) -> bool | None:
        """Whether `scroll` may go backwards; None lets the server decide."""
        return self._scrollable

    @scrollable.setter
    def scrollable(self, value: object) -> None:
        if value is not None and self._name is None:
            raise ProgrammingError("trying to set .scrollable on unnamed cursor")
        self._scrollable = None if value is None else bool(value)

    def _declare(self, query: Any, vars: Any) -> None:
        if self.query is not None:
            raise self._error(
                ProgrammingError, "can't call .execute() on named cursors more than once"
            )
        conn = self.connection
        if conn._autocommit and not self._withhold:
            raise self._error(ProgrammingError, "can't use a named cursor outside of transactions")
        self._check_mark()
        self._ready("execute")
        sql = _puff.pg_mogrify(self, query, vars, conn._codec, conn._standard_strings)
        scroll = {None: b"", True: b"SCROLL ", False: b"NO SCROLL "}[self._scrollable]
        hold = b"WITH" if self._withhold else b"WITHOUT"
        self.query = b"DECLARE %s %sCURSOR %s HOLD FOR %s" % (
            self._quoted_name,
            scroll,
            hold,
            sql,
        )
        self._accept(conn._execute(self.query))
        self._rowcount = -1

    def _check_mark(self) -> None:
        if self._mark != self.connection._mark and not self._withhold:
            raise ProgrammingError("named cursor isn't valid anymore")

    def _command(self, what: str, sql: bytes) -> None:
        """Runs FETCH, MOVE or CLOSE."""
        conn = self._ready(what)
        # A cursor that is held has no need of a transaction.
        self._accept(conn._run(sql) if self._withhold else conn._execute(sql))

    def _fetch_named(self, what: str, size: int) -> None:
        self._check_mark()
        count = b"ALL" if what == "fetchall" else b"%d" % size
        self._command(what, b"FETCH FORWARD %s FROM %s" % (count, self._quoted_name))

    def _have_named_rows(self) -> None:
        """Fetches the next rows of an iteration when those at hand are used up."""
        self._check_mark()
        if self._row >= self._rows:
            self._command("next", b"FETCH FORWARD %d FROM %s" % (self.itersize, self._quoted_name))

    def _move(self, value: int, mode: str) -> None:
        self._check_mark()
        where = b"ABSOLUTE %d" if mode == "absolute" else b"%d"
        self._command("scroll", b"MOVE " + where % value + b" FROM " + self._quoted_name)

    def _close_named(self) -> None:
        """Closes the cursor on the server, if it is there and the transaction can."""
        conn = self.connection
        if conn._closed or conn._transaction in (3, 4):
            return
        conn._check_not_executing("close")
        if self.query is None and not self._exists():
            return
        self._check_mark()
        conn._last_result(conn._run(b"CLOSE " + self._quoted_name), self)

    def _exists(self) -> bool:
        conn = self.connection
        name = conn._quoted_text(self._name or "")
        sql = b"SELECT 1 FROM pg_catalog.pg_cursors WHERE name = " + name
        return bool(conn._last_result(conn._run(sql), self).rows)
