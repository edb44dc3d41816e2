"""A served node with subscriptions over Redis and statements of PostgreSQL, and what faults are
done to it: by tests/fault/live_faults.py, and in short by the tests."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
from integration.apps.serving import Site, served
from websockets.asyncio.client import ClientConnection, connect

from support.graphql_socket import MODERN, graphql_socket
from support.servers import PostgresServer, RedisServer, wait_until

CONFIGURATION = """
[[postgres]]
url = "%s"
[[pubsub]]
url = "%s"
[[graphql]]
schema = "graphql_rooms.Schema"
url = "/graphql/"
subscriptions_url = "/graphql/"
"""
PATIENCE = 60


@dataclass
class Slow:
    complete: int  # readers that got all
    grown: int  # KiB


@dataclass
class Restarted:
    gaps: int
    after: int


class Subscriber:
    """One GraphQL socket with subscriptions of a room."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def send(self, type: str, **more) -> None:
        await self.socket.send(json.dumps({"type": type, **more}))

    async def receive(self) -> dict:
        async with asyncio.timeout(PATIENCE):
            while (message := json.loads(await self.socket.recv())) == {"type": "ping"}:
                await self.send("pong")
        return message

    async def start(self, token: str | None = None) -> None:
        payload = {"Authorization": f"Bearer {token}"} if token else {}
        await self.send("connection_init", payload=payload)
        assert (await self.receive())["type"] == "connection_ack"

    async def listen(self, room: str, id: str = "1") -> None:
        """Until Redis has confirmed it."""
        query = "subscription ($r: String!) { heard(room: $r) { text gap } }"
        await self.send("subscribe", id=id, payload={"query": query, "variables": {"r": room}})
        assert await self.event() == {"text": "(here)", "gap": False}

    async def hear(self, room: str, id: str = "1") -> None:
        """A channel field, until the server has begun with it."""
        query = "subscription ($r: String!) { told(room: $r) { text } }"
        await self.send("subscribe", id=id, payload={"query": query, "variables": {"r": room}})
        await self.send("subscribe", id="q", payload={"query": "{ open }"})
        assert [(await self.receive())["id"] for _ in range(2)] == ["q", "q"]

    async def event(self) -> dict:
        message = await self.receive()
        assert message["type"] == "next", message
        return message["payload"]["data"]["heard"]


class LiveWorld:
    def __init__(self, site: Site, redis: RedisServer, postgres: PostgresServer) -> None:
        self.site, self.redis, self.postgres = site, redis, postgres
        self.url = f"{site.url}/graphql/"
        self.client = httpx.Client(timeout=PATIENCE)

    def ask(self, query: str) -> dict:
        answer = self.client.post(self.url, json={"query": query}).json()
        assert "errors" not in answer, answer
        return answer["data"]

    def open(self) -> int:
        return self.ask("{ open }")["open"]

    def closed(self) -> int:
        return self.ask("{ closed }")["closed"]

    def wait_until_nobody_listens(self) -> None:
        """Until Redis knows of no channel that this node listens to."""
        wait_until(lambda: self.redis.command("PUBSUB", "CHANNELS") == [], "nobody listens", 20)

    def sleeping(self) -> int:
        sql = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%%%s%%'"
        return int(self.postgres.query(sql % "FROM pg_sleep" + " AND pid <> pg_backend_pid()"))

    @contextlib.asynccontextmanager
    async def dial(self, **how) -> AsyncIterator[Subscriber]:
        url = self.url.replace("http", "ws")
        how = {"subprotocols": [MODERN], "open_timeout": PATIENCE, "compression": None} | how
        async with connect(url, **how) as opened:
            yield Subscriber(opened)

    @contextlib.asynccontextmanager
    async def crowd(self, count: int, room: str) -> AsyncIterator[list[Subscriber]]:
        async with contextlib.AsyncExitStack() as opened:
            out = []
            for first in range(0, count, 50):
                dials = [
                    opened.enter_async_context(self.dial()) for _ in range(min(50, count - first))
                ]
                for each in await asyncio.gather(*dials):
                    await each.start()
                    await each.listen(room)
                    out.append(each)
            yield out

    async def publish(self, room: str, text: str, times: int = 1) -> None:
        query = f'mutation {{ publish(room: "{room}", text: "{text}", times: {times}) }}'
        async with httpx.AsyncClient(timeout=PATIENCE) as client:
            answer = (await client.post(self.url, json={"query": query})).json()
        assert answer == {"data": {"publish": True}}

    async def subscribe_rounds(self, count: int) -> None:
        async with self.dial() as it:
            await it.start()
            for number in range(count):
                await it.listen(f"r{number % 50}", str(number))
                await it.send("complete", id=str(number))

    async def vanish(self, count: int) -> None:
        async def one(number: int) -> None:
            async with self.dial() as it:
                await it.start()
                for each in range(10):
                    await it.listen(f"v{number % 20}-{each}", str(each))
                it.socket.transport.abort()

        for first in range(0, count, 20):
            await asyncio.gather(*(one(n) for n in range(first, min(first + 20, count))))

    async def one_slow_reader(self, count: int, messages: int, size: int) -> Slow:
        async def read_all(one: Subscriber) -> int:
            for _ in range(messages):
                assert (await one.event())["text"] == "x" * size
            return 1

        async with self.dial(max_queue=1, close_timeout=0.1) as slow:
            low = slow.socket.transport.get_extra_info("socket")
            low.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            await slow.start()
            await slow.listen("busy")
            slow.socket.transport.pause_reading()
            async with self.crowd(count - 1, "busy") as readers:
                await self.publish("busy", "x" * size)  # buffers have their size from now on
                for one in readers:
                    await one.event()
                before = self.site.resident_kib()
                reading = [asyncio.create_task(read_all(one)) for one in readers]
                for _ in range(messages // 10):
                    await self.publish("busy", "x" * size, 10)
                complete = sum(await asyncio.gather(*reading))
                grown = self.site.resident_kib() - before
            slow.socket.transport.abort()
        return Slow(complete, grown)

    async def restart_redis(self, count: int) -> Restarted:
        async with self.crowd(count, "steady") as all_of_them:
            await asyncio.to_thread(self.redis.restart)
            gaps = sum([(await one.event())["gap"] for one in all_of_them])
            await self.until_heard()
            await self.publish("steady", "after")
            texts = [(await one.event())["text"] for one in all_of_them]
            return Restarted(gaps, texts.count("after"))

    def until_listened(self, channel: str) -> None:
        def listened() -> bool:
            return self.redis.command("PUBSUB", "NUMSUB", channel)[1] == 1

        wait_until(listened, f"{channel} is listened to", PATIENCE)

    async def channel_rounds(self, count: int) -> None:
        async with self.dial() as it:
            await it.start()
            for number in range(count):
                await it.hear(f"r{number % 50}", str(number))
                await it.send("complete", id=str(number))

    async def restart_redis_under_channels(self, count: int) -> Restarted:
        async with contextlib.AsyncExitStack() as opened:
            all_of_them = []
            for _ in range(count):
                one = await opened.enter_async_context(self.dial())
                await one.start()
                await one.hear("steady")
                all_of_them.append(one)
            self.until_listened("room:steady")
            await asyncio.to_thread(self.redis.restart)
            self.until_listened("room:steady")
            await self.publish("steady", "after", 2)
            told = [[(await one.receive())["payload"] for _ in range(2)] for one in all_of_them]
            event = {"data": {"told": {"text": "after"}}}
            gap = {"extensions": {"gap": {"lost": 0, "interrupted": True}}}
            return Restarted(
                sum(first == event | gap for first, _ in told), [e for _, e in told].count(event)
            )

    async def until_heard(self) -> None:
        """Until the node has subscribed again: one who comes now is confirmed after the others."""
        async with self.dial() as probe:
            await probe.start()
            await probe.listen("probe")

    async def refusals(self, count: int) -> dict[str, int]:
        told = {"connection_init": 0, "subscribe": 0}
        for _ in range(count):
            async with self.dial() as it:
                await it.send("connection_init", payload={"Authorization": "Bearer bad"})
                await it.socket.wait_closed()
                told["connection_init"] += (it.socket.close_code, it.socket.close_reason) == (
                    4403,
                    "you may not",
                )
        async with self.dial() as it:
            await it.start("guest")
            for number in range(count):
                query = 'subscription { heard(room: "x") { text } }'
                await it.send("subscribe", id=str(number), payload={"query": query})
                answer = await it.receive()
                told["subscribe"] += answer["type"] == "error" and (
                    answer["payload"][0]["message"] == "not for guests"
                )
        return told

    @contextlib.contextmanager
    def leave_http(self) -> Iterator[None]:
        body = b'{"query":"{ sleep { id } }"}'
        with socket.create_connection(self.site.address) as client:
            client.sendall(
                b"POST /graphql/ HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
            )
            yield

    @contextlib.contextmanager
    def leave_socket(self) -> Iterator[None]:
        with graphql_socket(self.url) as it:
            it.start()
            it.ask("{ sleep { id } }")
            yield
            it.connection.close_socket()


@contextlib.contextmanager
def live_world(folder: Path) -> Iterator[LiveWorld]:
    with (
        RedisServer(folder / "redis") as redis,
        PostgresServer(folder / "postgres") as postgres,
        served(folder / "site", CONFIGURATION % (postgres.url, redis.url)) as site,
    ):
        world = LiveWorld(site, redis, postgres)
        yield world
        world.client.close()
