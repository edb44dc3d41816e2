"""Small clients that know nothing of Puff: HTTP on one kept connection, and Redis."""

import json
import socket
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Self

from support.raw_http import RawConnection, Response


class HttpClient:
    """Requests one after the other on one connection, opened again when the server closed it."""

    def __init__(self, address: tuple[str, int] | str, timeout: float = 10.0) -> None:
        self.address = address
        self.timeout = timeout
        self._connection: RawConnection | None = None

    def request(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Response:
        """Sends a request and reads its response. Host and Content-Length are added."""
        fields = {"Host": "test", **(headers or {})}
        if body is not None:
            fields.setdefault("Content-Length", str(len(body)))
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        connection = self._open()
        connection.send(f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode("latin-1"))
        connection.send(body or b"")
        response = connection.read_response(method)
        if (response.header("connection") or "").lower() == "close":
            self.close()
        return response

    def get(self, target: str, **headers: str) -> Response:
        """GET; an underscore in a keyword stands for the dash in a header's name."""
        return self.request("GET", target, {k.replace("_", "-"): v for k, v in headers.items()})

    def post_json(self, target: str, value: object) -> Response:
        return self.request(
            "POST",
            target,
            {"Content-Type": "application/json"},
            json.dumps(value).encode(),
        )

    def close(self) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None

    def _open(self) -> RawConnection:
        if self._connection is None:
            self._connection = RawConnection(self.address, self.timeout)
        return self._connection

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class RedisError(Exception):
    """The server's answer was an error; the text is the server's."""


class RedisClient:
    """Commands on one connection, by a unix socket's path or a (host, port)."""

    def __init__(self, address: tuple[str, int] | str, timeout: float = 10.0) -> None:
        family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        self._socket.settimeout(timeout)
        self._socket.connect(address)
        self._reader = self._socket.makefile("rb")

    def command(self, *parts: str | bytes | int) -> Any:
        """The answer: bytes, str (a status), int, None or a list of these."""
        self.send(*parts)
        return self.read()

    def send(self, *parts: str | bytes | int) -> None:
        """Sends a command without waiting for its answer."""
        words = [p if isinstance(p, bytes) else str(p).encode() for p in parts]
        body = b"".join(b"$%d\r\n%b\r\n" % (len(w), w) for w in words)
        self._socket.sendall(b"*%d\r\n%b" % (len(words), body))

    def read(self) -> Any:
        """The next answer, or the next push message of a subscribed connection."""
        line = self._reader.readline()
        if not line.endswith(b"\r\n"):
            raise ConnectionError("Redis closed the connection")
        kind, rest = line[:1], line[1:-2]
        if kind == b"+":
            return rest.decode()
        if kind == b"-":
            raise RedisError(rest.decode())
        if kind == b":":
            return int(rest)
        length = int(rest)
        if length < 0:
            return None
        if kind == b"$":
            return self._reader.read(length + 2)[:-2]
        if kind == b"*":
            return [self.read() for _ in range(length)]
        raise ValueError(f"not RESP2: {line!r}")

    def close(self) -> None:
        self._reader.close()
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def at_once(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """Runs all calls at the same time, a thread each, and gives their results in order; raises the
    first failure once all have ended."""
    with ThreadPoolExecutor(max_workers=max(len(calls), 1)) as pool:
        running = [pool.submit(call) for call in calls]
    return [future.result() for future in running]
