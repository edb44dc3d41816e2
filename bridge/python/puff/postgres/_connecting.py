"""Opening connections: of a pool, or of one's own."""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from puff import _puff
from puff._clients import NamedClient
from puff._pools import conninfo_of, pool_named
from puff.postgres._connection import connection
from puff.postgres._dsn import make_dsn

_override: ContextVar[connection | None] = ContextVar("puff.postgres.override", default=None)


def connect(
    dsn: str | None = None,
    connection_factory: Callable[..., Any] | None = None,
    cursor_factory: Callable[..., Any] | None = None,
    *,
    autocommit: bool | None = None,
    **kwargs: Any,
) -> Any:
    """A connection.

    Under Puff, with nothing or only `dbname` given: one of the pool of that name ("global", or
    nothing, is the default pool), taken at first use and given back by `close`. Else one of its
    own, opened at once: `dsn` is a conninfo string or URI of libpq, the keywords are libpq's
    (`database` stands for dbname too), `connection_factory` makes the connection and
    `cursor_factory` its cursors; `async_=True` makes it asynchronous."""
    from puff import postgres

    pool = _pool_meant(dsn, kwargs) if connection_factory is None else None
    if pool is not None:
        conn = _of_pool(pool)
    else:
        flags = {key: kwargs.pop(key) for key in ("async", "async_") if key in kwargs}
        conn = postgres._connect(make_dsn(dsn, **kwargs), connection_factory, **flags)
    if cursor_factory is not None:
        conn.cursor_factory = cursor_factory
    if autocommit is not None:
        conn.autocommit = autocommit
    return conn


def _connect(dsn: str, connection_factory: Callable[..., Any] | None = None, **flags: Any) -> Any:
    wanted = any(flags.values())
    factory = connection_factory or connection
    # A factory need not know of asynchronous connections.
    return factory(dsn, async_=1) if wanted else factory(dsn)


def _pool_meant(dsn: str | None, kwargs: dict[str, Any]) -> str | None:
    """The pool that is meant, or None if it is a server of one's own."""
    if dsn is not None:
        return None
    given = {key: value for key, value in kwargs.items() if value is not None}
    if not given:
        return pool_named("default") if _puff.is_puff() else None
    if len(given) != 1:
        return None
    name = given.get("dbname", given.get("database"))
    return pool_named(name) if isinstance(name, str) else None


def _of_pool(pool: str) -> connection:
    lender = _override.get()
    if lender is not None:
        return _Borrowed(lender)
    if _puff.is_puff():
        return connection("", pool=pool)
    return connection(conninfo_of(pool))


class _Borrowed(connection):
    """Somebody else's connection: the same state, but closing it closes nothing."""

    def __init__(self, lender: connection) -> None:
        self.__dict__ = lender.__dict__

    def close(self) -> None:
        return


def set_connection_override(connection: connection | None) -> Any:
    """Makes `connect()` to a pool give this connection, within the running context; None ends that.
    Returns the token of the context variable."""
    return _override.set(connection)


class PostgresClient(NamedClient):
    """The PostgreSQL pool of a name."""

    def connect(
        self,
        cursor_factory: Callable[..., Any] | None = None,
        autocommit: bool | None = None,
    ) -> Any:
        """A connection of the pool."""
        return connect(dbname=self._name, cursor_factory=cursor_factory, autocommit=autocommit)


def named_client(name: str) -> PostgresClient:
    """The client of the `[[postgres]]` pool of that name."""
    return PostgresClient(name)


global_postgres = PostgresClient()
