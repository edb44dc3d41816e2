"""`puff serve` for a whole test module: applications of this folder on a port of their own."""

import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from support.clients import HttpClient
from support.puff_process import PuffProcess
from support.raw_http import RawConnection
from support.servers import wait_until

APPS = Path(__file__).parent


@dataclass
class Site:
    """A running server and where it listens. A target is a path, with what its mount adds."""

    process: PuffProcess
    address: tuple[str, int]

    @property
    def url(self) -> str:
        return f"http://{self.address[0]}:{self.address[1]}"

    def client(self, timeout: float = 10.0) -> HttpClient:
        return HttpClient(self.address, timeout)

    def raw(self, timeout: float = 10.0) -> RawConnection:
        return RawConnection(self.address, timeout)

    def get(self, target: str, **headers: str):
        """One GET on a connection of its own."""
        with self.client() as client:
            return client.get(target, **headers)

    def post(self, target: str, body: bytes, headers: Mapping[str, str] | None = None):
        with self.client() as client:
            return client.request("POST", target, headers, body)

    def ask(self, request: str | bytes, method: str = "GET"):
        """The response to a request given by the letter."""
        with self.raw() as connection:
            connection.send(request)
            return connection.read_response(method)

    def events(self, mount: str, name: str) -> list[str]:
        """What the application noted under a name; see `notes.py`."""
        return self.get(f"{mount}/events?{name}").json()

    def wait_for_event(self, mount: str, name: str, event: str, seconds: float = 10.0) -> None:
        def noted() -> bool:
            return event in self.events(mount, name)

        try:
            wait_until(noted, event, seconds)
        except TimeoutError:
            said = f"{name}: {self.events(mount, name)}, {event!r} expected\n{self.process.output}"
            raise AssertionError(said) from None

    def resident_kib(self) -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0])

    def descriptors(self) -> int:
        return len(list(Path(f"/proc/{self.process.pid}/fd").iterdir()))


def configure(folder: Path, configuration: str) -> None:
    """Writes a puff.toml that may name this folder's modules."""
    folder.mkdir(parents=True, exist_ok=True)
    text = f"python_path = [{json.dumps(str(APPS))}]\n{configuration}\n"
    folder.joinpath("puff.toml").write_text(text)


@contextmanager
def served(folder: Path, configuration: str, *arguments: str, **env: str) -> Iterator[Site]:
    """Serves a configuration on a free port, and ends by force."""
    configure(folder, configuration)
    with PuffProcess(["serve", "--bind", "127.0.0.1:0", *arguments], folder, env) as process:
        yield Site(process, serving_address(process))


def serving_address(process: PuffProcess) -> tuple[str, int]:
    """Where a server listens that was told to take any port of 127.0.0.1."""
    found = process.wait_for_line(r"Serving on http://127\.0\.0\.1:(\d+)")
    return ("127.0.0.1", int(found[1]))


def reset(connection: RawConnection) -> None:
    """Closes a connection as a client that crashed: with a reset."""
    linger = (1).to_bytes(4, "little") + bytes(4)
    connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    connection.close()


def send_until_blocked(connection: RawConnection, size: int, quiet: float = 1.0) -> int:
    """Sends at most `size` zeros, until none is taken for `quiet` seconds; how many were sent."""
    connection.socket.settimeout(quiet)
    sent, piece = 0, bytes(65_536)
    try:
        while sent < size:
            sent += connection.socket.send(piece[: size - sent])
    except TimeoutError:
        pass
    return sent


def upload(connection: RawConnection, target: str, body: bytes, coding: str) -> None:
    """Sends a POST whose body has a `content-length`, or is `chunked`."""
    head = f"POST {target} HTTP/1.1\r\nHost: a\r\n"
    if coding == "content-length":
        connection.send(head + f"Content-Length: {len(body)}\r\n\r\n")
        return connection.send(body)
    connection.send(head + "Transfer-Encoding: chunked\r\n\r\n")
    for start in range(0, len(body), 70_000):
        piece = body[start : start + 70_000]
        connection.send(b"%x\r\n" % len(piece) + piece + b"\r\n")
    return connection.send(b"0\r\n\r\n")


def tracebacks(process: PuffProcess, message: str) -> int:
    """How many tracebacks of the log end in this message."""
    return sum(message in line and "Error" in line for line in process.stderr.splitlines())
