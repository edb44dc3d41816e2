"""What a DB-API driver is measured at; the driver is psycopg2, psycopg, or puff.postgres. Each work
is one unit. `one_row` runs in autocommit, the others in a transaction."""

import io
import itertools
import json
import time
from collections.abc import Callable
from typing import Any

KEYS = 1024
MOST_CONNECTIONS = 10
ROWS = [(number, f"name {number}") for number in range(1000)]
LINES = "".join(f"{number}\t{name}\n" for number, name in ROWS * 10)
BIG = "SELECT id, a, b, c FROM big"

_keys = itertools.cycle(range(1, KEYS + 1))


def one_row(cursor: Any, extras: Any) -> None:
    key = next(_keys)
    cursor.execute("SELECT id, name FROM item WHERE id = %s", (key,))
    if cursor.fetchone()[0] != key:
        raise RuntimeError("the server answers something else")


def many_rows(cursor: Any, extras: Any) -> None:
    cursor.execute(BIG)
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


def copy_in_by_psycopg(cursor: Any, extras: Any) -> None:
    source = io.StringIO(LINES)
    with cursor.copy("COPY work FROM STDIN") as copy:
        while piece := source.read(8192):
            copy.write(piece)
    cursor.execute("TRUNCATE work")


WORKS: dict[str, Callable[[Any, Any], None]] = {
    work.__name__: work for work in (one_row, many_rows, executemany, execute_values, copy_in)
}


def prepared(connect: Callable[[], Any], work: str, at_once: int) -> list[Any]:
    """A cursor for each who works at once, on a few connections that they share, and the table that
    the works write."""
    connections = [connect() for _ in range(min(at_once, MOST_CONNECTIONS))]
    for connection in connections:
        connection.autocommit = work == "one_row"
        if not connection.autocommit:
            connection.cursor().execute("CREATE TEMP TABLE work (id int, name text)")
    return [connections[i % len(connections)].cursor() for i in range(at_once)]


def measure(units: int, run_all: Callable[[int], None]) -> None:
    """Prints the figures of `run_all(units)`."""
    run_all(max(units // 10, 1))
    wall, cpu = time.perf_counter(), time.process_time()
    run_all(units)
    print_figures(units, time.perf_counter() - wall, time.process_time() - cpu)


def print_figures(units: int, wall: float, cpu: float) -> None:
    print(json.dumps({"rps": units / wall, "cpu_us": cpu / units * 1e6}))
