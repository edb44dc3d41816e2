"""Subscriptions that are channels, for those who ask them over a network."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from graphql_streams import bearer

from puff import graphql
from puff.pubsub import global_pubsub

ASKED: list[str] = []


class Visitor(str):
    """Who may stay for a second."""

    expires_at: float


def auth(headers):
    name = bearer(headers)
    if name != "visitor":
        return name
    visitor = Visitor(name)
    visitor.expires_at = time.time() + 1
    return visitor


def no_guests(context) -> bool:
    ASKED.append(str(context.auth))
    return context.auth != "guest"


@dataclass
class Price:
    item: str
    cents: int


@dataclass
class Message:
    author: str
    text: str
    likes: int | None

    @classmethod
    @graphql.sql(
        "SELECT item, cents, item AS text FROM (VALUES ('tea', 300), ('milk', 90)) p (item, cents) "
        "WHERE item = ANY($1)",
        parent_keys=["text"],
        child_keys=["text"],
    )
    def price(cls, context, /) -> Price | None: ...

    @classmethod
    @graphql.sql("SELECT nextval('executions')::int AS n")
    def execution(cls, context, /) -> int: ...

    @classmethod
    def for_whom(cls, context, /) -> str | None:
        return context.auth

    @classmethod
    @graphql.permission(no_guests)
    def secret(cls, parents, context, /) -> str:
        return graphql.aligned([f"{parent.text} for {context.auth}" for parent in parents])

    def shout(self, context, /) -> str:
        return self.text.upper()


@dataclass
class Query:
    @classmethod
    def asked(cls, context, /) -> list[str]:
        return ASKED


@dataclass
class Mutation:
    @classmethod
    def publish(cls, context, /, channel: str, text: str, times: int = 1) -> bool:
        return all(global_pubsub.publish_as("me", channel, text) for _ in range(times))


@dataclass
class Subscription:
    @classmethod
    @graphql.channel("room:{room}")
    def heard(cls, context, /, room: str) -> Iterator[Message]: ...

    @classmethod
    @graphql.channel("text:{number}:{{x}}")
    def texts(cls, context, /, number: int) -> Iterator[str]: ...

    @classmethod
    @graphql.channel("numbers")
    def numbers(cls, context, /) -> Iterator[int | None]: ...

    @classmethod
    @graphql.permission(no_guests)
    @graphql.channel("private")
    def private(cls, context, /) -> Iterator[str]: ...


@dataclass
class Schema:
    query: Query
    mutation: Mutation
    subscription: Subscription

    auth = staticmethod(auth)
