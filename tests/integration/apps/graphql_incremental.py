"""A served schema with what takes its time: deferred fields, lists to stream."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass

import puff
from puff import graphql

EVENTS: list[str] = []
GATES: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)


@dataclass
class Author:
    id: int
    name: str

    @classmethod
    def bio(cls, parents, context, /) -> str:
        EVENTS.append(f"bios of {len(parents)}")
        puff.sleep_ms(20)
        return graphql.aligned([f"{parent.name} wrote." for parent in parents])

    @classmethod
    async def never(cls, context, /) -> str:
        EVENTS.append("began")
        try:
            await asyncio.sleep(60)
        finally:
            EVENTS.append("cancelled")
        return "never"

    @classmethod
    async def held(cls, parents, context, /, gate: str) -> str:
        """Waits until the gate is open, but for the first author."""
        if any(parent.id > 1 for parent in parents):
            await GATES[gate].wait()
        return graphql.aligned([f"{parent.name} was held." for parent in parents])

    @classmethod
    def wrong(cls, context, /) -> str:
        raise ValueError("no such thing")


@dataclass
class Query:
    @classmethod
    def authors(cls, context, /, count: int = 2) -> list[Author]:
        return [Author(number, f"Author {number}") for number in range(1, count + 1)]

    @classmethod
    async def open_gate(cls, context, /, gate: str) -> bool:
        GATES[gate].set()
        return True

    @classmethod
    def events(cls, context, /) -> list[str]:
        return EVENTS


@dataclass
class Schema:
    query: Query
