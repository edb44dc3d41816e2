"""GETs from a private Redis on a unix socket: 64 greenlets against 64 tasks of redis-py."""

import contextlib
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from measure import places
from measure.cases import Case, Measure, Sample
from measure.programs import figures, output
from measure.servers import end, write_puff_toml
from measure.targets import Ratio

AT_ONCE = 64
CORES = {"pinned": "1", "free": None}  # of Redis


def redis(seconds: float) -> list[Case]:
    return [
        Case(
            f"Redis GET, {AT_ONCE} at once",
            {
                "puff": _puff(round(60_000 * seconds)),
                "redis-py": _redis_py(round(10_000 * seconds)),
            },
            (Ratio("rps", ("redis-py",), at_least=4),),
        ),
        Case(
            f"Redis GET, {AT_ONCE} at once, without Python",
            {"puff's engine": _engine(round(100_000 * seconds))},
            (),
            placements=("free",),
        ),
    ]


def _puff(commands: int) -> Measure:
    def run(placement: str) -> Sample:
        with redis_server(placement) as path, private_folder() as folder:
            config = write_puff_toml(folder, f'[[redis]]\nurl = "unix://{path}"\n')
            command = [places.PUFF, "run", "--config", str(config), "redis_by_puff.main"]
            return figures([*command, str(AT_ONCE), str(commands)], placement, folder)

    return run


def _redis_py(commands: int) -> Measure:
    def run(placement: str) -> Sample:
        with redis_server(placement) as path, private_folder() as folder:
            script = str(places.APPS / "redis_by_redis_py.py")
            command = [str(places.PEERS / "python"), script, str(path)]
            return figures([*command, str(AT_ONCE), str(commands)], placement, folder)

    return run


def _engine(commands: int) -> Measure:
    """The engine without Python; its program starts a server of its own beside it."""

    def run(_placement: str) -> Sample:
        command = [places.cpp_program("bench_redis_engine"), str(commands)]
        out = output(command, "free", places.APPS)
        found = re.search(r"^64 in flight\s+(\S+) commands/s\s+(\S+) us", out, re.MULTILINE)
        if not found:
            raise places.Missing(f"bench_redis_engine printed something else:\n{out}")
        return {"rps": float(found[1]), "cpu_us": float(found[2])}

    return run


@contextlib.contextmanager
def private_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="puff-bench-") as folder:
        yield Path(folder)


@contextlib.contextmanager
def redis_server(placement: str) -> Iterator[Path]:
    """Without TCP and without files; the path of its socket."""
    with private_folder() as folder:
        path = folder / "redis.sock"
        cores = CORES[placement]
        pin = ["taskset", "-c", cores] if cores else []
        options = ["--port", "0", "--unixsocket", str(path), "--save", "", "--appendonly", "no"]
        process = subprocess.Popen(
            [*pin, "redis-server", *options, "--dir", str(folder)],
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            give_up = time.monotonic() + 10
            while not path.exists():
                if process.poll() is not None or time.monotonic() > give_up:
                    raise places.Missing("redis-server did not start")
                time.sleep(0.01)
            yield path
        finally:
            end(process)
