"""Clients of GraphQL's subscriptions, each on a WebSocket of its own, and one who speaks. Usage:
graphql_listeners.py PORT SERVER_PID CLIENTS SECONDS

Speaks when all have heard but the last few messages. Prints JSON: what was delivered a second, the
server's CPU for it, and how much its resident memory grew, in KiB: for each WebSocket, for each
subscription, and for both when all had heard much."""

import asyncio
import json
import os
import sys
import time

import uvloop

AHEAD = 4  # messages on their way
TEXT = "x" * 32
LONGEST = 125  # bytes of a message whose length is one byte
UPGRADE = (
    "GET /graphql HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
)


def frame(message):
    """Of a client: masked by zeros, so that it stands there as it is."""
    text = json.dumps(message).encode()
    size = len(text)
    head = bytes([0x81, 0x80 | size]) if size < 126 else b"\x81\xfe" + size.to_bytes(2)
    return head + bytes(4) + text


def operation(text):
    return frame({"type": "subscribe", "id": "1", "payload": {"query": text}})


class Client:
    """A connection that reads its messages until it listens; then it only counts them."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer

    @classmethod
    async def connect(cls, port):
        client = cls(*await asyncio.open_connection("127.0.0.1", port))
        client.writer.write(UPGRADE.encode())
        await client.reader.readuntil(b"\r\n\r\n")
        client.writer.write(frame({"type": "connection_init"}))
        await client.receive("connection_ack")
        return client

    async def receive(self, kind):
        """The next message, but for pings, is of this kind."""
        got = {"type": "ping"}
        while got["type"] == "ping":
            head = await self.reader.readexactly(2)
            if head[1] > LONGEST:
                raise ValueError("a long message where a short one is expected")
            got = json.loads(await self.reader.readexactly(head[1]))
        if got["type"] != kind:
            raise ValueError(f"{got} instead of {kind}")

    async def subscribe(self):
        self.writer.write(operation("subscription { heard }"))
        await self.receive("next")


def events_in(data):
    """How many whole ones there are, and how many bytes all whole messages take."""
    at = found = 0
    while at + 2 <= len(data) and (end := at + 2 + data[at + 1]) <= len(data):
        found += data[at + 1] > len(TEXT)  # a ping is shorter
        at = end
    return found, at


async def count(client, counts):
    left = b""
    while data := await client.reader.read(65536):
        data = left + data
        found, taken = events_in(data)
        left = data[taken:]
        counts["heard"] += found
        counts["news"].set()


async def speak(client, clients, counts, until):
    say = operation(f'mutation {{ say(text: "{TEXT}") }}')
    said = 0
    while time.perf_counter() < until:
        if said * clients < counts["heard"] + AHEAD * clients:
            client.writer.write(say)
            await client.receive("next")
            await client.receive("complete")
            said += 1
        else:
            counts["news"].clear()
            await counts["news"].wait()
    return said


def resident_kib(pid):
    with open(f"/proc/{pid}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1024


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def main(port, pid, clients, seconds):
    speaker, first = await Client.connect(port), await Client.connect(port)
    await first.subscribe()
    before = resident_kib(pid)
    others = [await Client.connect(port) for _ in range(clients - 1)]
    connected = resident_kib(pid)
    for each in others:
        await each.subscribe()
    listeners, subscribed = [first, *others], resident_kib(pid)
    counts = {"heard": 0, "news": asyncio.Event()}
    tasks = [asyncio.create_task(count(each, counts)) for each in listeners]
    await speak(speaker, clients, counts, time.perf_counter() + 1)
    began, heard, used = time.perf_counter(), counts["heard"], cpu_seconds(pid)
    await speak(speaker, clients, counts, began + seconds)
    heard = counts["heard"] - heard
    result = {
        "rps": heard / (time.perf_counter() - began),
        "cpu_us": (cpu_seconds(pid) - used) / heard * 1e6,
        "socket_kib": (connected - before) / (clients - 1),
        "kib_each": (subscribed - connected) / (clients - 1),
        "kib_later": (resident_kib(pid) - before) / (clients - 1),
    }
    for task in tasks:
        task.cancel()
    print(json.dumps(result))


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])))
