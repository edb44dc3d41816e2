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
from support.servers import free_port, wait_until

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


@contextmanager
def served(folder: Path, configuration: str, *arguments: str, **env: str) -> Iterator[Site]:
    """Serves a configuration that may name this folder's modules, and stops it by force."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.joinpath("puff.toml").write_text(f"python_path = [{json.dumps(str(APPS))}]\n{configuration}")
    address = ("127.0.0.1", free_port())
    bind = f"{address[0]}:{address[1]}"
    with PuffProcess(["serve", "--bind", bind, *arguments], folder, env) as process:
        process.wait_for_address(address)
        yield Site(process, address)


def reset(connection: RawConnection) -> None:
    """Closes a connection as a client that crashed: with a reset."""
    linger = (1).to_bytes(4, "little") + bytes(4)
    connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    connection.close()
