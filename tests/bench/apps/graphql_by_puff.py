"""The schema that GraphQL servers are compared with. `Declared`: its fields are declared SQL, which
needs no Python for a request. `Committing`: its mutation is a transaction by itself. `Returned`:
its fields are class methods that return SQL."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from puff import graphql

ROW = "select id, name from rows1024 where id = $1"
ROWS = "select id, name from rows1024 order by id limit $1::int"
AUTHORS = "select id, name, rating, created_at from authors order by id"
POSTS = "select id, author_id, title, created_at from posts where author_id = any($1) order by id"
COMMENTS = "select id, post_id, body from comments where post_id = any($1) order by id"
INSERT = "insert into mut(body) values ($1) returning id"


CREATED = {"name": "createdAt", "db_column": "created_at"}


@dataclass
class Row:
    id: int
    name: str


@dataclass
class Added:
    id: int


@dataclass
class Comment:
    id: int
    post_id: int
    body: str


@dataclass
class Post:
    id: int
    author_id: int
    title: str
    created_at: datetime = field(metadata=CREATED)

    @classmethod
    @graphql.sql(COMMENTS, parent_keys=["id"], child_keys=["post_id"])
    def comments(cls, context, /) -> list[Comment]: ...


@dataclass
class Author:
    id: int
    name: str
    rating: Decimal
    created_at: datetime = field(metadata=CREATED)

    @classmethod
    @graphql.sql(POSTS, parent_keys=["id"], child_keys=["author_id"])
    def posts(cls, context, /) -> list[Post]: ...


@dataclass
class Query:
    @classmethod
    @graphql.pure
    def hello(cls, context, /) -> str:
        return "hello"

    @classmethod
    @graphql.sql(ROW)
    def row(cls, context, /, id: int) -> Row | None: ...

    @classmethod
    @graphql.sql(ROWS)
    def rows(cls, context, /, limit: int) -> list[Row]: ...

    @classmethod
    @graphql.sql(AUTHORS)
    def authors(cls, context, /) -> list[Author]: ...


@dataclass
class Mutation:
    @classmethod
    @graphql.sql(INSERT)
    def addMut(cls, context, /, body: str) -> Added: ...


@dataclass
class CommittingMutation:
    __typename__ = "Mutation"

    @classmethod
    @graphql.sql(INSERT, autocommit=True)
    def addMut(cls, context, /, body: str) -> Added: ...


@dataclass
class Committing:
    query: Query
    mutation: CommittingMutation


@dataclass
class Declared:
    query: Query
    mutation: Mutation


@dataclass
class ReturnedPost:
    __typename__ = "Post"
    id: int
    author_id: int
    title: str
    created_at: datetime = field(metadata=CREATED)

    @classmethod
    def comments(cls, context, /) -> list[Comment]:
        ids = [id for (id,) in context.parent_values(["id"])]
        return ..., COMMENTS, [ids], ["id"], ["post_id"]


@dataclass
class ReturnedAuthor:
    __typename__ = "Author"
    id: int
    name: str
    rating: Decimal
    created_at: datetime = field(metadata=CREATED)

    @classmethod
    def posts(cls, context, /) -> list[ReturnedPost]:
        ids = [id for (id,) in context.parent_values(["id"])]
        return ..., POSTS, [ids], ["id"], ["author_id"]


@dataclass
class ReturnedQuery:
    __typename__ = "Query"

    @classmethod
    def row(cls, context, /, id: int) -> Row | None:
        return ..., ROW, [id]

    @classmethod
    def rows(cls, context, /, limit: int) -> list[Row]:
        return ..., ROWS, [limit]

    @classmethod
    def authors(cls, context, /) -> list[ReturnedAuthor]:
        return ..., AUTHORS, []


@dataclass
class ReturnedMutation:
    __typename__ = "Mutation"

    @classmethod
    def addMut(cls, context, /, body: str) -> Added:
        return ..., INSERT, [body]


@dataclass
class Returned:
    query: ReturnedQuery
    mutation: ReturnedMutation
