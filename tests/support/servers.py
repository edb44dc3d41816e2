"""Private servers for tests: started in a temporary folder, on a free port, and ended with it."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from support.clients import RedisClient, RedisError


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


class RedisServer:
    """A redis-server of one's own. It keeps its address and, with `persist`, its data over
    `restart`; `kill` ends it as a power cut would."""

    def __init__(self, folder: Path, *options: str, persist: bool = False) -> None:
        self.folder = folder
        self.port = 0
        self.socket_path = str(folder / "redis.sock")
        self.log = folder / "redis.log"
        self._options = [*options, *(["--appendonly", "yes"] if persist else [])]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    @property
    def unix_url(self) -> str:
        return f"unix://{self.socket_path}"

    def start(self) -> Self:
        """Starts the server and waits until it answers. A port that another process took in the
        meantime is given up for the next one, the first time."""
        program = shutil.which("redis-server")
        if program is None:
            raise FileNotFoundError("redis-server is not installed: run deploy/setup.sh")
        self.folder.mkdir(parents=True, exist_ok=True)
        tries = 1 if self.port else 5
        for left in reversed(range(tries)):
            port = self.port or free_port()
            with self.log.open("ab") as log:
                self._process = subprocess.Popen(
                    [program, *self._arguments(port)], stdout=log, stderr=subprocess.STDOUT
                )
            try:
                wait_until(partial(self._answers, port), "redis-server")
            except (TimeoutError, ChildProcessError):
                self.kill()
                if not left:
                    raise
                continue
            self.port = port
            break
        return self

    def stop(self) -> None:
        """Ends the server in order; data that is kept is written."""
        self._end(subprocess.Popen.terminate)

    def kill(self) -> None:
        """Ends the server at once."""
        self._end(subprocess.Popen.kill)

    def restart(self) -> None:
        self.stop()
        self.start()

    def client(self) -> RedisClient:
        """A connection of one's own, to look at what the program under test has done."""
        return RedisClient(self.socket_path)

    def command(self, *parts: str | bytes | int) -> object:
        """One command on a connection of its own; see `RedisClient.command`."""
        with self.client() as client:
            return client.command(*parts)

    def _arguments(self, port: int) -> list[str]:
        settings = {
            "port": str(port),
            "bind": "127.0.0.1",
            "unixsocket": self.socket_path,
            "dir": str(self.folder),
            "logfile": str(self.log),
            "save": "",
            "daemonize": "no",
        }
        return [a for k, v in settings.items() for a in (f"--{k}", v)] + self._options

    def _answers(self, port: int) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            log = self.log.read_text() if self.log.exists() else ""
            raise ChildProcessError(f"redis-server ended early:\n{log}")
        if not (accepts(self.socket_path) and accepts(("127.0.0.1", port))):
            return False
        try:
            return self.command("PING") == "PONG"
        except RedisError as error:
            if str(error).startswith("LOADING"):
                return False
            raise

    def _end(self, how: Callable[[subprocess.Popen[bytes]], None]) -> None:
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        how(process)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


class PostgresServer:
    """A PostgreSQL of one's own: anybody is let in as the superuser postgres, over loopback and a
    unix socket. It keeps its address and its data over `restart` and `start`, until `stop`.
    `settings` are the server's: `PostgresServer(folder, max_prepared_transactions=10)`.

    Run as root, which the server refuses, it becomes the user postgres. It ends with the thread
    that starts it, even if the process is killed. Its data lies in a directory of its own, because
    `folder`, where its log goes, is rarely open to other users."""

    programs = Path("/usr/lib/postgresql/15/bin")

    def __init__(self, folder: Path, **settings: str | int) -> None:
        self.log = folder / "postgres.log"
        self.port = 0
        self._home: Path | None = None
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return self.url_of("postgres")

    @property
    def unix_url(self) -> str:
        return f"postgres://postgres@/postgres?host={self.socket_directory}&port={self.port}"

    def url_of(self, database: str) -> str:
        """The address of a database over loopback."""
        return f"postgres://postgres@127.0.0.1:{self.port}/{database}"

    @property
    def socket_directory(self) -> str:
        """What libpq takes as `host` to use the unix socket, together with `port`."""
        assert self._home is not None
        return str(self._home)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> Self:
        """Starts the server, with a new data directory the first time, and waits until it
        answers. A port that another process took in the meantime is given up for the next one."""
        if not self.programs.is_dir():
            raise FileNotFoundError("PostgreSQL 15 is not installed: run deploy/setup.sh")
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self._home is None:
            self._make_home()
        tries = 1 if self.port else 5
        for left in reversed(range(tries)):
            port = self.port or free_port()
            with self.log.open("ab") as log:
                self._process = subprocess.Popen(
                    [*self._as_user(), *self._arguments(port)], stdout=log, stderr=log, cwd="/"
                )
            try:
                wait_until(partial(self._answers, port), "postgres", 30)
            except (TimeoutError, ChildProcessError):
                self.kill()
                if not left:
                    self.stop()
                    raise
                continue
            self.port = port
            break
        return self

    def stop(self) -> None:
        """Ends the server in order and removes its data."""
        self._end(signal.SIGINT)
        if self._home is not None:
            shutil.rmtree(self._home)
            self._home = None

    def kill(self) -> None:
        """Ends the server and all its sessions at once, without writing anything; `start` then
        recovers."""
        self._end(signal.SIGQUIT)

    def restart(self) -> None:
        self._end(signal.SIGINT)
        self.start()

    def query(self, sql: str, database: str = "postgres") -> str:
        """What psql prints for `sql` on a connection of its own: a line for each row, '|' between
        its columns."""
        where = ["-h", self.socket_directory, "-p", str(self.port), "-U", "postgres"]
        psql = [str(self.programs / "psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", *where]
        ran = subprocess.run(
            [*psql, "-d", database, "-c", sql],
            capture_output=True,
            text=True,
            timeout=60,
        )
        if ran.returncode:
            raise RuntimeError(ran.stderr.strip())
        return ran.stdout.removesuffix("\n")

    def _make_home(self) -> None:
        self._home = Path(tempfile.mkdtemp(prefix="puff-postgres-"))
        if os.geteuid() == 0:
            shutil.chown(self._home, "postgres", "postgres")
        initdb = [*self._as_user(), str(self.programs / "initdb"), "--no-sync"]
        options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
        made = subprocess.run(
            [*initdb, *options, "-D", str(self._home / "data")],
            capture_output=True,
            text=True,
            cwd="/",
        )
        if made.returncode:
            self.stop()
            raise ChildProcessError(f"initdb failed:\n{made.stderr}")

    def _as_user(self) -> list[str]:
        prefix = ["setpriv", "--pdeathsig", "QUIT"]
        if os.geteuid() == 0:
            prefix += ["--reuid", "postgres", "--regid", "postgres", "--clear-groups"]
        return prefix

    def _arguments(self, port: int) -> list[str]:
        assert self._home is not None
        settings: dict[str, str | int] = {
            "port": port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(self._home),
            "fsync": "off",
            "max_connections": 200,
            "timezone": "UTC",
            **self._settings,
        }
        line = [str(self.programs / "postgres"), "-D", str(self._home / "data")]
        return line + [a for k, v in settings.items() for a in ("-c", f"{k}={v}")]

    def _answers(self, port: int) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise ChildProcessError(f"postgres ended early:\n{self.log.read_text()}")
        ready = [str(self.programs / "pg_isready"), "-q", "-p", str(port), "-h"]
        return all(
            subprocess.run([*ready, host]).returncode == 0
            for host in (self.socket_directory, "127.0.0.1")
        )

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        process.send_signal(how)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
