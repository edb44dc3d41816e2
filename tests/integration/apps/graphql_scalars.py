"""A served schema with a scalar of its own, whose function may wait."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

import puff
from puff import graphql

CALLS: list[str] = []


def _even(value: int) -> int:
    CALLS.append(f"{value} on {threading.current_thread().name}")
    puff.sleep_ms(1)
    if value % 2:
        raise graphql.GraphQLError(f"{value} is odd.", {"code": "ODD"})
    return value


Even = Annotated[int, graphql.Scalar("Even", parse=_even)]


@dataclass
class Query:
    @classmethod
    def half(cls, context, /, n: Even = 8) -> int:
        return n // 2

    @classmethod
    async def later(cls, context, /, n: Even) -> int:
        return n // 2

    @classmethod
    @graphql.sql("SELECT $1::int AS n")
    def by_sql(cls, context, /, n: Even) -> list[int]: ...

    @classmethod
    def calls(cls, context, /) -> list[str]:
        return CALLS


@dataclass
class Subscription:
    @classmethod
    def down(cls, context, /, n: Even) -> Iterator[int]:
        yield from range(n, 0, -1)


@dataclass
class Schema:
    query: Query
    subscription: Subscription
