"""Connections."""

from collections.abc import Callable
from typing import Any, Self

from puff import _puff
from puff.postgres import _exceptions
from puff.postgres._asynchronous import Asynchronous
from puff.postgres._constants import (
    STATUS_BEGIN,
    STATUS_PREPARED,
    STATUS_READY,
    STATUS_SETUP,
    TRANSACTION_STATUS_ACTIVE,
)
from puff.postgres._dsn import parse_dsn, without_password
from puff.postgres._encodings import clean
from puff.postgres._exceptions import (
    NotSupportedError,
    OperationalError,
    ProgrammingError,
)
from puff.postgres._info import ConnectionInfo
from puff.postgres._typecasts import Casters

__all__ = ["connection"]


class connection(Asynchronous):
    """A connection to a PostgreSQL server; `puff.postgres.connect` makes them.

    Several threads or greenlets may use it: their statements run one after the other, in one
    transaction. Leaving a `with` block commits, or rolls back if an exception leaves it; it does
    not close the connection."""

    __module__ = "puff.postgres.extensions"

    Warning = _exceptions.Warning
    Error = _exceptions.Error
    InterfaceError = _exceptions.InterfaceError
    DatabaseError = _exceptions.DatabaseError
    InternalError = _exceptions.InternalError
    OperationalError = _exceptions.OperationalError
    ProgrammingError = _exceptions.ProgrammingError
    IntegrityError = _exceptions.IntegrityError
    DataError = _exceptions.DataError
    NotSupportedError = _exceptions.NotSupportedError

    cursor_factory: Callable[..., Any] | None = None

    def __init__(self, dsn: str, async_: int = 0, pool: str | None = None, **more: Any) -> None:
        self._conninfo = dsn
        self._pool = pool
        self._async = int(bool(more.pop("async", async_)))
        self._autocommit = bool(self._async)
        if more:
            raise TypeError(f"connection() has no argument {', '.join(more)}")
        self._turns = _puff.PgTurns()
        self.notices = []
        self.notifies = []
        self.string_types: Casters = {}
        self.binary_types: Casters = {}
        self._closed = 0
        self._error_message = None
        if pool is None:
            self._open()

    def _open(self) -> None:
        try:
            self._connect()
        except BaseException:
            self._closed = 2
            raise
        if self._async:
            # The first poll() tells that it is ready.
            self._status = STATUS_SETUP

    @property
    def dsn(self) -> str:
        """The conninfo string, without the password."""
        return without_password(self._conninfo)

    @property
    def async_(self) -> int:
        """Whether the connection is asynchronous: 0 or 1."""
        return self._async

    def __repr__(self) -> str:
        where = f"pool: {self._pool!r}" if self._pool is not None else f"dsn: {self.dsn!r}"
        return f"<{type(self).__name__} object at {id(self):#x}; {where}, closed: {self._closed}>"

    # -- use --

    def cursor(
        self,
        name: str | None = None,
        cursor_factory: Callable[..., Any] | None = None,
        withhold: object = False,
        scrollable: bool | None = None,
    ) -> Any:
        """A new cursor; with a name it is one of the server, whose rows come when they are
        fetched."""
        self._check_open()
        if self._status not in (STATUS_READY, STATUS_BEGIN, STATUS_PREPARED):
            raise OperationalError("asynchronous connection attempt underway")
        if name is not None and self._async:
            raise ProgrammingError("asynchronous connections cannot produce named cursors")
        factory = cursor_factory or self.cursor_factory or _cursor_class
        made = factory(self, name) if name is not None else factory(self)
        if not isinstance(made, _cursor_class):
            raise TypeError("cursor factory must be subclass of puff.postgres.extensions.cursor")
        if withhold:
            made.withhold = True
        if scrollable is not None:
            made.scrollable = scrollable
        return made

    def close(self) -> None:
        """Gives the connection back, or closes it; never waits. What is not committed is rolled
        back."""
        session, self._session = self._session, None
        self._closed = 1
        if session is not None:
            session.close()

    def __enter__(self) -> Self:
        self._check_open()
        if self._entered:
            raise ProgrammingError("the connection cannot be re-entered recursively")
        self._entered = True
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        self._entered = False
        if kind is None:
            self.commit()
        else:
            self.rollback()

    def cancel(self) -> None:
        """Cancels, on the server, what runs now. From any thread."""
        self._check_open()
        self._check_not_prepared("cancel")
        if self._status == STATUS_SETUP:
            raise OperationalError("asynchronous connection attempt underway")
        if self._session is not None:
            self._session.cancel()

    def reset(self) -> None:
        """Rolls back and puts all settings back to what they were after connecting."""
        self._check_open()
        self._check_sync("reset")
        with self._turns:
            self._mark += 1
            self._command(b"ABORT")
            self._command(b"RESET ALL")
            self._command(b"SET SESSION AUTHORIZATION DEFAULT")
            self._command(b"SET datestyle TO 'ISO'")
        self._status = STATUS_READY
        self._autocommit = False
        self._isolation = self._readonly = self._deferrable = None
        self._begin_sql = b"BEGIN"
        self._xid = None

    def lobject(
        self,
        oid: int = 0,
        mode: str | None = None,
        new_oid: int = 0,
        new_file: str | None = None,
        lobject_factory: Callable[..., Any] | None = None,
    ) -> Any:
        """Opens a large object, or makes a new one if `oid` is 0."""
        self._check_open()
        self._check_sync("lobject")
        self._check_not_prepared("lobject")
        if oid == 0 and self._autocommit:
            raise ProgrammingError("can't use a lobject outside of transactions")
        made = (lobject_factory or _lobject_class)(self, oid, mode or "", new_oid, new_file)
        if not isinstance(made, _lobject_class):
            raise TypeError("lobject factory must be subclass of puff.postgres.extensions.lobject")
        return made

    # -- what it is like --

    @property
    def info(self) -> ConnectionInfo:
        """What is known of the server and the connection."""
        return ConnectionInfo(self)

    @property
    def server_version(self) -> int:
        """150004 is 15.4."""
        self._check_open()
        return int(self._known()["server_version"])

    @property
    def protocol_version(self) -> int:
        """Of the protocol between client and server: 3."""
        self._check_open()
        return int(self._known()["protocol_version"])

    def get_backend_pid(self) -> int:
        """The process of the server that serves the connection."""
        self._check_open()
        return int(self._known()["backend_pid"])

    def get_parameter_status(self, parameter: str) -> str | None:
        """A setting that the server reports: server_encoding, TimeZone, .."""
        self._check_open()
        # A session that was lent this moment is as it was when it was opened.
        fresh = self._session is None and parameter != "DateStyle"
        described = self._known() if fresh else self._described()
        value: str | None = described["parameters"].get(parameter)
        return value

    def get_transaction_status(self) -> int:
        """TRANSACTION_STATUS_*."""
        self._check_open()
        return TRANSACTION_STATUS_ACTIVE if self._executing else self._transaction

    def get_dsn_parameters(self) -> dict[str, str]:
        """What the connection was opened with, without the password."""
        self._check_open()
        return {k: v for k, v in self._known()["connection"].items() if v and k != "password"}

    def set_client_encoding(self, encoding: str) -> None:
        """Sets the encoding of text on the way to the server and back; rolls back first."""
        self._check_open()
        self._check_sync("set_client_encoding")
        self._check_not_prepared("set_client_encoding")
        wanted = clean(encoding)
        if wanted == self.encoding:
            return
        self._end(b"ROLLBACK")
        with self._turns:
            self._command(b"SET client_encoding TO " + self._quoted_text(wanted))

    # -- what it does not have --

    @property
    def pgconn_ptr(self) -> None:
        """None: the connection of libpq is not lent."""
        return

    def get_native_connection(self) -> Any:
        """NotSupportedError: the connection of libpq is not lent."""
        raise NotSupportedError("puff.postgres does not lend its connection of libpq")


# A keyword by now; and a `__getattr__` would make every attribute slow.
setattr(connection, "async", connection.async_)

_cursor_class: Any = None
_lobject_class: Any = None


def use_classes(cursor: type, lobject: type) -> None:
    """The classes that a connection makes if nobody says otherwise."""
    global _cursor_class, _lobject_class
    _cursor_class, _lobject_class = cursor, lobject


def check_dsn(dsn: str) -> None:
    """ProgrammingError if libpq would not take it."""
    parse_dsn(dsn)
