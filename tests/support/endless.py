"""Reads and copies without an end, for tests that break them off. For programs inside Puff, with a
`[[postgres]]` pool of four connections or more."""

from typing import Any

import puff
from puff import postgres
from puff.postgres.native import pool

ROWS = "SELECT repeat('x', 1000) FROM (SELECT generate_series(1, 100000000)) AS n"


class Endless:
    """A file that never ends. Says "midway" once some megabytes have gone through."""

    def __init__(self) -> None:
        self.size = 0

    def move(self, much: int) -> None:
        if self.size < 4_000_000 <= self.size + much:
            print("midway", flush=True)
        self.size += much

    def write(self, data: bytes) -> None:
        self.move(len(data))

    def read(self, size: int) -> bytes:
        self.move(size)
        return b"x" * (size - 1) + b"\n"


def named(connection: Any, timeout: float | None) -> None:
    """Reads from a cursor of the server."""
    assert timeout is None
    file = Endless()
    with connection.cursor("endless") as rows:
        rows.execute(ROWS)
        for _ in rows:
            file.move(1000)


def copy_out(connection: Any, timeout: float | None) -> None:
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY ({ROWS}) TO STDOUT", Endless(), timeout=timeout)


def copy_in(connection: Any, timeout: float | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE lines (line text)")
        cursor.copy_expert("COPY lines FROM STDIN", Endless(), timeout=timeout)


def native_copy_out(_: Any, timeout: float | None) -> None:
    with pool("default").acquire() as native:
        native.copy_from_query(ROWS, output=Endless(), timeout=timeout)


def native_copy_in(_: Any, timeout: float | None) -> None:
    with pool("default").acquire() as native:
        native.execute("CREATE UNLOGGED TABLE lines (line text)")
        native.copy_to_table("lines", source=Endless(), timeout=timeout)


def run(work: str, timeout: float | None = None) -> None:
    """Runs the function of that name, and says how its connection was left."""
    connection = postgres.connect(dbname="default")
    try:
        globals()[work](connection, timeout)
    finally:
        print("closed", connection.closed, flush=True)
        connection.close()


def whole() -> bool:
    """Whether four greenlets at once get their own answers of the pool, which may have to connect
    again before."""
    db = pool("default")

    def one(n: int) -> Any:
        with db.acquire() as native:
            return native.fetchval("SELECT $1::int FROM pg_sleep(0.01)", n)

    while True:
        try:
            answers = puff.join_all([puff.spawn(one, n) for n in range(4)])
            return bool(answers == [0, 1, 2, 3])
        except postgres.OperationalError:
            puff.sleep_ms(10)
