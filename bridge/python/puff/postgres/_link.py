"""A connection's way to its server: the session, what it says of itself, and how it fails."""

from abc import abstractmethod
from functools import cache
from typing import Any

from puff import _puff
from puff._puff import PgFailure
from puff.postgres import _wait
from puff.postgres._constants import (
    FOREVER_MS,
    LEASE_MS,
    STATUS_READY,
    TRANSACTION_STATUS_IDLE,
    TRANSACTION_STATUS_UNKNOWN,
)
from puff.postgres._dsn import time_to_connect
from puff.postgres._encodings import UTF8, clean, codec_argument, encoding_of
from puff.postgres._exceptions import (
    DatabaseError,
    Error,
    InterfaceError,
    OperationalError,
    ProgrammingError,
    error_of_result,
)
from puff.postgres._holder import holder
from puff.postgres._notify import Notify
from puff.postgres._wait import check_may_wait

_is_asyncio = _puff.is_asyncio

# As many notices are kept; older ones go.
_MOST_NOTICES = 50


class Link:
    """The base of connections. It leases or opens its session with the first statement at the
    latest. Who runs statements has the `_turns`."""

    notices: list[str]
    notifies: list[Notify]
    _turns: _puff.PgTurns

    _conninfo = ""
    _pool: str | None = None
    _session: Any = None
    # Until it has been opened, or if that failed.
    _closed = 2
    _error_message: str | None = "the connection has not been opened"
    _status = STATUS_READY
    _transaction = TRANSACTION_STATUS_IDLE
    _encoding_number = UTF8
    _codec: str | None = None
    _standard_strings = True
    _async = 0

    @property
    def closed(self) -> int:
        """0: open; 1: closed; 2: the server or the network closed it."""
        return self._closed

    def _check_open(self) -> None:
        if self._closed:
            raise InterfaceError("connection already closed")

    def _check_sync(self, what: str) -> None:
        if self._async:
            raise ProgrammingError(f"{what} cannot be used in asynchronous mode")

    # -- the session --

    def _connect(self) -> Any:
        """Leases or opens the session."""
        self._check_open()
        check_may_wait()
        try:
            if self._pool is not None:
                session = _puff.pg_lease(self._pool, holder(), LEASE_MS)
            else:
                session = _puff.pg_open(self._conninfo, holder(), time_to_connect(self._conninfo))
        except PgFailure as failure:
            self._error_message = _text_of(failure)
            raise OperationalError(self._error_message) from None
        self._session = session
        self._prepare_session()
        return session

    def _prepare_session(self) -> None:
        said = self._session.opened["parameters"]
        encoding = said.get("client_encoding", "UTF8")
        self._codec = _codec_for(encoding)
        self._encoding_number = _number_of(encoding)
        self._standard_strings = said.get("standard_conforming_strings") != "off"
        if not said.get("DateStyle", "ISO").startswith("ISO"):
            self._run(b"SET datestyle TO 'ISO'")

    def _known(self) -> dict[str, Any]:
        """What the session was like when it was opened."""
        session = self._session or self._connect()
        opened: dict[str, Any] = session.opened
        return opened

    def _described(self) -> dict[str, Any]:
        """What the session is like now."""
        self._check_open()
        check_may_wait()
        session = self._session or self._connect()
        try:
            described: dict[str, Any] = session.describe(FOREVER_MS)
        except PgFailure as failure:
            raise self._failed(failure) from None
        return described

    # -- statements --

    def _run(self, sql: bytes, query: Any = None, vars: Any = None) -> Any:
        """The reply to a statement, its errors not raised. `query` and `vars` are what it was made
        of if it may be prepared."""
        session = self._session
        if session is None:
            session = self._connect()
        try:
            if _wait.callback is not None:
                reply = self._run_by_callback(session, sql, _wait.callback)
            else:
                if _is_asyncio():
                    check_may_wait()
                if vars is None:
                    reply = session.simple(sql, FOREVER_MS)
                else:
                    reply = session.simple_or_bound(sql, query, vars, FOREVER_MS)
        except PgFailure as failure:
            raise self._failed(failure) from None
        self._take(reply)
        return reply

    def _command(self, sql: str | bytes) -> Any:
        """Runs a statement of the driver's own: its last result."""
        reply = self._run(sql if isinstance(sql, bytes) else self._encoded(sql))
        return self._last_result(reply, None)

    def _last_result(self, reply: Any, cursor: Any) -> Any:
        results = reply.results
        if not results:
            raise DatabaseError("the server gave no result")
        result = results[-1]
        if result.kind == "error":
            raise self._raised_by(result, cursor)
        return result

    @abstractmethod
    def _run_by_callback(self, session: Any, sql: bytes, callback: _wait.Callback) -> Any: ...

    # -- what replies say of the session --

    def _take(self, reply: Any) -> None:
        self._transaction = reply.transaction
        self._standard_strings = reply.standard_strings
        if reply.encoding != self._encoding_number:
            self._encoding_number = reply.encoding
            self._codec = _codec_for(encoding_of(reply.encoding))
        notices = reply.notices
        if notices:
            self._take_notices(notices)
        notifications = reply.notifications
        if notifications:
            self._take_notifications(notifications)

    def _take_notices(self, notices: list[Any]) -> None:
        # The program may have put a container of its own there, or None.
        append = getattr(self.notices, "append", None)
        if append is None:
            return
        for notice in notices:
            append(self._decoded(notice.error_text))
        if isinstance(self.notices, list):
            del self.notices[:-_MOST_NOTICES]

    def _take_notifications(self, notifications: list[tuple[int, str, str]]) -> None:
        append = getattr(self.notifies, "append", None)
        if append is not None:
            for heard in notifications:
                append(Notify(*heard))

    # -- failures --

    def _raised_by(self, result: Any, cursor: Any) -> Error:
        """The exception for a result that is an error."""
        error = error_of_result(result, self._codec, cursor)
        self._error_message = error.pgerror
        if self._session is None or self._session.closed:
            self._lose()
        return error

    def _failed(self, failure: PgFailure) -> Error:
        """The exception for a failure of the session."""
        if self._session is None or self._session.closed:
            self._lose()
        code = failure.args[0] if failure.args else ""
        kind = InterfaceError if code == "bad_argument" else OperationalError
        self._error_message = _text_of(failure)
        return kind(self._error_message)

    def _lose(self) -> None:
        if not self._closed:
            self._closed = 2
        self._transaction = TRANSACTION_STATUS_UNKNOWN

    # -- text --

    @property
    def encoding(self) -> str:
        """PostgreSQL's name of the client's encoding: "UTF8"."""
        return clean(encoding_of(self._encoding_number))

    def _encoded(self, text: str) -> bytes:
        return text.encode(self._codec or "utf-8")

    def _decoded(self, data: bytes) -> str:
        return data.decode(self._codec or "utf-8", "replace")

    def _quoted_text(self, text: str) -> bytes:
        return _puff.pg_quote_text(text, self._codec, self._standard_strings)


def _text_of(failure: PgFailure) -> str:
    return str(failure.args[1] if len(failure.args) > 1 else failure)


@cache
def _codec_for(encoding: str) -> str | None:
    try:
        return codec_argument(encoding)
    except KeyError:
        raise OperationalError(f"no Python encoding for PostgreSQL encoding '{encoding}'") from None


@cache
def _number_of(encoding: str) -> int:
    wanted = clean(encoding)
    for number in range(42):
        if clean(encoding_of(number)) == wanted:
            return number
    return UTF8 if wanted in ("UNICODE", "UTF8") else -1
