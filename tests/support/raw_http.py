"""HTTP/1.1 by hand: send any bytes, read responses by the letter of RFC 9112."""

import json
import re
import socket
from dataclasses import dataclass, field
from typing import Any, Self

STATUS_LINE = re.compile(rb"HTTP/1\.([01]) ([1-5][0-9]{2}) ([\t \x21-\x7e\x80-\xff]*)")
FIELD_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t \x21-\x7e\x80-\xff]*?)[ \t]*")
CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]+)(;.*)?")


class BadResponse(Exception):
    """The bytes are not a response that a strict client accepts."""


@dataclass
class Response:
    """One response. Names of `headers` are as sent; values may repeat."""

    version: str
    status: int
    reason: str
    headers: list[tuple[str, str]]
    body: bytes = b""
    trailers: list[tuple[str, str]] = field(default_factory=list)

    def header(self, name: str) -> str | None:
        """The one value of a header, None without it; BadResponse if it was sent twice."""
        values = self.all(name)
        if len(values) > 1:
            raise BadResponse(f"{name} was sent {len(values)} times: {values}")
        return values[0] if values else None

    def all(self, name: str) -> list[str]:
        return [v for n, v in self.headers if n.lower() == name.lower()]

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> Any:
        return json.loads(self.body)


class RawConnection:
    """A connection to a (host, port) or to the path of a unix socket. Every wait is bounded by
    `timeout` seconds (TimeoutError)."""

    def __init__(self, address: tuple[str, int] | str, timeout: float = 10.0) -> None:
        family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        self.socket.settimeout(timeout)
        try:
            self.socket.connect(address)
            if family == socket.AF_INET:
                self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except BaseException:
            self.socket.close()
            raise
        self._unread = bytearray()

    def send(self, data: bytes | str) -> None:
        """Sends exactly these bytes."""
        self.socket.sendall(data.encode("latin-1") if isinstance(data, str) else data)

    def finish_sending(self) -> None:
        """Closes the sending half."""
        self.socket.shutdown(socket.SHUT_WR)

    def read_response(self, method: str = "GET") -> Response:
        """The next response with its body; `method` is the request's (HEAD has no body)."""
        response = self.read_head()
        if method == "HEAD" or response.status < 200 or response.status in (204, 304):
            return response
        response.body = self._read_body(response)
        return response

    def read_head(self) -> Response:
        """The next response up to the empty line, as after `Expect: 100-continue`."""
        found = STATUS_LINE.fullmatch(line := self._read_line())
        if not found:
            raise BadResponse(f"not a status line: {line!r}")
        minor, status, reason = found.groups()
        return Response(
            f"1.{minor.decode()}",
            int(status),
            reason.decode("latin-1"),
            self._read_fields(),
        )

    def read_chunk(self) -> bytes:
        """The next chunk of a chunked body, empty for the last one; trailers stay unread."""
        found = CHUNK_LINE.fullmatch(line := self._read_line())
        if not found:
            raise BadResponse(f"not a chunk's size: {line!r}")
        size = int(found[1], 16)
        if not size:
            return b""
        data = self.read_exactly(size)
        if (end := self.read_exactly(2)) != b"\r\n":
            raise BadResponse(f"a chunk of {size} bytes is followed by {end!r}")
        return data

    def read_exactly(self, size: int) -> bytes:
        """The next `size` bytes; BadResponse if the server closes before."""
        while len(self._unread) < size:
            if not self._receive():
                raise BadResponse(f"closed after {bytes(self._unread)!r}, {size} bytes expected")
        data = bytes(self._unread[:size])
        del self._unread[:size]
        return data

    def read_to_end(self) -> bytes:
        """Everything until the server closes; a reset counts as closing."""
        while self._receive():
            pass
        data = bytes(self._unread)
        self._unread.clear()
        return data

    def is_closed(self) -> bool:
        """Waits until the server closes the connection: true if it did so without another byte."""
        return self.read_to_end() == b""

    def close(self) -> None:
        self.socket.close()

    def _read_body(self, response: Response) -> bytes:
        coding, length = (
            response.header("transfer-encoding"),
            response.header("content-length"),
        )
        if coding is not None and length is not None:
            raise BadResponse("both Transfer-Encoding and Content-Length")
        if coding is not None:
            if coding.lower() != "chunked":
                raise BadResponse(f"Transfer-Encoding: {coding}")
            body = b"".join(iter(self.read_chunk, b""))
            response.trailers = self._read_fields()
            return body
        if length is None:
            if response.version == "1.1" and (response.header("connection") or "") != "close":
                raise BadResponse("a body that nothing ends")
            return self.read_to_end()
        if not re.fullmatch("[0-9]+", length):
            raise BadResponse(f"Content-Length: {length}")
        return self.read_exactly(int(length))

    def _read_fields(self) -> list[tuple[str, str]]:
        fields = []
        while line := self._read_line():
            found = FIELD_LINE.fullmatch(line)
            if not found:
                raise BadResponse(f"not a header line: {line!r}")
            fields.append((found[1].decode("latin-1"), found[2].decode("latin-1")))
        return fields

    def _read_line(self) -> bytes:
        while (end := self._unread.find(b"\n")) < 0:
            if not self._receive():
                raise BadResponse(f"closed within a line: {bytes(self._unread)!r}")
        line = bytes(self._unread[: end + 1])
        del self._unread[: end + 1]
        if not line.endswith(b"\r\n"):
            raise BadResponse(f"a line that ends without CR LF: {line!r}")
        return line[:-2]

    def _receive(self) -> bool:
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError:
            return False
        self._unread += data
        return bool(data)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
