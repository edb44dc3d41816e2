"""puff.redis in a plain Python, where no node owns the connections: `manage.py`, a script, a test.

Each thread has a connection per pool, opened at its first call; a call blocks its thread. The
functions are those of the C++ side, with its values and errors."""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from puff._pools import url_of
from puff.errors import RedisError

Decode = Callable[[Any], Any]

_REFUSED = {b"SUBSCRIBE", b"PSUBSCRIBE", b"SSUBSCRIBE", b"MONITOR", b"SELECT", b"RESET", b"QUIT"}
_here = threading.local()


def redis_call(pool: str, words: tuple[Any, ...], timeout_ms: int, decode: Decode | None) -> Any:
    """One command: decode(reply), or the reply."""
    (reply,) = _ask(pool, [words], timeout_ms)
    if isinstance(reply, RedisError):
        raise reply
    return reply if decode is None else decode(reply)


def redis_pipeline(
    pool: str, commands: list[tuple[Any, ...]], timeout_ms: int, decode: Decode | None
) -> Any:
    """Commands that are sent together; failures stand among the replies."""
    replies = _ask(pool, commands, timeout_ms)
    return replies if decode is None else decode(replies)


def _ask(pool: str, commands: list[tuple[Any, ...]], timeout_ms: int) -> list[Any]:
    packed = b"".join(_packed(words) for words in commands)
    connection = _connection_of(pool, timeout_ms / 1000)
    try:
        connection.socket.sendall(packed)
        return [connection.reply() for _ in commands]
    except BaseException:  # what is left of the replies is nobody's
        _connections().pop(pool, None)
        connection.close()
        raise


def _connections() -> dict[str, "_Connection"]:
    """This thread's; what a parent process opened is not its child's to use."""
    if getattr(_here, "process", None) != os.getpid():
        _here.process, _here.connections = os.getpid(), {}
    found: dict[str, _Connection] = _here.connections
    return found


def _connection_of(pool: str, seconds: float) -> "_Connection":
    found = _connections().get(pool)
    if found is not None and found.is_stale():
        found.close()
        found = None
    if found is None:
        found = _connections()[pool] = _Connection(url_of("redis", pool), seconds)
    found.socket.settimeout(seconds)
    return found


class _Connection:
    def __init__(self, url: str, seconds: float) -> None:
        parts = urlsplit(url)
        options = parse_qs(parts.query)
        if parts.scheme == "unix":
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.settimeout(seconds)
            self.socket.connect(unquote(parts.path))
            database = options.get("db", ["0"])[0]
        elif parts.scheme == "redis":
            address = (parts.hostname or "localhost", parts.port or 6379)
            self.socket = socket.create_connection(address, seconds)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            database = parts.path.strip("/") or options.get("db", ["0"])[0]
        else:
            raise ValueError(f"a Redis URL begins with redis:// or unix://, not {parts.scheme}://")
        self._input = self.socket.makefile("rb")
        secret = [unquote(word) for word in (parts.username, parts.password) if word]
        for words in (("AUTH", *secret) if secret else (), ("SELECT", database)):
            if words:
                self._prepare(words)

    def close(self) -> None:
        self._input.close()
        self.socket.close()

    def __del__(self) -> None:
        for each in ("_input", "socket"):  # it may have failed half-way
            if each in vars(self):
                vars(self)[each].close()

    def is_stale(self) -> bool:
        """Whether the server has closed the connection since the last reply."""
        self.socket.setblocking(False)
        try:
            return not self.socket.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True

    def reply(self) -> Any:
        line = self._input.readline()
        if not line.endswith(b"\r\n"):
            raise ConnectionError("Redis closed the connection")
        kind, text = line[:1], line[1:-2]
        if kind == b"+":
            return text
        if kind == b"-":
            return RedisError(text.decode(errors="replace"))
        if kind == b":":
            return int(text)
        if kind == b"$":
            return self._bulk(int(text))
        if kind == b"*":
            count = int(text)
            return None if count < 0 else [self.reply() for _ in range(count)]
        raise ConnectionError(f"Redis sent something that is not RESP2: {line[:40]!r}")

    def _bulk(self, size: int) -> bytes | None:
        if size < 0:
            return None
        data = self._input.read(size + 2)
        if len(data) != size + 2:
            raise ConnectionError("Redis closed the connection")
        return data[:-2]

    def _prepare(self, words: tuple[str, ...]) -> None:
        self.socket.sendall(b"".join(_pieces([word.encode() for word in words])))
        answer = self.reply()
        if isinstance(answer, RedisError):
            raise answer


def _packed(words: tuple[Any, ...]) -> bytes:
    encoded = [_bytes_of(word) for word in words]
    if encoded[0].upper() in _REFUSED:
        name = encoded[0].decode().upper()
        raise NotImplementedError(
            f"{name} changes the connection, which puff.redis keeps for itself"
        )
    return b"".join(_pieces(encoded))


def _pieces(words: list[bytes]) -> Iterator[bytes]:
    yield b"*%d\r\n" % len(words)
    for word in words:
        yield b"$%d\r\n%b\r\n" % (len(word), word)


def _bytes_of(word: Any) -> bytes:
    if isinstance(word, bytes | bytearray):
        return bytes(word)
    if isinstance(word, str):
        return word.encode()
    if isinstance(word, int | float) and not isinstance(word, bool):
        return repr(word).encode()
    raise TypeError(f"Redis takes str, bytes, int and float, not {type(word).__name__}")
