"""PostgreSQL's drivers on a private server over its unix socket: DB-API on greenlets of `puff run`
against psycopg2 and psycopg 3 on threads and asyncpg on tasks; the native API against asyncpg and
against what libpq can do in a pipeline."""

import atexit
import functools
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from measure import places
from measure.cases import Case, Measure, Sample
from measure.programs import figures
from measure.servers import write_puff_toml
from measure.targets import Ratio

sys.path.append(str(places.BENCH.parent))
from support.servers import PostgresServer

AT_ONCE = 64
TABLES = """
CREATE TABLE item (id int PRIMARY KEY, name text NOT NULL, value int NOT NULL);
CREATE TABLE big (id int PRIMARY KEY, a text NOT NULL, b int NOT NULL, c float8 NOT NULL);
INSERT INTO item SELECT i, 'item ' || i, i * 17 % 1000 FROM generate_series(1, 1024) i;
INSERT INTO big SELECT i, 'text value number ' || i, i * 3, i * 1.5
  FROM generate_series(1, 10000) i;
ANALYZE;
"""

Command = Callable[[PostgresServer, Path], list[str]]


def postgres(seconds: float) -> list[Case]:
    return [*_dbapi(seconds), *_native(seconds)]


def _dbapi(seconds: float) -> list[Case]:
    def case(name: str, work: str, units: float, *targets: Ratio, at_once: int = 1) -> Case:
        arguments = [work, str(max(round(units * seconds), 1)), str(at_once)]
        contenders = {
            "puff": _measure(_puff("main", arguments)),
            "psycopg2": _measure(_script("postgres_by_psycopg2.py", arguments)),
        }
        if work != "execute_values":
            contenders["psycopg"] = _measure(_script("postgres_by_psycopg.py", arguments))
            contenders["asyncpg"] = _measure(_script("postgres_by_asyncpg.py", arguments))
        return Case(f"DB-API, {name}", contenders, targets)

    by_psycopg2, by_asyncpg = ("psycopg2",), ("asyncpg",)
    return [
        case(
            "one row",
            "one_row",
            10_000,
            Ratio("rps", by_psycopg2, at_least=1 / 0.95),
            Ratio("cpu_us", by_psycopg2, at_most=1),
        ),
        case(
            f"one row, {AT_ONCE} at once",
            "one_row",
            30_000,
            Ratio("rps", by_asyncpg, at_least=1.2),
            at_once=AT_ONCE,
        ),
        case("10,000 x 4", "many_rows", 80, Ratio("rps", by_psycopg2, at_least=1.4)),
        case("executemany of 1,000", "executemany", 30),
        case(
            "execute_values of 1,000",
            "execute_values",
            200,
            Ratio("rps", by_psycopg2, at_least=1.2),
        ),
        case("COPY in of 10,000", "copy_in", 150, Ratio("rps", by_psycopg2, at_least=1)),
    ]


def _native(seconds: float) -> list[Case]:
    def case(name: str, work: str, units: float, *targets: Ratio, at_once: int = 1) -> Case:
        count = max(round(units * seconds), 1)
        arguments = [work, str(count), str(at_once)]
        contenders = {
            "puff": _measure(_puff("native", arguments)),
            "puff, asyncio": _measure(_puff("native_async", arguments)),
            "asyncpg": _measure(_script("postgres_by_asyncpg.py", arguments)),
        }
        if work == "one_row":
            contenders["libpq, pipeline"] = _measure(_libpq(count, at_once))
        return Case(f"Native, {name}", contenders, targets)

    by_asyncpg = ("asyncpg",)
    return [
        case("one row", "one_row", 10_000, Ratio("rps", by_asyncpg, at_least=1)),
        case(
            f"one row, {AT_ONCE} at once",
            "one_row",
            40_000,
            Ratio("rps", ("libpq, pipeline",), at_least=0.5),
            Ratio("rps", by_asyncpg, at_least=1.3),
            Ratio("rps", by_asyncpg, at_least=1.1, of="puff, asyncio"),
            at_once=AT_ONCE,
        ),
        case("10,000 x 4", "many_rows", 150, Ratio("rps", by_asyncpg, at_least=1.1)),
        case("executemany of 1,000", "executemany", 100, Ratio("rps", by_asyncpg, at_least=1)),
        case("COPY in of 10,000", "copy_in", 150, Ratio("rps", by_asyncpg, at_least=1.1)),
    ]


def _puff(function: str, arguments: list[str]) -> Command:
    def command(server: PostgresServer, folder: Path) -> list[str]:
        settings = f'asyncio = true\n[[postgres]]\nurl = "{server.unix_url}"\npool_size = 10\n'
        config = write_puff_toml(folder, settings)
        call = f"postgres_by_puff.{function}"
        return [places.PUFF, "run", "--config", str(config), call, *arguments]

    return command


def _script(name: str, arguments: list[str]) -> Command:
    program = [str(places.PEERS / "python"), str(places.APPS / name)]
    return lambda server, _: [*program, server.unix_url, *arguments]


def _libpq(units: int, at_once: int) -> Command:
    def command(server: PostgresServer, _folder: Path) -> list[str]:
        program = places.cpp_program("bench_libpq_pipeline")
        return [program, server.unix_url, str(units), str(at_once)]

    return command


def _measure(command: Command) -> Measure:
    def run(placement: str) -> Sample:
        with tempfile.TemporaryDirectory(prefix="puff-bench-") as folder:
            return figures(command(_server(), Path(folder)), placement, Path(folder))

    return run


@functools.cache
def _server() -> PostgresServer:
    """One for all contenders, with the tables that they read."""
    folder = tempfile.TemporaryDirectory(prefix="puff-bench-")
    atexit.register(folder.cleanup)
    server = PostgresServer(Path(folder.name), jit="off").start()
    atexit.register(server.stop)
    server.query(TABLES)
    return server
