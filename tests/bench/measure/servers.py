"""Servers: the commands that start them, and one that runs."""

import contextlib
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from measure import places

START_LIMIT = 30.0
REQUEST = b"GET / HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n"

Command = Callable[[int, Path], list[str]]
"""From a free port and an empty folder."""


@dataclass(frozen=True)
class Server:
    name: str
    command: Command
    request: bytes = REQUEST
    """What it answers with 200 once it is there."""


def puff(settings: str) -> Command:
    """`settings`: lines of puff.toml before its first table."""

    def command(port: int, folder: Path) -> list[str]:
        config = write_puff_toml(folder, f'{settings}\n[server]\nbind = ["127.0.0.1:{port}"]\n')
        return [places.PUFF, "serve", "--config", str(config)]

    return command


def write_puff_toml(folder: Path, settings: str) -> Path:
    file = folder / "puff.toml"
    file.write_text(f'dotenv = false\npython_path = ["{places.APPS}"]\n{settings}')
    return file


def granian(interface: str, app: str) -> Command:
    fixed = ["--host", "127.0.0.1", "--backlog", "2048", "--http", "1", "--loop", "uvloop"]
    fixed += ["--workers", "1", "--runtime-threads", "1", "--no-ws", "--no-access-log"]
    fixed += ["--log-level", "warning", "--interface", interface]
    if interface == "wsgi":
        fixed += ["--blocking-threads", "1"]
    return lambda port, _: [_peer("granian"), *fixed, "--port", str(port), app]


def uvicorn(app: str) -> Command:
    fixed = ["--host", "127.0.0.1", "--loop", "uvloop", "--http", "httptools", "--backlog", "2048"]
    fixed += ["--timeout-keep-alive", "75", "--no-access-log", "--log-level", "warning"]
    return lambda port, _: [_peer("uvicorn"), *fixed, "--port", str(port), app]


def gunicorn(app: str) -> Command:
    fixed = ["-k", "gthread", "--threads", "4", "--keep-alive", "75", "--log-level", "warning"]
    return lambda port, _: [_peer("gunicorn"), *fixed, "-b", f"127.0.0.1:{port}", app]


def fastpysgi(app: str) -> Command:
    script = str(places.APPS / "fastpysgi_serve.py")
    return lambda port, _: [_peer("python"), script, app, str(port)]


def native_hello(port: int, _: Path) -> list[str]:
    return [places.cpp_program("native_hello"), f"127.0.0.1:{port}"]


def plain_beast(port: int, _: Path) -> list[str]:
    return [places.cpp_program("plain_beast"), "127.0.0.1", str(port)]


@dataclass(frozen=True)
class Running:
    pid: int
    port: int
    started_in: float
    """Seconds from its start to its first answer."""


@contextlib.contextmanager
def running(server: Server, cores: str | None) -> Iterator[Running]:
    """Starts a server on the cores (None: any), waits until it answers, ends it afterwards."""
    pin = ["taskset", "-c", cores] if cores else []
    logs = places.OUTPUT / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="puff-bench-") as folder,
        (logs / f"{server.name}.log").open("ab") as log,
    ):
        port = free_port()
        command = server.command(port, Path(folder))
        began = time.perf_counter()
        process = subprocess.Popen(
            pin + command,
            cwd=places.APPS,
            env=environment(command[0], folder),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            _wait_for_answer(process, port, server, log.name)
            yield Running(process.pid, port, time.perf_counter() - began)
        finally:
            end(process)


def environment(program: str, folder: str) -> dict[str, str]:
    """Puff may be told by the environment where its packages are, nobody else."""
    known = dict(os.environ, PUFF_RUNTIME_DIR=folder)
    if program != places.PUFF:
        for name in ("VIRTUAL_ENV", "PYTHONPATH"):
            known.pop(name, None)
    return known


def end(process: subprocess.Popen[bytes]) -> None:
    """Ends the process and whatever is left of its session."""
    if process.poll() is None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for_answer(process: subprocess.Popen[bytes], port: int, server: Server, log: str) -> None:
    who = f"{server.name} (see {log})"
    give_up = time.monotonic() + START_LIMIT
    while time.monotonic() < give_up:
        if process.poll() is not None:
            raise places.Missing(f"{who} ended with status {process.returncode}")
        answer = _first_line(port, server.request)
        if answer.startswith(b"HTTP/1.1 200"):
            return
        if answer:
            raise places.Missing(f"{who} answers {answer!r}")
        time.sleep(0.002)
    raise places.Missing(f"{who} does not answer")


def _first_line(port: int, request: bytes) -> bytes:
    """Of the answer to a request; empty while nobody listens."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(request)
            return connection.recv(4096).partition(b"\r\n")[0]
    except OSError:
        return b""


def _peer(name: str) -> str:
    return str(places.PEERS / name)
