"""The same over asyncpg on uvloop: postgres_by_asyncpg.py CONNINFO WORK UNITS [TASKS]. Tasks share
few connections, whose statements are prepared; asyncpg's own pool asks the server to reset each
connection that comes back, which costs it four fifths of its rate."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import uvloop
from dbapi_work import MOST_CONNECTIONS
from native_work import ONE_ROW, measure_tasks, native_work


async def main(conninfo: str, work: str, units: str, tasks: str = "1") -> None:
    at_once = min(int(tasks), MOST_CONNECTIONS)
    connections = [await asyncpg.connect(conninfo) for _ in range(at_once)]
    if work != "one_row":
        await native_work(connections[0], work, int(units))
        return
    fetches = [await _shared(connection) for connection in connections]
    await measure_tasks(int(units), [fetches[i % at_once] for i in range(int(tasks))])


async def _shared(connection: Any) -> Callable[..., Awaitable[Any]]:
    """A connection serves one task at a time."""
    fetchrow = (await connection.prepare(ONE_ROW)).fetchrow
    turn = asyncio.Lock()

    async def fetch(key: int) -> Any:
        async with turn:
            return await fetchrow(key)

    return fetch


uvloop.run(main(*sys.argv[1:]))
