"""Private servers for tests: started in a temporary folder, on a free port, and ended with it."""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Self

from support.clients import RedisClient, RedisError
from support.server_process import ServerProcess, accepts, free_port, wait_until

__all__ = ["PostgresServer", "RedisServer", "accepts", "free_port", "wait_until"]


class RedisServer(ServerProcess):
    """A redis-server of one's own. It keeps its address and, with `persist`, its data over
    `restart`; `kill` ends it as a power cut would."""

    name = "redis-server"

    def __init__(self, folder: Path, *options: str, persist: bool = False) -> None:
        super().__init__(folder / "redis.log")
        self.folder = folder
        self.socket_path = str(folder / "redis.sock")
        self._options = [*options, *(["--appendonly", "yes"] if persist else [])]

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    @property
    def unix_url(self) -> str:
        return f"unix://{self.socket_path}"

    def start(self) -> Self:
        """Returns when the server answers."""
        self._launch()
        return self

    def stop(self) -> None:
        """Ends the server in order; data that is kept is written."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Ends the server at once."""
        self._end(signal.SIGKILL)

    def client(self) -> RedisClient:
        """A connection of one's own, to look at what the program under test has done."""
        return RedisClient(self.socket_path)

    def command(self, *parts: str | bytes | int) -> object:
        """One command on a connection of its own; see `RedisClient.command`."""
        with self.client() as client:
            return client.command(*parts)

    def _command(self, port: int) -> list[str]:
        program = shutil.which("redis-server")
        if program is None:
            raise FileNotFoundError("redis-server is not installed: run deploy/setup.sh")
        settings = {
            "port": str(port),
            "bind": "127.0.0.1",
            "unixsocket": self.socket_path,
            "dir": str(self.folder),
            "logfile": str(self.log),
            "save": "",
            "daemonize": "no",
        }
        return [program, *(a for k, v in settings.items() for a in (f"--{k}", v)), *self._options]

    def _answers(self, port: int) -> bool:
        if not (accepts(self.socket_path) and accepts(("127.0.0.1", port))):
            return False
        try:
            return self.command("PING") == "PONG"
        except RedisError as error:
            if str(error).startswith("LOADING"):
                return False
            raise


class PostgresServer(ServerProcess):
    """A PostgreSQL of one's own: anybody is let in as the superuser postgres, over loopback and a
    unix socket. It keeps its address and its data over `restart` and `start`, until `stop`.
    `settings` are the server's: `PostgresServer(folder, max_prepared_transactions=10)`.

    Run as root, which the server refuses, it becomes the user postgres. It ends with the thread
    that starts it, even if the process is killed. Its data lies in a directory of its own, because
    `folder`, where its log goes, is rarely open to other users."""

    name = "postgres"
    seconds_to_start = 30.0
    seconds_to_end = 20.0
    programs = Path("/usr/lib/postgresql/15/bin")

    def __init__(self, folder: Path, **settings: str | int) -> None:
        super().__init__(folder / "postgres.log")
        self._home: Path | None = None
        self._settings = settings

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

    def start(self) -> Self:
        """Returns when the server answers; its data directory is made the first time."""
        if not self.programs.is_dir():
            raise FileNotFoundError("PostgreSQL 15 is not installed: run deploy/setup.sh")
        if self._home is None:
            self._make_home()
        try:
            self._launch()
        except (TimeoutError, ChildProcessError):
            self.stop()
            raise
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

    def _command(self, port: int) -> list[str]:
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
        line = [*self._as_user(), str(self.programs / "postgres"), "-D", str(self._home / "data")]
        return line + [a for k, v in settings.items() for a in ("-c", f"{k}={v}")]

    def _answers(self, port: int) -> bool:
        ready = [str(self.programs / "pg_isready"), "-q", "-p", str(port), "-h"]
        return all(
            subprocess.run([*ready, host]).returncode == 0
            for host in (self.socket_directory, "127.0.0.1")
        )
