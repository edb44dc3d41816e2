"""What a DB-API driver is measured at; the driver is psycopg2, or puff.postgres. Each work is one
unit."""

import io
import json
import time
from collections.abc import Callable
from typing import Any

ROWS = [(number, f"name {number}") for number in range(1000)]
LINES = "".join(f"{number}\t{name}\n" for number, name in ROWS * 10)
MANY = "SELECT * FROM generate_series(1, 10000) a, LATERAL (VALUES"
MANY += " ('name ' || a, a * 1.5, timestamptz '2020-01-01' + a * interval '1 hour')) v"


def one_row(cursor: Any, extras: Any) -> None:
    cursor.execute("SELECT %s, %s", (1, "x"))
    if cursor.fetchone() != (1, "x"):
        raise RuntimeError("the server answers something else")


def many_rows(cursor: Any, extras: Any) -> None:
    cursor.execute(MANY)
    if len(cursor.fetchall()) != 10_000:
        raise RuntimeError("the server answers something else")


def executemany(cursor: Any, extras: Any) -> None:
    cursor.executemany("INSERT INTO work VALUES (%s, %s)", ROWS)
    cursor.execute("TRUNCATE work")


def execute_values(cursor: Any, extras: Any) -> None:
    extras.execute_values(cursor, "INSERT INTO work VALUES %s", ROWS)
    cursor.execute("TRUNCATE work")


def copy_in(cursor: Any, extras: Any) -> None:
    cursor.copy_expert("COPY work FROM STDIN", io.StringIO(LINES))
    cursor.execute("TRUNCATE work")


WORKS: dict[str, Callable[[Any, Any], None]] = {
    work.__name__: work for work in (one_row, many_rows, executemany, execute_values, copy_in)
}


def prepared(connection: Any) -> Any:
    """A cursor in a transaction, and the table that the works write."""
    cursor = connection.cursor()
    cursor.execute("CREATE TEMP TABLE work (id int, name text)")
    return cursor


def measure(units: int, run_all: Callable[[int], None]) -> None:
    """Prints the figures of `run_all(units)`."""
    run_all(max(units // 10, 1))
    wall, cpu = time.perf_counter(), time.process_time()
    run_all(units)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(json.dumps({"rps": units / wall, "cpu_us": cpu / units * 1e6}))
