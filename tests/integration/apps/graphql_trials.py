"""A schema that tries what users of GraphQL servers complain about."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, List, Optional, Tuple  # noqa: UP035
from uuid import UUID

from graphql_streams import bearer

import puff
from puff import graphql

CALLS: list[str] = []
OPEN: set[int] = set()


@dataclass
class Book:
    id: int
    author_id: int


@dataclass
class Author:
    id: int
    secret: str = field(default="", metadata={"db_column": "name"})

    @classmethod
    @graphql.sql(
        "SELECT a * 10 AS id, a AS author_id, nextval('asked') FROM unnest($1::int[]) a",
        parent_keys=["id"],
        child_keys=["author_id"],
    )
    def books(cls, context, /) -> list[Book]: ...

    @classmethod
    def titles(cls, parents, context, /) -> list[str]:
        CALLS.append(f"titles of {len(parents)}")
        return graphql.aligned([[f"{parent.id}!"] for parent in parents])

    @classmethod
    def fragile(cls, parents, context, /) -> int:
        CALLS.append("fragile")
        return graphql.aligned(
            [graphql.GraphQLError("gone") if parent.id == 2 else 1 for parent in parents]
        )


@dataclass
class Kinds:
    numeric: Decimal
    stamp: datetime
    day: date
    key: UUID
    small: int
    real: float
    ints: list[int]
    doc: Any


KINDS = """
SELECT 1.50::numeric AS numeric, '2026-01-02T03:04:05+00'::timestamptz AS stamp,
  '2026-01-02'::date AS day, '6f1e0d3c-0000-4000-8000-000000000001'::uuid AS key,
  7::int2 AS small, 0.5::float4 AS real, ARRAY[1,2] AS ints, '{"a": [1]}'::jsonb AS doc
"""


@dataclass
class Query:
    @classmethod
    def authors(cls, context, /, count: int = 3) -> Tuple[List[Author | None], str, List[Any]]:  # noqa: UP006
        sql = "SELECT a AS id, 'author ' || a AS name FROM generate_series(1, $1::int) a"
        return ..., sql, [count]

    @classmethod
    def kinds(cls, context, /) -> Tuple[Kinds, str, List[Any]]:  # noqa: UP006
        return ..., KINDS, []

    @classmethod
    def unknown_kind(cls, context, /) -> Tuple[List[Book] | None, str, List[Any]]:  # noqa: UP006
        return ..., "SELECT '(1,2)'::point AS id, 1 AS author_id", []

    @classmethod
    def calls(cls, context, /) -> list[str]:
        return CALLS

    @classmethod
    def waits(cls, context, /, ms: int) -> bool:
        puff.sleep_ms(ms)
        return True

    @classmethod
    def blocks(cls, context, /, ms: int) -> bool:
        puff.spawn_blocking(time.sleep, ms / 1000).join()
        return True

    @classmethod
    def given(cls, context, /, text: str | None = graphql.UNSET) -> str:
        return "absent" if text is graphql.UNSET else repr(text)

    @classmethod
    def statement(cls, context, /, number: int) -> Tuple[Optional[Book], str, List[Any]]:  # noqa: UP006, UP045
        return ..., f"SELECT {number}::int AS id, 1::int AS author_id", []

    @classmethod
    def prepared(cls, context, /) -> Tuple[Optional[Book], str, List[Any]]:  # noqa: UP006, UP045
        sql = "SELECT count(*)::int AS id, 1::int AS author_id FROM pg_prepared_statements"
        return ..., sql, []

    @classmethod
    def wide(cls, context, /, rows: int) -> Tuple[List[Author], str, List[Any]]:  # noqa: UP006
        sql = "SELECT a AS id, repeat('x', 1000) AS name FROM generate_series(1, $1::int) a"
        return ..., sql, [rows]

    @classmethod
    def who(cls, context, /) -> str | None:
        return context.auth

    @classmethod
    def open(cls, context, /) -> int:
        return len(OPEN)


@dataclass
class Mutation:
    @classmethod
    def add(cls, context, /) -> Tuple[Book, str, List[Any]]:  # noqa: UP006
        return ..., "INSERT INTO added DEFAULT VALUES RETURNING id, 1 AS author_id", []


@dataclass
class Subscription:
    @classmethod
    def ticks(cls, context, /) -> Iterator[int]:
        """One event, then nothing."""
        me = id(context)
        OPEN.add(me)
        try:
            yield len(OPEN)
            puff.sleep_ms(60_000)
        finally:
            OPEN.discard(me)


@dataclass
class Schema:
    query: Query
    mutation: Mutation
    subscription: Subscription

    auth = staticmethod(bearer)
