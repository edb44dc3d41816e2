"""Subscriptions that tests listen to over a network."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import puff
from puff import graphql

CLOSED: list[str] = []


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
class Subscription:
    @classmethod
    def ticks(cls, context, /, count: int = 3) -> Iterator[int]:
        for number in range(count):
            puff.sleep_ms(1)
            yield number

    @classmethod
    async def later(cls, context, /, count: int = 3) -> AsyncIterator[int]:
        for number in range(count):
            await asyncio.sleep(0.001)
            yield number

    @classmethod
    def endless(cls, context, /, name: str) -> Iterator[int]:
        number = 0
        try:
            while True:
                yield number
                number += 1
        finally:
            CLOSED.append(name)

    @classmethod
    def waits(cls, context, /, name: str) -> Iterator[int]:
        try:
            yield 0
            puff.sleep_ms(60_000)
        finally:
            CLOSED.append(name)

    @classmethod
    async def waits_later(cls, context, /, name: str) -> AsyncIterator[int]:
        try:
            yield 0
            await asyncio.sleep(60)
        finally:
            CLOSED.append(name)

    @classmethod
    def breaks(cls, context, /) -> Iterator[int]:
        yield 1
        raise graphql.GraphQLError("broken")

    @classmethod
    def refused(cls, context, /) -> Iterator[int]:
        raise graphql.PermissionDenied(403, "no events for you")

    @classmethod
    def expires(cls, context, /) -> Iterator[int]:
        yield 1
        raise graphql.PermissionDenied(403, "your time is over")


@dataclass
class Schema:
    query: Query
    mutation: Mutation
    subscription: Subscription

    @staticmethod
    def auth(headers):
        token = headers.get("authorization", "").removeprefix("Bearer ")
        if token == "bad":
            raise graphql.PermissionDenied(403, "you may not")
        return token or None
