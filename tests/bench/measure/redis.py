"""GETs from a private Redis on a unix socket: 64 greenlets against 64 tasks of redis-py."""

import contextlib
import re
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from measure import places
from measure.cases import Case, Measure, Sample
from measure.programs import figures, output
from measure.servers import end, free_port, write_puff_toml
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
        options = ["--port", "0", "--unixsocket", str(path), "--dir", str(folder)]
        with _redis(options, placement, path.exists):
            yield path


@contextlib.contextmanager
def redis_on_port(placement: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """One that every client reaches, and its URL."""
    with private_folder() as folder:
        port = free_port()
        options = ["--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder)]
        with _redis(options, placement, lambda: _answers(port)) as process:
            yield process, f"redis://127.0.0.1:{port}/0"


def command_of(command: list[str], cores: str | None) -> list[str]:
    """The command, pinned if there are cores."""
    return ["taskset", "-c", cores, *command] if cores else command


@contextlib.contextmanager
def _redis(
    options: list[str], placement: str, is_ready: Callable[[], bool]
) -> Iterator[subprocess.Popen[bytes]]:
    command = ["redis-server", "--save", "", "--appendonly", "no", *options]
    process = subprocess.Popen(
        command_of(command, CORES[placement]), stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        give_up = time.monotonic() + 10
        while not is_ready():
            if process.poll() is not None or time.monotonic() > give_up:
                raise places.Missing("redis-server did not start")
            time.sleep(0.01)
        yield process
    finally:
        end(process)


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as one:
        one.sendall(b"PING\r\n")
        return one.recv(7) == b"+PONG\r\n"
    return False
