"""Publish and subscribe over Redis. A call that waits returns its value in a greenlet and an
awaitable on Puff's asyncio thread; all subscribers of a node share one connection that reads.

    from puff.pubsub import global_pubsub

    room = global_pubsub.connection()
    room.subscribe("room:1")                # True once Redis has confirmed it
    room.publish("room:1", "hello")
    for message in room:
        print(message.channel, message.text, message.from_connection_id)

Messages arrive at most once. Where some are missing, because the subscriber was slow or Redis was
away, the next one says so: `message.gap`. A channel may keep its newest messages (`publish(..,
keep=100)`): then who comes back gets what it missed (`subscribe(channel, since=position)`)."""

import json
import uuid
from typing import Any

from puff import _puff
from puff._clients import Receiver, TimedClient
from puff._puff import PubSubGap as Gap
from puff._puff import PubSubMessage as Message

__all__ = [
    "EVERYTHING",
    "Connection",
    "Gap",
    "Message",
    "PubSubClient",
    "global_pubsub",
    "named_client",
]

MAX_MESSAGES = 1_000
MAX_BYTES = 16 * 1024 * 1024
KEEP_FOR_MS = 3_600_000
CHANNEL, PATTERN, SHARD = range(3)

EVERYTHING = "0"
"""The position before all that a channel keeps: `subscribe(channel, since=EVERYTHING)`."""


def _present(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    return {who: json.loads(info) for who, info in pairs}


def _json_of(message: Any) -> str:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


class PubSubClient(TimedClient):
    """The `[[pubsub]]` pool of a name."""

    def new_connection_id(self) -> str:
        """A name that no other connection has."""
        return str(uuid.uuid4())

    def connection(
        self, *, max_messages: int = MAX_MESSAGES, report_gaps: bool = False
    ) -> "Connection":
        """A subscriber of its own, under a new name; see `connection_with_id`."""
        return self.connection_with_id(
            self.new_connection_id(), max_messages=max_messages, report_gaps=report_gaps
        )

    def connection_with_id(
        self, connection_id: str, *, max_messages: int = MAX_MESSAGES, report_gaps: bool = False
    ) -> "Connection":
        """A subscriber under a name. Of what it has not received yet, `max_messages` (and 16 MiB)
        are kept; then the oldest go. With `report_gaps` a `Gap` is received as soon as something is
        missing, rather than told by the next message."""
        inbox = _puff.pubsub_open(self._name, max_messages, MAX_BYTES, report_gaps)
        return Connection(self, connection_id, inbox)

    def publish_as(
        self,
        connection_id: str,
        channel: str,
        message: str,
        *,
        keep: int = 0,
        keep_for_ms: int = KEEP_FOR_MS,
    ) -> Any:
        """Publishes text under a name: True when Redis has it. An empty name tells nobody who, and
        then exactly the message travels, which any subscriber of any library can read.

        With `keep` it is kept beside the channel, with so many newest ones, until nothing has been
        kept there for `keep_for_ms`."""
        if not isinstance(message, str):
            raise TypeError(f"publish_as() needs str, not {type(message).__name__}")
        return self._publish(connection_id, channel, message, keep, keep_for_ms)

    def publish_bytes_as(
        self,
        connection_id: str,
        channel: str,
        message: bytes | bytearray | memoryview,
        *,
        keep: int = 0,
        keep_for_ms: int = KEEP_FOR_MS,
    ) -> Any:
        """The same with bytes."""
        return self._publish(connection_id, channel, message, keep, keep_for_ms)

    def publish_json_as(
        self,
        connection_id: str,
        channel: str,
        message: Any,
        *,
        keep: int = 0,
        keep_for_ms: int = KEEP_FOR_MS,
    ) -> Any:
        """The same with anything that JSON knows."""
        return self._publish(connection_id, channel, _json_of(message), keep, keep_for_ms)

    def history(self, channel: str, count: int = 100, since: str | None = None) -> Any:
        """The newest `count` messages that the channel keeps, oldest first; with `since`, a
        message's `position`, of those after it only."""
        return _puff.pubsub_history(self._name, channel, count, since, self._timeout_ms)

    def presence(self, channel: str) -> Any:
        """Who has entered the channel, on any node: a dict from the connections' ids to what they
        said of themselves."""
        return _puff.pubsub_presence(self._name, channel, self._timeout_ms, _present)

    def spublish_as(
        self, connection_id: str, channel: str, message: str | bytes | bytearray | memoryview
    ) -> Any:
        """The same on a shard channel."""
        return self._publish(connection_id, channel, message, 0, 0, SHARD)

    def _publish(
        self,
        sender: str,
        channel: str,
        body: str | bytes | bytearray | memoryview,
        keep: int,
        keep_for_ms: int,
        kind: int = CHANNEL,
    ) -> Any:
        return _puff.pubsub_publish(
            self._name, channel, body, sender, kind, self._timeout_ms, keep, keep_for_ms
        )


class Connection(Receiver):
    """A subscriber: what is published on its channels waits here until it is received. Iterating
    receives (`for` in a greenlet, `async for` on the asyncio thread). When it is closed, left by
    `with`, or forgotten, its subscriptions end."""

    def __init__(self, client: PubSubClient, connection_id: str, inbox: _puff.PubSubInbox) -> None:
        self._client = client
        self._id = connection_id
        self._inbox = inbox

    def who_am_i(self) -> str:
        """The name that others see as `from_connection_id`."""
        return self._id

    def subscribe(self, channel: str, *, since: str | None = None) -> Any:
        """True once Redis has confirmed; what is published from then on is received.

        With `since`, the `position` of the last message one has seen, those after it come first. If
        the channel no longer keeps all of them, the first has a gap that is `interrupted`."""
        return self._subscribe(CHANNEL, channel, since)

    def unsubscribe(self, channel: str) -> Any:
        """True when nothing comes any more, False if the channel was not subscribed to. What waits
        already can still be received."""
        return self._unsubscribe(CHANNEL, channel)

    def psubscribe(self, pattern: str) -> Any:
        """Subscribes to all channels that match, as Redis matches: `news.*`, `h?llo`, `[ab]c`."""
        return self._subscribe(PATTERN, pattern)

    def punsubscribe(self, pattern: str) -> Any:
        """Ends `psubscribe`."""
        return self._unsubscribe(PATTERN, pattern)

    def ssubscribe(self, channel: str) -> Any:
        """Subscribes to a shard channel (Redis 7)."""
        return self._subscribe(SHARD, channel)

    def sunsubscribe(self, channel: str) -> Any:
        """Ends `ssubscribe`."""
        return self._unsubscribe(SHARD, channel)

    def receive(self, timeout_ms: int | None = None) -> Any:
        """The next message; waits for it. None when the connection is closed; TimeoutError after
        `timeout_ms`; `puff.Unavailable` if the node's hub has failed. One waits at a time."""
        return self._inbox.receive(timeout_ms)

    def publish(
        self,
        channel: str,
        message: str,
        *,
        keep: int = 0,
        keep_for_ms: int = KEEP_FOR_MS,
    ) -> Any:
        """Publishes text: True when Redis has it. For `keep` see `PubSubClient.publish_as`."""
        return self._client.publish_as(
            self._id, channel, message, keep=keep, keep_for_ms=keep_for_ms
        )

    def publish_bytes(
        self,
        channel: str,
        message: bytes | bytearray | memoryview,
        *,
        keep: int = 0,
        keep_for_ms: int = KEEP_FOR_MS,
    ) -> Any:
        """Publishes bytes: True when Redis has them."""
        return self._client.publish_bytes_as(
            self._id, channel, message, keep=keep, keep_for_ms=keep_for_ms
        )

    def publish_json(
        self,
        channel: str,
        message: Any,
        *,
        keep: int = 0,
        keep_for_ms: int = KEEP_FOR_MS,
    ) -> Any:
        """Publishes anything that JSON knows: True when Redis has it."""
        return self._client.publish_json_as(
            self._id, channel, message, keep=keep, keep_for_ms=keep_for_ms
        )

    def enter(self, channel: str, info: Any = None, *, announce: bool = False) -> Any:
        """Is there for who asks `presence(channel)`, with `info`, anything that JSON knows, until
        it leaves or the connection is closed; True when Redis knows. With `announce`, coming and
        going are published on `CHANNEL#presence` as JSON with `event` ("join" or "leave"),
        `connection_id` and `info`."""
        return _puff.pubsub_enter(
            self._inbox, self._id, channel, self._client._timeout_ms, _json_of(info), announce
        )

    def leave(self, channel: str) -> Any:
        """Ends `enter`: True, or False if it was not there. Subscriptions are not touched."""
        return _puff.pubsub_leave(self._inbox, self._id, channel, self._client._timeout_ms)

    @property
    def closed(self) -> bool:
        """Whether nothing more comes, apart from what waits."""
        return self._inbox.closed

    @property
    def lost(self) -> int:
        """How many messages were dropped because this subscriber was slow."""
        return self._inbox.lost

    @property
    def waiting(self) -> int:
        """How many messages wait to be received."""
        return self._inbox.waiting

    def close(self) -> None:
        """Ends all subscriptions; whoever waits in `receive` gets None. From any thread."""
        self._inbox.close()

    def __repr__(self) -> str:
        state = "closed" if self.closed else f"{self.waiting} messages wait"
        return f"<Connection {self._id}: {state}>"

    def _subscribe(self, kind: int, name: str, since: str | None = None) -> Any:
        return _puff.pubsub_subscribe(self._inbox, kind, name, self._client._timeout_ms, since)

    def _unsubscribe(self, kind: int, name: str) -> Any:
        return _puff.pubsub_unsubscribe(self._inbox, kind, name, self._client._timeout_ms)


def named_client(name: str) -> PubSubClient:
    """The client of the `[[pubsub]]` pool of that name."""
    return PubSubClient(name)


global_pubsub = PubSubClient()
