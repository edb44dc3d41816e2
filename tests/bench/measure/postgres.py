"""DB-API against psycopg2, on a private PostgreSQL over its unix socket: puff.postgres on greenlets
of `puff run`, psycopg2 on as many threads."""

import contextlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from measure import places
from measure.cases import Case, Measure, Sample
from measure.servers import environment, write_puff_toml
from measure.targets import Ratio

sys.path.append(str(places.BENCH.parent))
from support.servers import PostgresServer

AT_ONCE = 64
LIMIT = 120.0
CORES = {"pinned": "0", "free": None}  # of the client; the server takes what is left


def postgres(seconds: float) -> list[Case]:
    def case(name: str, work: str, units: float, *targets: Ratio, at_once: int = 1) -> Case:
        count = max(round(units * seconds), 1)
        contenders = {
            "puff": _puff(work, count, at_once),
            "psycopg2": _psycopg2(work, count, at_once),
        }
        return Case(f"DB-API, {name}", contenders, targets)

    return [
        case("one row", "one_row", 10_000, Ratio("cpu_us", ("psycopg2",), at_most=1)),
        case("10,000 x 4", "many_rows", 60, Ratio("rps", ("psycopg2",), at_least=1.4)),
        case("executemany of 1,000", "executemany", 20),
        case("execute_values of 1,000", "execute_values", 300),
        case("COPY in of 10,000", "copy_in", 150),
        case(
            f"one row, {AT_ONCE} at once",
            "one_row",
            20_000,
            Ratio("rps", ("psycopg2",), at_least=1),
            at_once=AT_ONCE,
        ),
    ]


def _puff(work: str, units: int, at_once: int) -> Measure:
    def run(placement: str) -> Sample:
        with _server() as (server, folder):
            pool = f'[[postgres]]\nurl = "{server.unix_url}"\npool_size = {at_once}\n'
            config = write_puff_toml(folder, pool)
            command = [places.PUFF, "run", "--config", str(config), "postgres_by_puff.main"]
            return _figures([*command, work, str(units), str(at_once)], placement, folder)

    return run


def _psycopg2(work: str, units: int, at_once: int) -> Measure:
    def run(placement: str) -> Sample:
        with _server() as (server, folder):
            script = str(places.APPS / "postgres_by_psycopg2.py")
            command = [str(places.PEERS / "python"), script, server.unix_url]
            return _figures([*command, work, str(units), str(at_once)], placement, folder)

    return run


def _figures(command: list[str], placement: str, folder: Path) -> Sample:
    cores = CORES[placement]
    pin = ["taskset", "-c", cores] if cores else []
    done = subprocess.run(
        pin + command,
        cwd=places.APPS,
        env=environment(command[0], str(folder)),
        capture_output=True,
        text=True,
        timeout=LIMIT,
    )
    if done.returncode != 0:
        raise places.Missing(f"{command[0]} ended with {done.returncode}: {done.stderr[-500:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


@contextlib.contextmanager
def _server() -> Iterator[tuple[PostgresServer, Path]]:
    with (
        tempfile.TemporaryDirectory(prefix="puff-bench-") as folder,
        PostgresServer(Path(folder), jit="off") as server,
    ):
        yield server, Path(folder)
