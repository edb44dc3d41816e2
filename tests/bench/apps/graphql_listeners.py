"""Clients of GraphQL's subscriptions, on WebSockets, and one who speaks. Usage:
graphql_listeners.py PORT SERVER_PID FIELD SOCKETS SUBSCRIPTIONS SECONDS

Each socket has its share of the subscriptions. Speaks when all have heard but the last few
messages. Prints JSON: what was delivered a second, the server's CPU for it, and how much its
resident memory grew, in KiB: for each WebSocket, for each subscription, and for both when all had
heard much."""

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


def operation(text, number=1):
    return frame({"type": "subscribe", "id": str(number), "payload": {"query": text}})


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

    async def subscribe(self, field, count):
        """Until all are there: a generator says so, of others the server is asked."""
        for number in range(count):
            self.writer.write(operation(f"subscription {{ {field} }}", number))
            if field == "heard":
                await self.receive("next")
        if field != "heard":
            self.writer.write(operation("{ __typename }", "last"))
            await self.receive("next")
            await self.receive("complete")


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


async def speak(client, total, counts, until):
    say = operation(f'mutation {{ say(text: "{TEXT}") }}')
    said = 0
    while time.perf_counter() < until:
        if said * total < counts["heard"] + AHEAD * total:
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


async def until_heard(client, counts, total):
    """Speaks until all hear it: the channel is listened to from some moment on."""
    while counts["heard"] < total:
        client.writer.write(operation(f'mutation {{ say(text: "{TEXT}") }}'))
        await client.receive("next")
        await client.receive("complete")
        await asyncio.sleep(0.05)


async def main(port, pid, field, sockets, subscriptions, seconds):
    each = subscriptions // sockets
    speaker, first = await Client.connect(port), await Client.connect(port)
    await first.subscribe(field, each)
    before = resident_kib(pid)
    others = [await Client.connect(port) for _ in range(sockets - 1)]
    connected = resident_kib(pid)
    for one in others:
        await one.subscribe(field, each)
    listeners, subscribed = [first, *others], resident_kib(pid)
    total = each * sockets
    counts = {"heard": 0, "news": asyncio.Event()}
    tasks = [asyncio.create_task(count(one, counts)) for one in listeners]
    await until_heard(speaker, counts, total)
    counts["heard"] = 0
    await speak(speaker, total, counts, time.perf_counter() + 1)
    began, heard, used = time.perf_counter(), counts["heard"], cpu_seconds(pid)
    await speak(speaker, total, counts, began + seconds)
    heard = counts["heard"] - heard
    grown = max(1, each * (sockets - 1))
    result = {
        "rps": heard / (time.perf_counter() - began),
        "cpu_us": (cpu_seconds(pid) - used) / heard * 1e6,
        "socket_kib": (connected - before) / max(1, sockets - 1),
        "kib_each": (subscribed - connected) / grown,
        "kib_later": (resident_kib(pid) - before) / grown,
    }
    for task in tasks:
        task.cancel()
    print(json.dumps(result))


if __name__ == "__main__":
    numbers = [int(each) for each in (sys.argv[1], sys.argv[2], sys.argv[4], sys.argv[5])]
    uvloop.run(main(numbers[0], numbers[1], sys.argv[3], *numbers[2:], float(sys.argv[6])))
