"""A leased connection of the native API: asyncpg's names and meanings, in both worlds."""

from collections.abc import Callable, Iterable
from typing import Any, Literal

from puff._puff import PgFailure
from puff.postgres import _native_copy
from puff.postgres._exceptions import InterfaceError, OperationalError, error_of_result
from puff.postgres._native_values import first_record, records_of, rows_of, text_of, wants_binary
from puff.postgres._notify import Notify
from puff.postgres._steps import Steps, both_worlds

Seconds = float | None
Isolation = Literal["serializable", "repeatable_read", "read_committed", "read_uncommitted"]


def milliseconds(timeout: Seconds) -> int:
    """What the C++ side takes; None is no limit."""
    return -1 if timeout is None else max(0, int(timeout * 1000))


def raised(failure: PgFailure) -> Exception:
    """What the package raises for a failure of a connection or of a pool."""
    if failure.code == "timed_out":
        return TimeoutError(failure.text)
    if failure.code == "not_found":
        return LookupError(failure.text)
    if failure.code == "bad_argument":
        return ValueError(failure.text)
    return OperationalError(failure.text)


def last_result(reply: Any) -> Any:
    """The last result of a reply; an error is raised."""
    result = reply.results[-1]
    if result.kind == "error":
        raise error_of_result(result, None, None)
    return result


def first_value(records: list[Any], column: int | str) -> Any:
    return records[0][column] if records else None


class Connection:
    """A session for its holder alone, from `Pool.acquire`. Parameters are $1, $2, ..; statements
    are prepared once and kept. Calls return values in a greenlet and awaitables on the asyncio
    thread; `timeout` is in seconds: what takes longer is cancelled on the server (TimeoutError).
    """

    def __init__(self, session: Any, timeout: Seconds = None) -> None:
        self._session = session
        self._timeout = timeout
        self._depth = 0

    # -- what it is --

    def is_closed(self) -> bool:
        """Whether it was given back, or lost."""
        closed: bool = self._session.closed
        return closed

    def is_in_transaction(self) -> bool:
        """Whether a transaction of `transaction()` is open."""
        return self._depth > 0

    def get_server_pid(self) -> int:
        """The process of the server that serves it."""
        pid: int = self._session.opened["backend_pid"]
        return pid

    # -- statements --

    def _run(self, ask: Callable[[], Any]) -> Steps[Any]:
        """A step that waits for the session: its reply."""
        try:
            waits = ask()
        except PgFailure as failure:
            raise raised(failure) from None
        try:
            return (yield waits)
        except PgFailure as failure:
            raise raised(failure) from None
        except GeneratorExit:
            raise
        except BaseException:
            # The task that waited does no longer: neither shall the server work for it.
            self._session.cancel()
            raise

    def _bound(self, sql: str, args: tuple[Any, ...], timeout: Seconds) -> Steps[Any]:
        limit = milliseconds(timeout or self._timeout)
        reply = yield from self._run(
            lambda: self._session.run(sql, args, text_of, wants_binary(sql), limit)
        )
        return last_result(reply)

    def _simple(self, sql: str, timeout: Seconds) -> Steps[Any]:
        limit = milliseconds(timeout or self._timeout)
        reply = yield from self._run(lambda: self._session.simple(sql.encode(), limit))
        return last_result(reply)

    @both_worlds
    def execute(self, query: str, *args: Any, timeout: Seconds = None) -> Steps[str]:
        """Runs a statement, without parameters perhaps several: the status of the last ("INSERT 0
        1")."""
        if args:
            result = yield from self._bound(query, args, timeout)
        else:
            result = yield from self._simple(query, timeout)
        tag: str = result.tag
        return tag

    @both_worlds
    def executemany(
        self, command: str, args: Iterable[Iterable[Any]], *, timeout: Seconds = None
    ) -> Steps[None]:
        """Runs a statement with each of many sets of parameters, pipelined, all or nothing."""
        sets = args if isinstance(args, list | tuple) else list(args)
        if not sets:
            return
        limit = milliseconds(timeout or self._timeout)
        reply = yield from self._run(lambda: self._session.batch(command, sets, text_of, limit))
        last_result(reply)

    @both_worlds
    def fetch(self, query: str, *args: Any, timeout: Seconds = None) -> Steps[list[Any]]:
        """The rows of a query, as records: by place and by name."""
        result = yield from self._bound(query, args, timeout)
        return records_of(result, query)

    @both_worlds
    def fetchrow(self, query: str, *args: Any, timeout: Seconds = None) -> Steps[Any]:
        """The first row, or None."""
        result = yield from self._bound(query, args, timeout)
        return first_record(result, query)

    @both_worlds
    def fetchval(
        self, query: str, *args: Any, column: int = 0, timeout: Seconds = None
    ) -> Steps[Any]:
        """A value of the first row, or None."""
        result = yield from self._bound(query, args, timeout)
        return first_value(rows_of(result, query, 1), column)

    # -- transactions --

    def transaction(
        self,
        *,
        isolation: Isolation | None = None,
        readonly: bool = False,
        deferrable: bool = False,
    ) -> "Transaction":
        """A block that commits, or rolls back if it raises: `with` in a greenlet, `async with` on
        the asyncio thread. Inside another one it is a savepoint."""
        return Transaction(self, isolation, readonly, deferrable)

    # -- COPY --

    @both_worlds
    def copy_from_query(
        self, query: str, *args: Any, output: Any, timeout: Seconds = None, **options: Any
    ) -> Steps[str]:
        """COPY (query) TO: the data goes to `output`, a path, a file, or a function of pieces."""
        text = _native_copy.with_literals(query, args)
        sql = f"COPY ({text}) TO STDOUT{_native_copy.options_text(options)}"
        return (yield from _native_copy.copy_out(self, sql, output, timeout))

    @both_worlds
    def copy_from_table(
        self,
        table_name: str,
        *,
        output: Any,
        columns: Iterable[str] = (),
        schema_name: str | None = None,
        timeout: Seconds = None,
        **options: Any,
    ) -> Steps[str]:
        """COPY table TO: the data goes to `output`, a path, a file, or a function of pieces.
        `options` are COPY's: format="csv", header=True, delimiter=";", .."""
        target = _native_copy.target(table_name, columns, schema_name)
        sql = f"COPY {target} TO STDOUT{_native_copy.options_text(options)}"
        return (yield from _native_copy.copy_out(self, sql, output, timeout))

    @both_worlds
    def copy_to_table(
        self,
        table_name: str,
        *,
        source: Any,
        columns: Iterable[str] = (),
        schema_name: str | None = None,
        timeout: Seconds = None,
        **options: Any,
    ) -> Steps[str]:
        """COPY table FROM: the data comes from `source`, a path, a file, or pieces of bytes."""
        target = _native_copy.target(table_name, columns, schema_name)
        sql = f"COPY {target} FROM STDIN{_native_copy.options_text(options)}"
        return (yield from _native_copy.copy_in(self, sql, _native_copy.pieces(source), timeout))

    @both_worlds
    def copy_records_to_table(
        self,
        table_name: str,
        *,
        records: Iterable[Iterable[Any]],
        columns: Iterable[str] = (),
        schema_name: str | None = None,
        timeout: Seconds = None,
    ) -> Steps[str]:
        """Puts rows into a table by COPY, the fastest way there is."""
        target = _native_copy.target(table_name, columns, schema_name)
        rows = _native_copy.pieces_of_records(records)
        return (yield from _native_copy.copy_in(self, f"COPY {target} FROM STDIN", rows, timeout))

    # -- notifications --

    @both_worlds
    def listen(self, *channels: str) -> Steps[None]:
        """Subscribes to channels; `notification` then waits for what is sent there."""
        sql = "; ".join(f"LISTEN {_native_copy.quoted_name(channel)}" for channel in channels)
        yield from self._simple(sql, None)

    @both_worlds
    def notification(self, *, timeout: Seconds = None) -> Steps[Notify]:
        """The next notification: `pid`, `channel`, `payload`; or TimeoutError."""
        if not self._heard:
            limit = milliseconds(timeout)
            reply = yield from self._run(lambda: self._session.listen(limit))
            self._heard.extend(Notify(*one) for one in reply.notifications)
        if not self._heard:
            raise InterfaceError("listening was cancelled")
        return self._heard.pop(0)

    @property
    def _heard(self) -> list[Notify]:
        heard: list[Notify] = self.__dict__.setdefault("heard", [])
        return heard

    def cancel(self) -> None:
        """Cancels what runs, on the server; from any thread."""
        self._session.cancel()

    def close(self) -> None:
        """Gives the session back, clean; it does not wait."""
        self._session.close()


class Transaction:
    """A transaction, or inside another one a savepoint; see `Connection.transaction`."""

    def __init__(
        self,
        connection: Connection,
        isolation: Isolation | None,
        readonly: bool,
        deferrable: bool,
    ) -> None:
        self._connection = connection
        self._begin = "BEGIN" + _modes(isolation, readonly, deferrable)
        self._level = 0

    def _start(self) -> Steps[None]:
        if self._level:
            raise InterfaceError("the transaction was started already")
        level = self._connection._depth + 1
        sql = self._begin if level == 1 else f"SAVEPOINT puff_{level}"
        yield from self._connection._simple(sql, None)
        self._level = self._connection._depth = level

    def _end(self, commit: bool) -> Steps[None]:
        level, self._level = self._level, 0
        if not level:
            raise InterfaceError("the transaction is not open")
        self._connection._depth = level - 1
        if self._connection.is_closed():
            if commit:
                raise InterfaceError("the connection is closed: nothing was committed")
            return
        if level == 1:
            result = yield from self._connection._simple("COMMIT" if commit else "ROLLBACK", None)
            if commit and result.tag != "COMMIT":
                raise InterfaceError("a statement had failed: the transaction was rolled back")
        elif commit:
            yield from self._connection._simple(f"RELEASE SAVEPOINT puff_{level}", None)
        else:
            sql = f"ROLLBACK TO SAVEPOINT puff_{level}; RELEASE SAVEPOINT puff_{level}"
            yield from self._connection._simple(sql, None)

    @both_worlds
    def start(self) -> Steps[None]:
        yield from self._start()

    @both_worlds
    def commit(self) -> Steps[None]:
        yield from self._end(True)

    @both_worlds
    def rollback(self) -> Steps[None]:
        yield from self._end(False)

    def __enter__(self) -> "Transaction":
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.commit() if kind is None else self.rollback()

    async def __aenter__(self) -> "Transaction":
        await self.start()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        await (self.commit() if kind is None else self.rollback())


def _modes(isolation: Isolation | None, readonly: bool, deferrable: bool) -> str:
    known = ("serializable", "repeatable_read", "read_committed", "read_uncommitted")
    if isolation is not None and isolation not in known:
        raise ValueError(f"isolation is one of {', '.join(known)}, not {isolation!r}")
    words = "" if isolation is None else f" ISOLATION LEVEL {isolation.replace('_', ' ').upper()}"
    return words + (" READ ONLY" if readonly else "") + (" DEFERRABLE" if deferrable else "")
