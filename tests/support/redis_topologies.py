"""Redis servers that are more than one process at one address: with TLS, a Cluster, or behind
Sentinels."""

import shutil
import subprocess
from functools import partial
from pathlib import Path
from typing import Self

from support.clients import RedisClient, RedisError
from support.server_process import Started
from support.servers import RedisServer, accepts, free_port, wait_until


def make_certificates(folder: Path) -> None:
    """An authority (ca.pem), and by it server.pem for 127.0.0.1 and client.pem, with their keys."""
    folder.mkdir(parents=True, exist_ok=True)

    def openssl(*words: str) -> None:
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)

    new = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    openssl(*new, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=authority", "-days", "2")
    for name in ("server", "client"):
        files = ["-keyout", f"{name}.key", "-out", f"{name}.pem", "-subj", f"/CN={name}"]
        by = ["-CA", "ca.pem", "-CAkey", "ca.key", "-days", "2"]
        openssl(*new, *files, *by, "-addext", "subjectAltName=IP:127.0.0.1")


class TlsRedisServer(RedisServer):
    """Speaks TLS on `tls_port`, and wants certificates of its clients if `mutual`."""

    def __init__(self, folder: Path, mutual: bool = False) -> None:
        make_certificates(folder / "tls")
        self.certificates = folder / "tls"
        self.tls_port = free_port()
        files = {"cert": "server.pem", "key": "server.key", "ca-cert": "ca.pem"}
        options = [f"--tls-port {self.tls_port}", f"--tls-auth-clients {'yes' if mutual else 'no'}"]
        options += [f"--tls-{name}-file {self.certificates / file}" for name, file in files.items()]
        super().__init__(folder, *(word for option in options for word in option.split()))

    def tls_url(self, **options: str) -> str:
        options = {"ssl_ca_certs": str(self.certificates / "ca.pem"), **options}
        query = "&".join(f"{key}={value}" for key, value in options.items())
        return f"rediss://127.0.0.1:{self.tls_port}?{query}"


def _port_of_cluster() -> int:
    """Servers speak with each other on a port that is 10,000 higher."""
    while (port := free_port()) > 55_000:
        pass
    return port


class RedisCluster(Started):
    """Three masters, each with a replica."""

    def __init__(self, folder: Path, *options: str) -> None:
        shared = ["--cluster-enabled", "yes", "--cluster-node-timeout", "1000", *options]
        self.servers = [RedisServer(folder / f"server-{i}", *shared) for i in range(6)]
        for server in self.servers:
            server.port = _port_of_cluster()

    @property
    def url(self) -> str:
        hosts = ",".join(f"127.0.0.1:{server.port}" for server in self.servers[:3])
        return f"redis+cluster://{hosts}"

    unix_url = url  # what those take who know servers by one address

    def start(self) -> Self:
        for server in self.servers:
            server.start()
        addresses = [f"127.0.0.1:{server.port}" for server in self.servers]
        program = shutil.which("redis-cli")
        assert program is not None
        create = [program, "--cluster", "create", *addresses, "--cluster-replicas", "1"]
        subprocess.run([*create, "--cluster-yes"], check=True, capture_output=True, timeout=60)
        wait_until(self._is_complete, "a whole cluster", 30)
        return self

    def stop(self) -> None:
        for server in self.servers:
            server.kill()

    def cli(self, *words: str) -> str:
        """What redis-cli says, which follows MOVED."""
        command = ["redis-cli", "-c", "-p", str(self.alive()[0].port), *words]
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=30)
        return done.stdout.strip()

    def alive(self) -> list[RedisServer]:
        return [server for server in self.servers if accepts(server.socket_path)]

    def owner_of(self, key: str) -> RedisServer:
        """The master of a key."""
        slot = int(self.cli("CLUSTER", "KEYSLOT", key))
        ranges = self.alive()[0].command("CLUSTER", "SLOTS")
        assert isinstance(ranges, list)
        port = next(r[2][1] for r in ranges if r[0] <= slot <= r[1])
        return next(server for server in self.servers if server.port == port)

    def fail_over(self, key: str) -> None:
        """Kills the master of a key, and returns when another server is it."""
        old = self.owner_of(key)
        old.kill()
        wait_until(lambda: self.owner_of(key) is not old, "another master", 30)
        wait_until(lambda: self._says_ok(self.alive()), "a cluster that works", 30)

    def heal(self) -> None:
        """Starts those that were killed, which become replicas."""
        for server in self.servers:
            if not accepts(server.socket_path):
                server.start()
        wait_until(self._is_complete, "a whole cluster", 30)

    def _is_complete(self) -> bool:
        def follows(server: RedisServer) -> bool:
            info = server.command("INFO", "replication")
            assert isinstance(info, bytes)
            return b"role:slave" not in info or b"master_link_status:up" in info

        return self._says_ok(self.servers) and all(map(follows, self.servers))

    @staticmethod
    def _says_ok(servers: list[RedisServer]) -> bool:
        infos = [server.command("CLUSTER", "INFO") for server in servers]
        return all(isinstance(info, bytes) and b"cluster_state:ok" in info for info in infos)


class SentinelWorld(Started):
    """A master, a replica, and three Sentinels that watch them under the name "shop"."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self.servers = [RedisServer(folder / "first", *options)]
        self._options = options
        self._sentinels: list[subprocess.Popen[bytes]] = []
        self._ports: list[int] = []

    @property
    def url(self) -> str:
        hosts = ",".join(f"127.0.0.1:{port}" for port in self._ports)
        return f"redis+sentinel://{hosts}/shop"

    unix_url = url  # what those take who know servers by one address

    @property
    def master(self) -> RedisServer:
        """As the Sentinels tell it."""
        with RedisClient(("127.0.0.1", self._ports[0])) as sentinel:
            _, port = sentinel.command("SENTINEL", "GET-MASTER-ADDR-BY-NAME", "shop")
        return next(each for each in self.servers if each.port == int(port))

    def command(self, *parts: str | bytes | int) -> object:
        return self.master.command(*parts)

    def fail_over(self) -> None:
        """Kills the master, and returns when the other server is it."""
        old = self.master
        old.kill()
        wait_until(lambda: self.master is not old, "another master", 30)
        wait_until(lambda: self._role(self.master) == b"master", "a promoted replica", 30)

    def come_back(self, server: RedisServer) -> None:
        """Starts a server that was killed, which becomes a replica."""
        server.start()
        wait_until(lambda: self._role(server) == b"slave", "a replica", 30)

    def wait_for_replica(self) -> None:
        def synchronous() -> bool:
            info = self.master.command("INFO", "replication")
            return isinstance(info, bytes) and b"state=online" in info

        wait_until(synchronous, "a replica that follows", 30)

    def start(self) -> Self:
        first = self.servers[0].start()
        replicates = ["--replicaof", "127.0.0.1", str(first.port), *self._options]
        self.servers.append(RedisServer(self.folder / "second", *replicates).start())
        self._ports = [free_port() for _ in range(3)]
        for port in self._ports:
            self._sentinels.append(self._start_sentinel(port, first.port))
        for port in self._ports:
            wait_until(partial(self._is_complete, port), "Sentinels that know each other", 30)
        self.wait_for_replica()
        return self

    def stop(self) -> None:
        for sentinel in self._sentinels:
            sentinel.kill()
            sentinel.wait()
        for server in self.servers:
            server.kill()

    def _start_sentinel(self, port: int, master: int) -> subprocess.Popen[bytes]:
        program = shutil.which("redis-server")
        assert program is not None
        folder = self.folder / f"sentinel-{port}"
        folder.mkdir(parents=True)
        lines = [
            f"port {port}\nbind 127.0.0.1\ndir {folder}\nlogfile {folder}/log",
            f"sentinel monitor shop 127.0.0.1 {master} 2",
            "sentinel down-after-milliseconds shop 500\nsentinel failover-timeout shop 5000",
        ]
        (folder / "sentinel.conf").write_text("\n".join(lines) + "\n")
        return subprocess.Popen([program, str(folder / "sentinel.conf"), "--sentinel"])

    def _is_complete(self, port: int) -> bool:
        if not accepts(("127.0.0.1", port)):
            return False
        with RedisClient(("127.0.0.1", port)) as sentinel:
            fields = sentinel.command("SENTINEL", "MASTER", "shop")
        facts = dict(zip(fields[::2], fields[1::2], strict=True))
        counts = (facts[b"num-slaves"], facts[b"num-other-sentinels"])
        return counts == (b"1", b"2")

    @staticmethod
    def _role(server: RedisServer) -> bytes:
        try:
            answer = server.command("ROLE")
        except (OSError, RedisError):
            return b""
        assert isinstance(answer, list)
        return bytes(answer[0])
