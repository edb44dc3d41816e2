"""What the private servers of tests have in common."""

import signal
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Self


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(ready: Callable[[], bool], what: str, seconds: float = 10.0) -> None:
    """Asks `ready` until it says yes; TimeoutError naming `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {seconds} s")
        time.sleep(0.01)


def accepts(address: tuple[str, int] | str) -> bool:
    """Whether someone listens on a (host, port) or on the path of a unix socket."""
    family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        try:
            probe.connect(address)
        except OSError:
            return False
        return True


class Started(ABC):
    """Runs while its `with` block does."""

    @abstractmethod
    def start(self) -> Self: ...

    @abstractmethod
    def stop(self) -> None: ...

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


class ServerProcess(Started):
    """A server of one process, on a free port that it keeps once it has it."""

    name: str
    seconds_to_start = 10.0
    seconds_to_end = 10.0

    def __init__(self, log: Path) -> None:
        self.log = log
        self.port = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def restart(self) -> None:
        self.stop()
        self.start()

    @abstractmethod
    def kill(self) -> None:
        """Ends the server at once."""

    @abstractmethod
    def _command(self, port: int) -> list[str]: ...

    @abstractmethod
    def _answers(self, port: int) -> bool: ...

    def _launch(self) -> None:
        """Returns when the server answers. A port that another process took in the meantime is
        given up for the next one, the first time."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        tries = 1 if self.port else 5
        for left in reversed(range(tries)):
            port = self.port or free_port()
            with self.log.open("ab") as log:
                self._process = subprocess.Popen(
                    self._command(port), stdout=log, stderr=log, cwd="/"
                )
            try:
                wait_until(partial(self._is_ready, port), self.name, self.seconds_to_start)
            except (TimeoutError, ChildProcessError):
                self.kill()
                if not left:
                    raise
                continue
            self.port = port
            return

    def _is_ready(self, port: int) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise ChildProcessError(f"{self.name} ended early:\n{self.log.read_text()}")
        return self._answers(port)

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        process.send_signal(how)
        try:
            process.wait(self.seconds_to_end)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
