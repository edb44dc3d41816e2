"""DB-API over Puff's pool: puff run postgres_by_puff.main WORK UNITS [GREENLETS]; the native API in
greenlets: puff run postgres_by_puff.native WORK UNITS [GREENLETS]; and on asyncio: .native_async"""

from dbapi_work import BIG, WORKS, measure, prepared
from native_work import COPIED, INSERT, ONE_ROW, ROWS, fetch_one, measure_tasks, native_work

import puff
from puff import postgres
from puff.asyncio_support import run_coroutine
from puff.postgres import extras


def main(work: str, units: str, greenlets: str = "1") -> None:
    cursors = prepared(postgres.connect, work, int(greenlets))

    def run_all(count: int) -> None:
        each = max(count // len(cursors), 1)

        def repeat(cursor: postgres.Cursor) -> None:
            for _ in range(each):
                WORKS[work](cursor, extras)

        puff.join_all([puff.spawn(repeat, cursor) for cursor in cursors])

    measure(int(units), run_all)


def native(work: str, units: str, greenlets: str = "1") -> None:
    pool = postgres.pool()

    def run_all(count: int) -> None:
        each = max(count // int(greenlets), 1)
        works = {
            "one_row": _one_row,
            "many_rows": _many_rows,
            "executemany": _executemany,
            "copy_in": _copy_in,
        }

        def repeat() -> None:
            works[work](pool, each)

        puff.join_all([puff.spawn(repeat) for _ in range(int(greenlets))])

    measure(int(units), run_all)


def _one_row(pool: postgres.native.Pool, count: int) -> None:
    fetchrow = pool.fetchrow
    for key in range(count):
        fetch_one(fetchrow(ONE_ROW, key % 1024 + 1), key % 1024 + 1)


def _many_rows(pool: postgres.native.Pool, count: int) -> None:
    with pool.acquire() as connection:
        for _ in range(count):
            if len(connection.fetch(BIG)) != 10_000:
                raise RuntimeError("the server answers something else")


def _executemany(pool: postgres.native.Pool, count: int) -> None:
    with pool.acquire() as connection:
        connection.execute("CREATE TEMP TABLE work (id int, name text)")
        for _ in range(count):
            connection.executemany(INSERT, ROWS)
            connection.execute("TRUNCATE work")


def _copy_in(pool: postgres.native.Pool, count: int) -> None:
    with pool.acquire() as connection:
        connection.execute("CREATE TEMP TABLE work (id int, name text)")
        for _ in range(count):
            connection.copy_records_to_table("work", records=COPIED)
            connection.execute("TRUNCATE work")


def native_async(work: str, units: str, tasks: str = "1") -> None:
    pool = postgres.pool()

    async def run() -> None:
        if work == "one_row":
            await measure_tasks(int(units), [pool.fetchrow] * int(tasks), ONE_ROW)
        else:
            async with pool.acquire() as connection:
                await native_work(connection, work, int(units))

    run_coroutine(run())
