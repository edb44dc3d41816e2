"""Streams and a door that several schemas of the tests have."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import puff
from puff import graphql

CLOSED: list[str] = []


class Streams:
    """Streams that end, go on, wait, fail; CLOSED has the names of those that were closed."""

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


def bearer(headers):
    """The token of a client, None without one; the token "bad" is refused."""
    token = headers.get("authorization", "").removeprefix("Bearer ")
    if token == "bad":
        raise graphql.PermissionDenied(403, "you may not")
    return token or None
