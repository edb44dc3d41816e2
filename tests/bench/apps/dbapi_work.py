"""What a DB-API driver is measured at; the driver is psycopg2, psycopg, or puff.postgres. Each work
is one unit. `one_row` runs in autocommit, the others in a transaction."""

import io
import itertools
import json
import statistics
import time
from collections.abc import Callable
from typing import Any

KEYS = 1024
MOST_CONNECTIONS = 10
ROWS = [(number, f"name {number}") for number in range(1000)]
LINES = "".join(f"{number}\t{name}\n" for number, name in ROWS * 10)
_PARTS, _SMALLEST_PART = 10, 200
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
    figures = Figures(units)
    for count in figures.parts:
        run_all(count)
        figures.add(count)
    figures.show()


class Figures:
    """The middle rate and CPU time of up to ten parts of a measurement: what else the machine does
    for a moment spoils a part, not the whole."""

    def __init__(self, units: int) -> None:
        count = max(1, min(_PARTS, units // _SMALLEST_PART))
        self.parts = [units // count] * count
        self._wall: list[float] = []
        self._cpu: list[float] = []
        self._last = time.perf_counter(), time.process_time()

    def add(self, units: int) -> None:
        """Notes a part that has ended now."""
        now = time.perf_counter(), time.process_time()
        self._wall.append((now[0] - self._last[0]) / units)
        self._cpu.append((now[1] - self._last[1]) / units)
        self._last = now

    def show(self) -> None:
        wall, cpu = statistics.median(self._wall), statistics.median(self._cpu)
        print(json.dumps({"rps": 1 / wall, "cpu_us": cpu * 1e6}))
