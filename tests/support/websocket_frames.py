"""A WebSocket by the letter: sends any frames, in pieces of any size, and reads frames."""

import os
import socket
import struct
import zlib
from collections.abc import Sequence
from typing import NamedTuple, Self

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
FIN, RSV1, RSV2, RSV3 = 0x80, 0x40, 0x20, 0x10


class Frame(NamedTuple):
    """What is sent or received. `head` is the first byte without the opcode."""

    opcode: int
    payload: bytes = b""
    head: int = FIN

    def encoded(self) -> bytes:
        """As a client sends it, masked."""
        size = len(self.payload)
        first = struct.pack("!B", self.head | self.opcode)
        if size < 126:
            first += struct.pack("!B", 0x80 | size)
        elif size < 65_536:
            first += struct.pack("!BH", 0x80 | 126, size)
        else:
            first += struct.pack("!BQ", 0x80 | 127, size)
        mask = os.urandom(4)
        return first + mask + masked(self.payload, mask)


def masked(payload: bytes, mask: bytes) -> bytes:
    size = len(payload)
    stream = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(stream, "big")).to_bytes(size, "big")


def close(code: int, reason: str | bytes = b"") -> Frame:
    told = reason.encode() if isinstance(reason, str) else reason
    return Frame(CLOSE, struct.pack("!H", code) + told)


def fragments(opcode: int, pieces: Sequence[bytes]) -> list[Frame]:
    """One message in several frames."""
    last = len(pieces) - 1
    return [
        Frame(opcode if i == 0 else CONTINUATION, piece, FIN if i == last else 0)
        for i, piece in enumerate(pieces)
    ]


class Deflate:
    """permessage-deflate of one client: packs messages and unpacks those of the server."""

    def __init__(self, bits: int = 15, takeover: bool = True) -> None:
        self._bits, self._takeover = bits, takeover
        self._pack = zlib.compressobj(wbits=-bits)
        self._unpack = zlib.decompressobj(wbits=-15)

    def packed(self, data: bytes) -> bytes:
        if not self._takeover:
            self._pack = zlib.compressobj(wbits=-self._bits)
        out = self._pack.compress(data) + self._pack.flush(zlib.Z_SYNC_FLUSH)
        return out.removesuffix(b"\x00\x00\xff\xff")

    def unpacked(self, data: bytes, fresh: bool = False) -> bytes:
        if fresh:
            self._unpack = zlib.decompressobj(wbits=-15)
        return self._unpack.decompress(data + b"\x00\x00\xff\xff")


class FrameSocket:
    def __init__(self, address: tuple[str, int], path: str, *headers: str) -> None:
        self.socket = socket.create_connection(address, timeout=20)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._read = b""
        lines = [
            f"GET {path} HTTP/1.1",
            "Host: x",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            *headers,
        ]
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())
        while b"\r\n\r\n" not in self._read:
            self._more()
        head, self._read = self._read.split(b"\r\n\r\n", 1)
        self.head = head.decode()
        assert self.head.startswith("HTTP/1.1 101 "), self.head

    def send(self, *frames: Frame, octets: int = 0) -> None:
        """All at once, or in pieces of so many octets."""
        data = b"".join(frame.encoded() for frame in frames)
        size = octets or len(data)
        for at in range(0, len(data), size):
            self.socket.sendall(data[at : at + size])

    def receive(self) -> Frame:
        first, size = self._exactly(2)
        assert not size & 0x80, "a server masks nothing"
        if size == 126:
            (size,) = struct.unpack("!H", self._exactly(2))
        elif size == 127:
            (size,) = struct.unpack("!Q", self._exactly(8))
        return Frame(first & 0x0F, self._exactly(size), first & 0xF0)

    def message(self) -> tuple[int, bytes]:
        """The next message, whatever its frames; control frames are not expected in it."""
        frame = self.receive()
        opcode, payload = frame.opcode, frame.payload
        while not frame.head & FIN:
            frame = self.receive()
            assert frame.opcode == CONTINUATION
            payload += frame.payload
        return opcode, payload

    def closed(self) -> int | None:
        """The code that the server closes with, after whatever it was about to send; None if it
        closes without a code. The connection has ended then."""
        while (frame := self.receive()).opcode != CLOSE:
            pass
        assert self.ended()
        return struct.unpack("!H", frame.payload[:2])[0] if frame.payload else None

    def ended(self) -> bool:
        return self._read == b"" and self.socket.recv(1) == b""

    def _exactly(self, size: int) -> bytes:
        while len(self._read) < size:
            self._more()
        data, self._read = self._read[:size], self._read[size:]
        return data

    def _more(self) -> None:
        piece = self.socket.recv(1 << 20)
        assert piece, f"the server ended the connection after {self._read[:200]!r}"
        self._read += piece

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()
