"""Subscriptions that listen to Redis, and a count of what was opened and closed."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, List, Tuple  # noqa: UP035

from graphql_streams import bearer

from puff import graphql
from puff.pubsub import Gap, global_pubsub

OPENED = 0
CLOSED = 0


@dataclass
class Heard:
    text: str
    gap: bool


@dataclass
class Told:
    text: str


@dataclass
class Slept:
    id: int


@dataclass
class Query:
    @classmethod
    def open(cls, context, /) -> int:
        return OPENED - CLOSED

    @classmethod
    def closed(cls, context, /) -> int:
        return CLOSED

    @classmethod
    def sleep(cls, context, /) -> Tuple[List[Slept], str, List[Any]]:  # noqa: UP006
        return ..., "SELECT 1 AS id FROM pg_sleep(60)", []


@dataclass
class Mutation:
    @classmethod
    def publish(cls, context, /, room: str, text: str, times: int = 1) -> bool:
        return all(
            global_pubsub.publish_as("", f"room:{room}", json.dumps({"text": text, "n": n}))
            for n in range(times)
        )


@dataclass
class Subscription:
    @classmethod
    def heard(cls, context, /, room: str) -> Iterator[Heard]:
        global OPENED, CLOSED
        if context.auth == "guest":
            raise graphql.PermissionDenied(403, "not for guests")
        OPENED += 1
        try:
            with global_pubsub.connection(report_gaps=True) as listener:
                listener.subscribe(f"room:{room}")
                yield Heard("(here)", False)
                while (message := listener.receive()) is not None:
                    if isinstance(message, Gap):
                        yield Heard("", True)
                    else:
                        yield Heard(message.json()["text"], False)
        finally:
            CLOSED += 1

    @classmethod
    @graphql.channel("room:{room}")
    def told(cls, context, /, room: str) -> Iterator[Told]: ...


@dataclass
class Schema:
    query: Query
    mutation: Mutation
    subscription: Subscription

    auth = staticmethod(bearer)
