"""PostgreSQL by asyncpg's names: parameters are $1, $2, .., statements are prepared and pipelined,
values cross in binary form. It uses the pools of puff.toml, in greenlets and on the asyncio thread:

    database = puff.postgres.pool("default")

    row = database.fetchrow("SELECT * FROM people WHERE id = $1", 7)      # in a greenlet
    row = await database.fetchrow("SELECT * FROM people WHERE id = $1", 7)  # on asyncio

    with database.acquire() as connection, connection.transaction():
        connection.execute("UPDATE people SET name = $1 WHERE id = $2", "Ada", 7)"""

import sys
from collections.abc import Callable, Generator, Iterable
from types import ModuleType
from typing import Any

from puff import _puff
from puff._puff import PgFailure, Record
from puff.postgres._holder import holder
from puff.postgres._native_connection import (
    Connection,
    Seconds,
    Transaction,
    first_value,
    last_result,
    milliseconds,
    raised,
)
from puff.postgres._native_values import first_record, records_of, rows_of, text_of, wants_binary
from puff.postgres._steps import Steps, both_worlds, run

__all__ = ["Connection", "Pool", "Record", "Transaction", "pool"]


Read = Callable[[Any, str], Any]


def _tag(result: Any, _: str) -> Any:
    return result.tag


class Pool:
    """A `[[postgres]]` pool. Statements that need no connection of their own run on few shared
    ones, pipelined with those of others, each its own transaction; `acquire` lends one alone.

    Calls return values in a greenlet and awaitables on the asyncio thread. `timeout` is in seconds
    and counts the wait for a connection too (TimeoutError); a pool without a time limit waits as
    long as puff.toml says (`lease_timeout_ms`)."""

    def __init__(self, name: str = "default", *, timeout: Seconds = None) -> None:
        self._name = name
        self._timeout = timeout

    def with_timeout(self, timeout: Seconds) -> "Pool":
        """The same pool with a time limit for every call that names none."""
        return Pool(self._name, timeout=timeout)

    def acquire(self, *, timeout: Seconds = None) -> "Lease":
        """A connection for a `with` or `async with` block; `await` and `get()` give it until
        `release`."""
        return Lease(self, timeout or self._timeout)

    def release(self, connection: Connection) -> None:
        """Gives a connection back; it does not wait."""
        connection.close()

    def _run(self, sql: str, args: tuple[Any, ...], timeout: Seconds, read: Read) -> Any:
        """What `read` makes of the statement's result; on the asyncio thread an awaitable of it."""
        if _puff.is_asyncio():
            return self._await(sql, args, timeout, read)
        try:
            reply = self._ask(sql, args, timeout)
        except PgFailure as failure:
            raise raised(failure) from None
        return read(last_result(reply), sql)

    async def _await(self, sql: str, args: tuple[Any, ...], timeout: Seconds, read: Read) -> Any:
        try:
            reply = await self._ask(sql, args, timeout)
        except PgFailure as failure:
            raise raised(failure) from None
        return read(last_result(reply), sql)

    def _ask(self, sql: str, args: tuple[Any, ...], timeout: Seconds) -> Any:
        limit = milliseconds(timeout or self._timeout)
        return _puff.pg_run(self._name, sql, args, text_of, wants_binary(sql), limit)

    def _leased(self, call: Callable[[Connection], Any], timeout: Seconds) -> Steps[Any]:
        connection = yield from self.acquire(timeout=timeout)._steps()
        try:
            return (yield call(connection))
        finally:
            connection.close()

    def execute(self, query: str, *args: Any, timeout: Seconds = None) -> Any:
        """Runs a statement, without parameters perhaps several: the status of the last."""
        if args:
            return self._run(query, args, timeout, _tag)
        return run(self._leased(lambda c: c.execute(query, timeout=timeout), timeout))

    @both_worlds
    def executemany(
        self, command: str, args: Iterable[Iterable[Any]], *, timeout: Seconds = None
    ) -> Steps[None]:
        """Runs a statement with each of many sets of parameters, all or nothing."""
        sets = list(args)
        yield from self._leased(lambda c: c.executemany(command, sets, timeout=timeout), timeout)

    def fetch(self, query: str, *args: Any, timeout: Seconds = None) -> Any:
        """The rows of a query, as records: by place and by name."""
        return self._run(query, args, timeout, records_of)

    def fetchrow(self, query: str, *args: Any, timeout: Seconds = None) -> Any:
        """The first row, or None."""
        return self._run(query, args, timeout, first_record)

    def fetchval(self, query: str, *args: Any, column: int = 0, timeout: Seconds = None) -> Any:
        """A value of the first row, or None."""
        return self._run(
            query, args, timeout, lambda r, sql: first_value(rows_of(r, sql, 1), column)
        )

    def copy_from_query(self, query: str, *args: Any, **options: Any) -> Any:
        """See `Connection.copy_from_query`."""
        return run(self._leased(lambda c: c.copy_from_query(query, *args, **options), None))

    def copy_from_table(self, table_name: str, **options: Any) -> Any:
        """See `Connection.copy_from_table`."""
        return run(self._leased(lambda c: c.copy_from_table(table_name, **options), None))

    def copy_to_table(self, table_name: str, **options: Any) -> Any:
        """See `Connection.copy_to_table`."""
        return run(self._leased(lambda c: c.copy_to_table(table_name, **options), None))

    def copy_records_to_table(self, table_name: str, **options: Any) -> Any:
        """See `Connection.copy_records_to_table`."""
        return run(self._leased(lambda c: c.copy_records_to_table(table_name, **options), None))


class Lease:
    """A connection to come; see `Pool.acquire`."""

    def __init__(self, pool: Pool, timeout: Seconds) -> None:
        self._pool = pool
        self._timeout = timeout
        self._connection: Connection | None = None

    def _steps(self) -> Steps[Connection]:
        try:
            session = yield _puff.pg_lease(self._pool._name, holder(), milliseconds(self._timeout))
        except PgFailure as failure:
            raise raised(failure) from None
        return Connection(session, self._pool._timeout)

    def get(self) -> Any:
        """The connection; give it back with `Pool.release`."""
        return run(self._steps())

    def __await__(self) -> Generator[Any, Any, Connection]:
        connection: Connection = yield from self.get().__await__()
        return connection

    def __enter__(self) -> Connection:
        self._connection = self.get()
        return self._lent()

    def __exit__(self, *_: object) -> None:
        if self._connection:
            self._connection.close()

    async def __aenter__(self) -> Connection:
        self._connection = await self.get()
        return self._lent()

    def _lent(self) -> Connection:
        assert self._connection is not None
        return self._connection

    async def __aexit__(self, *_: object) -> None:
        self.__exit__()


def pool(name: str = "default", *, timeout: Seconds = None) -> Pool:
    """The `[[postgres]]` pool of that name."""
    return Pool(name, timeout=timeout)


class _CallableModule(ModuleType):
    """`puff.postgres.pool` is a module of psycopg2's and this function as well."""

    def __call__(self, name: str = "default", *, timeout: Seconds = None) -> Pool:
        return pool(name, timeout=timeout)


def make_callable(module: str) -> None:
    """Lets the module of that name be called like `pool`."""
    sys.modules[module].__class__ = _CallableModule
