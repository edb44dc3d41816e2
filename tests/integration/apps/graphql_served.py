"""A served schema: SQL in all conventions, connections, mutations, subscriptions."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, List, Optional, Tuple  # noqa: UP035

from graphql_streams import CLOSED, Streams

import puff
from puff import graphql
from puff.graphql import global_graphql


@dataclass
class Comment:
    id: int
    body: str
    book_id: int


@dataclass
class Book:
    id: int
    title: str
    author_id: int
    price: Decimal | None = None

    @classmethod
    def comments(cls, context, /) -> Tuple[List[Comment], str, List[Any], List[str], List[str]]:  # noqa: UP006
        ids = [id for (id,) in context.parent_values(["id"])]
        sql = "SELECT id, body, book_id FROM comment WHERE book_id = ANY($1::int[]) ORDER BY id"
        return ..., sql, [ids], ["id"], ["book_id"]

    def shout(self, context, /) -> str:
        return f"{self.title.upper()} ({self.id})"


BOOKS_OF = "SELECT id, title, author_id FROM book WHERE author_id = ANY($1) AND id < $2 LIMIT $3"
PARAMETERS = [graphql.parent_key("id"), 3, graphql.argument("first")]


def only_root(context):
    return context.auth == "Bearer root"


async def only_root_later(context):
    return only_root(context)


@dataclass
class Author:
    id: int
    name: str

    @classmethod
    @graphql.sql(
        "SELECT id, title, author_id FROM book WHERE author_id = ANY($1) ORDER BY id LIMIT $2",
        parent_keys=["id"],
        child_keys=["author_id"],
    )
    def books(cls, context, /, first: int = 100) -> list[Book]: ...

    @classmethod
    @graphql.permission(only_root)
    @graphql.sql(BOOKS_OF, PARAMETERS, ["id"], ["author_id"])
    def drafts(cls, context, /, first: int = 100) -> list[Book] | None: ...

    @classmethod
    @graphql.permission(only_root_later)
    @graphql.sql(BOOKS_OF, PARAMETERS, ["id"], ["author_id"])
    def drafts_later(cls, context, /, first: int = 100) -> list[Book] | None: ...


@dataclass
class Query:
    @classmethod
    def authors(cls, context, /) -> Tuple[List[Author], str, List[Any]]:  # noqa: UP006
        return ..., "SELECT id, name FROM author ORDER BY id", []

    @classmethod
    def author(cls, context, /, id: int) -> Tuple[Optional[Author], str, List[Any]]:  # noqa: UP006, UP045
        return ..., "SELECT id, name FROM author WHERE id = $1", [id]

    @classmethod
    def by_connection(cls, context, /) -> int:
        with context.connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM author")
            return cursor.fetchone()[0]

    @classmethod
    def wrong_sql(cls, context, /) -> Tuple[Optional[Author], str, List[Any]]:  # noqa: UP006, UP045
        return ..., "SELECT nothing FROM nowhere", []

    @classmethod
    def token(cls, context, /) -> str | None:
        return context.auth_token

    @classmethod
    def closed(cls, context, /) -> list[str]:
        return CLOSED


INSERT = "INSERT INTO author (name) VALUES ($1) RETURNING id, NULL::int AS missing"


@dataclass
class Added:
    id: int
    missing: int

    @classmethod
    @graphql.sql("SELECT 1 / 0, id FROM author WHERE id = ANY($1)", None, ["id"], ["id"])
    def broken(cls, context, /) -> int: ...


@dataclass
class Mutation:
    @classmethod
    @graphql.sql(INSERT)
    def added(cls, context, /, name: str) -> Added | None: ...

    @classmethod
    @graphql.sql(INSERT, autocommit=True)
    def added_at_once(cls, context, /, name: str) -> Added | None: ...

    @classmethod
    def add_author(cls, context, /, name: str) -> Tuple[Author, str, List[Any]]:  # noqa: UP006
        return ..., "INSERT INTO author (name) VALUES ($1) RETURNING id, name", [name]

    @classmethod
    def add_then_fail(cls, context, /, name: str) -> int | None:
        with context.connection.cursor() as cursor:
            cursor.execute("INSERT INTO author (name) VALUES (%s)", [name])
        raise graphql.GraphQLError("after all")

    @classmethod
    def add_by_connection(cls, context, /, name: str) -> int | None:
        with context.connection.cursor() as cursor:
            cursor.execute("INSERT INTO author (name) VALUES (%s) RETURNING id", [name])
            return cursor.fetchone()[0]


@dataclass
class Tick:
    number: int
    label: str


@dataclass
class Subscription(Streams):
    @classmethod
    def ticks(cls, context, /, count: int = 3) -> Iterable[Tick]:
        for number in range(count):
            puff.sleep_ms(1)
            yield Tick(number, f"tick {number}")


@dataclass
class Schema:
    query: Query
    mutation: Mutation
    subscription: Subscription

    @staticmethod
    def auth(headers):
        if headers.get("authorization") == "Bearer bad":
            raise graphql.PermissionDenied(403, "you may not")
        return headers.get("authorization")


def say(text):
    """For `puff run`: what the schema answers."""
    print(global_graphql.query(text))
