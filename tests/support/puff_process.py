"""The installed command, run as a user runs it: in a project's folder, with a clean environment."""

import contextlib
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Self

from support.servers import accepts, wait_until

ROOT = Path(__file__).resolve().parents[2]
PUFF = Path(os.environ.get("PUFF_COMMAND", ROOT / ".venv/bin/puff"))

# What a test passes on from its own environment; all else could change what Puff does.
KEPT = {"PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "ASAN_OPTIONS", "UBSAN_OPTIONS"}

# Seconds that anything a program should say or do may take.
PATIENCE = 20.0


def clean_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in KEPT}
    return {**kept, "PYTHONDONTWRITEBYTECODE": "1", **(extra or {})}


def run_puff(
    arguments: Sequence[str],
    cwd: Path,
    env: Mapping[str, str] | None = None,
    timeout: float = 30.0,
    stdin: str = "",
) -> subprocess.CompletedProcess[str]:
    """Runs a command that ends by itself. Its status is the test's to look at."""
    return subprocess.run(
        [str(PUFF), *arguments],
        cwd=cwd,
        env=clean_environment(env),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


class PuffProcess:
    """A command that runs until it is stopped. Its output is kept, and shown by every error."""

    def __init__(
        self,
        arguments: Sequence[str],
        cwd: Path,
        env: Mapping[str, str] | None = None,
        program: Path = PUFF,
    ) -> None:
        self.arguments = list(arguments)
        self.process = subprocess.Popen(
            [str(program), *arguments],
            cwd=cwd,
            env=clean_environment(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        self._news = threading.Condition()  # guards the next two
        self._open = 2  # streams
        self._lines: list[tuple[str, str]] = []  # ("out" or "err", text)
        self._readers = [
            threading.Thread(target=self._read, args=(name, pipe), daemon=True)
            for name, pipe in (
                ("out", self.process.stdout),
                ("err", self.process.stderr),
            )
        ]
        for reader in self._readers:
            reader.start()

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def stdout(self) -> str:
        return self._text("out")

    @property
    def stderr(self) -> str:
        return self._text("err")

    @property
    def output(self) -> str:
        """Both streams, in the order of arrival."""
        return self._text("out", "err")

    def wait_for_line(self, pattern: str, seconds: float = PATIENCE) -> re.Match[str]:
        """The first line of either stream that has `pattern` in it, already written or to come."""
        deadline = time.monotonic() + seconds
        seen = 0
        with self._news:
            while True:
                for _, line in self._lines[seen:]:
                    if found := re.search(pattern, line):
                        return found
                seen = len(self._lines)
                left = deadline - time.monotonic()
                if not self._open or left <= 0:
                    break
                self._news.wait(left)
        raise self._error(f"no line with {pattern!r}")

    def wait_for_address(self, address: tuple[str, int] | str, seconds: float = PATIENCE) -> None:
        """Until someone listens on a (host, port) or a unix socket's path."""

        def ready() -> bool:
            if self.process.poll() is not None:
                raise self._error(f"ended before it listened on {address}")
            return accepts(address)

        try:
            wait_until(ready, str(address), seconds)
        except TimeoutError:
            raise self._error(f"does not listen on {address}") from None

    def wait(self, seconds: float = PATIENCE) -> int:
        """The exit status, once the command has ended by itself and all its output is read."""
        try:
            status = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise self._error("does not end") from None
        for reader in self._readers:
            reader.join(seconds)
        return status

    def send_signal(self, number: int) -> None:
        self.process.send_signal(number)

    def stop(
        self, number: int = signal.SIGTERM, status: int = 0, seconds: float = PATIENCE
    ) -> None:
        """Sends `number` and expects the exit status of a graceful stop."""
        self.send_signal(number)
        if (got := self.wait(seconds)) != status:
            raise self._error(f"exit status {got} after signal {number}, {status} expected")

    def kill(self) -> None:
        """Ends the command and whatever it started, at once."""
        with contextlib.suppress(ProcessLookupError):  # all have ended
            os.killpg(self.pid, signal.SIGKILL)
        self.process.wait()
        for reader in self._readers:
            reader.join(5)

    def _read(self, name: str, pipe: IO[bytes]) -> None:
        with pipe:
            for line in pipe:
                with self._news:
                    self._lines.append((name, line.decode(errors="replace")))
                    self._news.notify_all()
        with self._news:
            self._open -= 1
            self._news.notify_all()

    def _text(self, *names: str) -> str:
        with self._news:
            return "".join(line for name, line in self._lines if name in names)

    def _error(self, what: str) -> AssertionError:
        lines = "\n".join(f"  {name}: {line.rstrip()}" for name, line in self._lines)
        return AssertionError(f"puff {' '.join(self.arguments)}: {what}\n{lines}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
