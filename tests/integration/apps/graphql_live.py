"""Subscriptions that tests listen to over a network."""

from collections.abc import Iterator
from dataclasses import dataclass

from graphql_streams import CLOSED, Streams, bearer

from puff import graphql


def forbidden(context) -> bool:
    raise graphql.PermissionDenied(403, "not for you")


@dataclass
class Query:
    @classmethod
    def closed(cls, context, /) -> list[str]:
        return CLOSED

    @classmethod
    def who(cls, context, /) -> str | None:
        return context.auth

    @classmethod
    @graphql.permission(forbidden)
    def secret(cls, context, /) -> str | None:
        return "secret"


@dataclass
class Mutation:
    @classmethod
    def echo(cls, context, /, text: str) -> str:
        return text


@dataclass
class Subscription(Streams):
    @classmethod
    def expires(cls, context, /) -> Iterator[int]:
        yield 1
        raise graphql.PermissionDenied(403, "your time is over")


@dataclass
class Schema:
    query: Query
    mutation: Mutation
    subscription: Subscription

    auth = staticmethod(bearer)
