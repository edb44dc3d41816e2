"""A network that misbehaves on demand: a TCP proxy that cuts, stalls, delays and refuses."""

import asyncio
import socket
import struct
import threading
from collections.abc import Coroutine
from typing import Any, Self

RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER: on, for 0 seconds


class FaultyProxy:
    """Forwards connections of 127.0.0.1:`port` to `target`, a (host, port) or a unix socket's path.
    Faults hold from the call until `heal`, for connections that are open as for new ones. Calls
    come from the test's thread and have taken effect when they return; the work is done by an event
    loop on a thread of its own."""

    def __init__(self, target: tuple[str, int] | str) -> None:
        self.target = target
        self.port = 0
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._delay = 0.0
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._do(self._heal())

    @property
    def address(self) -> tuple[str, int]:
        return ("127.0.0.1", self.port)

    @property
    def connections(self) -> int:
        """How many are open."""
        return len(self._tasks)

    def cut(self) -> None:
        """Resets every open connection, on both sides. New ones are served."""
        self._do(self._cut())

    def refuse(self) -> None:
        """Cuts, and refuses new connections."""
        self._do(self._refuse())

    def stall(self) -> None:
        """Connections stay open but no byte goes through; new ones are accepted and wait, too."""
        self._loop.call_soon_threadsafe(self._flowing.clear)

    def delay(self, seconds: float) -> None:
        """Every piece of data waits for so long before it goes on."""
        self._delay = seconds

    def heal(self) -> None:
        """Ends all faults: what was held back goes on."""
        self._do(self._heal())

    def close(self) -> None:
        self._do(self._refuse())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _heal(self) -> None:
        self._delay = 0.0
        self._flowing.set()
        if self._server is None:
            self._server = await asyncio.start_server(self._accept, *self.address)
            self.port = self._server.sockets[0].getsockname()[1]

    async def _refuse(self) -> None:
        if self._server:
            self._server.close()
            self._server = None
        await self._cut()

    async def _cut(self) -> None:
        for writer in self._writers:
            _reset(writer)
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = self._loop.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends = {writer}
        self._writers.add(writer)
        try:
            far_reader, far_writer = await self._connect()
            ends.add(far_writer)
            self._writers.add(far_writer)
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pump(reader, far_writer))
                both.create_task(self._pump(far_reader, writer))
        except* OSError:  # either side broke off, or the target is away: so does the other
            for end in ends:
                _reset(end)
        finally:
            self._writers -= ends
            for end in ends:
                end.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self.target, str):
            return await asyncio.open_unix_connection(self.target)
        return await asyncio.open_connection(*self.target)

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while True:
            data = await source.read(65536)
            if self._delay:
                await asyncio.sleep(self._delay)
            await self._flowing.wait()
            if not data:
                break
            sink.write(data)
            await sink.drain()
        sink.write_eof()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Ends a connection with RST rather than FIN."""
    end: socket.socket = writer.get_extra_info("socket")
    if end.family == socket.AF_INET and not writer.transport.is_closing():
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
    writer.transport.abort()
