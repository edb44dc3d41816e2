"""A served schema whose authorization holds for a while: the token says for how long."""

import asyncio
import datetime
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

CLOSED: list[str] = []


@dataclass
class Asker:
    name: str
    expires_at: datetime.datetime


@dataclass
class Query:
    @classmethod
    def closed(cls, context, /) -> list[str]:
        return CLOSED


@dataclass
class Subscription:
    @classmethod
    async def waits(cls, context, /, name: str) -> AsyncIterator[int]:
        try:
            yield 0
            await asyncio.sleep(60)
        finally:
            CLOSED.append(name)


def auth(headers):
    token = headers.get("authorization")
    if not token:
        return None
    kind, seconds = token.removeprefix("Bearer ").split(":")
    if kind == "number":
        return {"expires_at": time.time() + float(seconds)}
    if kind == "wrong":
        return {"expires_at": "tomorrow"}
    at = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=float(seconds))
    return Asker("ann", at)


@dataclass
class Schema:
    query: Query
    subscription: Subscription
    auth = staticmethod(auth)
