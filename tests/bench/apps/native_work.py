"""What a driver with asyncpg's names is measured at on asyncio: asyncpg, or puff.postgres.pool."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from typing import Any

from dbapi_work import BIG, KEYS, ROWS, Figures

ONE_ROW = "SELECT id, name FROM item WHERE id = $1"
INSERT = "INSERT INTO work VALUES ($1, $2)"
COPIED = ROWS * 10


def fetch_one(row: Any, key: int) -> None:
    if row[0] != key:
        raise RuntimeError("the server answers something else")


async def measure_tasks(
    units: int, fetches: list[Callable[..., Awaitable[Any]]], *arguments: Any
) -> None:
    """A task for each of `fetches`, all together `units` rows by key."""

    async def run_all(count: int) -> None:
        keys = iter(itertools.islice(itertools.cycle(range(1, KEYS + 1)), count))

        async def work(fetch: Callable[..., Awaitable[Any]]) -> None:
            for key in keys:
                fetch_one(await fetch(*arguments, key), key)

        await asyncio.gather(*(work(fetch) for fetch in fetches))

    await _measure(units, run_all)


async def native_work(connection: Any, work: str, units: int) -> None:
    """Units of `work` one after the other."""

    async def many_rows() -> None:
        if len(await connection.fetch(BIG)) != 10_000:
            raise RuntimeError("the server answers something else")

    async def executemany() -> None:
        await connection.executemany(INSERT, ROWS)
        await connection.execute("TRUNCATE work")

    async def copy_in() -> None:
        await connection.copy_records_to_table("work", records=COPIED)
        await connection.execute("TRUNCATE work")

    works = {"many_rows": many_rows, "executemany": executemany, "copy_in": copy_in}
    await connection.execute("CREATE TEMP TABLE work (id int, name text)")

    async def run_all(count: int) -> None:
        for _ in range(count):
            await works[work]()

    await _measure(units, run_all)


async def _measure(units: int, run_all: Callable[[int], Awaitable[None]]) -> None:
    await run_all(max(units // 10, 1))
    figures = Figures(units)
    for count in figures.parts:
        await run_all(count)
        figures.add(count)
    figures.show()
