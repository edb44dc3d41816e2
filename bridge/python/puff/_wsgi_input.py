"""The ``wsgi.input`` of a request whose body is still on its way."""

from __future__ import annotations

import io
from collections.abc import Callable


class _Body(io.RawIOBase):
    """Raw stream over ``take()``, which waits for the next piece and gives b"" at the end."""

    def __init__(self, take: Callable[[], bytes]) -> None:
        self._take = take
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if not self._rest:
            self._rest = memoryview(self._take())
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count


def streamed(take: Callable[[], bytes]) -> io.BufferedReader:
    """A binary file with read, readline, readlines and iteration, as PEP 3333 asks."""
    return io.BufferedReader(_Body(take), 65536)
