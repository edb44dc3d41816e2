"""A served schema whose subscriptions are channels of Redis, and those who listen."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
from integration.apps.serving import Site, served

from support.graphql_socket import MODERN, GraphqlSocket, graphql_socket
from support.servers import PostgresServer, RedisServer, wait_until

SITE = """
asyncio = true
[[postgres]]
url = "%s"
[[pubsub]]
url = "%s"
[[graphql]]
schema = "graphql_channels.Schema"
url = "/graphql/"
subscriptions_url = "/graphql/"
"""


class Channels:
    """A served schema whose subscriptions are channels, and those who listen."""

    def __init__(self, site: Site, redis: RedisServer, postgres: PostgresServer) -> None:
        self.site, self.redis, self.postgres = site, redis, postgres
        self.url = f"{site.url}/graphql/"

    def publish(self, channel: str, *texts: object) -> None:
        for text in texts:
            body = text if isinstance(text, str | bytes) else json.dumps(text)
            self.redis.command("PUBLISH", channel, body)

    def listened(self, channel: str) -> bool:
        return self.redis.command("PUBSUB", "NUMSUB", channel)[1] == 1

    def until_listened(self, channel: str) -> None:
        wait_until(lambda: self.listened(channel), f"{channel} is listened to")

    def until_left(self) -> None:
        wait_until(lambda: self.redis.command("PUBSUB", "CHANNELS") == [], "nobody listens")

    @contextlib.contextmanager
    def socket(self, token: str | None = None, protocol: str = MODERN):
        with graphql_socket(self.url, protocol) as it:
            it.start({"Authorization": f"Bearer {token}"} if token else None)
            yield it

    def ask(self, query: str) -> dict:
        answer = httpx.post(self.url, json={"query": query}, timeout=20).json()
        assert "errors" not in answer, answer
        return answer["data"]


def event(it: GraphqlSocket, id: str = "1") -> dict:
    message = it.receive()
    while message["type"] == "ping":
        message = it.receive()
    assert (message["type"], message["id"]) in (("next", id), ("data", id)), message
    return message["payload"]


def subscribed(it: GraphqlSocket, query: str, id: str = "1", **more) -> None:
    """Asks, and waits until the server has read it."""
    it.ask(query, id, **more)
    it.ask("{ asked }", "q")
    assert [it.receive()["type"] for _ in range(2)] == ["next", "complete"]


@contextlib.contextmanager
def channel_world(folder: Path) -> Iterator[Channels]:
    with (
        RedisServer(folder / "redis") as redis,
        PostgresServer(folder / "postgres") as postgres,
        served(folder / "site", SITE % (postgres.url, redis.url)) as site,
    ):
        postgres.query("CREATE SEQUENCE executions")
        yield Channels(site, redis, postgres)
