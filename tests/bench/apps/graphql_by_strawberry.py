"""The schema of graphql_by_puff.py on strawberry and asyncpg, as fast as they go: documents are
parsed and validated once, connections are not reset between requests, loaders ask once a layer.
What the database is called stands in BENCH_DATABASE."""

import os
from datetime import datetime
from decimal import Decimal

import asyncpg
import strawberry
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.types import Info

CONNECTIONS = 16
ROW = "select id, name from rows1024 where id = $1"
ROWS = "select id, name from rows1024 order by id limit $1::int"
AUTHORS = "select id, name, rating, created_at from authors order by id"
POSTS = "select id, author_id, title, created_at from posts where author_id = any($1) order by id"
COMMENTS = "select id, post_id, body from comments where post_id = any($1) order by id"
INSERT = "insert into mut(body) values ($1) returning id"


class Connection(asyncpg.Connection):
    def get_reset_query(self) -> str:
        return ""


class Database:
    pool: asyncpg.Pool


@strawberry.type
class Row:
    id: int
    name: str


@strawberry.type
class Added:
    id: int


@strawberry.type
class Comment:
    id: int
    body: str


@strawberry.type
class Post:
    id: int
    title: str
    created_at: datetime

    @strawberry.field
    async def comments(self, info: Info) -> list[Comment]:
        return await info.context["comments"].load(self.id)


@strawberry.type
class Author:
    id: int
    name: str
    rating: Decimal
    created_at: datetime

    @strawberry.field
    async def posts(self, info: Info) -> list[Post]:
        return await info.context["posts"].load(self.id)


async def load_posts(keys: list[int]) -> list[list[Post]]:
    found: dict[int, list[Post]] = {key: [] for key in keys}
    for id, author, title, created in await Database.pool.fetch(POSTS, keys):
        found[author].append(Post(id=id, title=title, created_at=created))
    return [found[key] for key in keys]


async def load_comments(keys: list[int]) -> list[list[Comment]]:
    found: dict[int, list[Comment]] = {key: [] for key in keys}
    for id, post, body in await Database.pool.fetch(COMMENTS, keys):
        found[post].append(Comment(id=id, body=body))
    return [found[key] for key in keys]


@strawberry.type
class Query:
    @strawberry.field
    def hello(self) -> str:
        return "hello"

    @strawberry.field
    async def row(self, id: int) -> Row | None:
        found = await Database.pool.fetchrow(ROW, id)
        return Row(id=found[0], name=found[1]) if found else None

    @strawberry.field
    async def rows(self, limit: int) -> list[Row]:
        return [Row(id=id, name=name) for id, name in await Database.pool.fetch(ROWS, limit)]

    @strawberry.field
    async def authors(self) -> list[Author]:
        rows = await Database.pool.fetch(AUTHORS)
        return [Author(id=r[0], name=r[1], rating=r[2], created_at=r[3]) for r in rows]


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def add_mut(self, body: str) -> Added:
        return Added(id=await Database.pool.fetchval(INSERT, body))


class Served(GraphQL):
    async def get_context(self, request, response=None):
        return {"posts": DataLoader(load_posts), "comments": DataLoader(load_comments)}


_schema = strawberry.Schema(Query, Mutation, extensions=[ParserCache, ValidationCache])
_served = Served(_schema)


async def app(scope, receive, send):
    if scope["type"] != "lifespan":
        await _served(scope, receive, send)
        return
    await receive()
    Database.pool = await asyncpg.create_pool(
        os.environ["BENCH_DATABASE"],
        min_size=CONNECTIONS,
        max_size=CONNECTIONS,
        connection_class=Connection,
    )
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await Database.pool.close()
    await send({"type": "lifespan.shutdown.complete"})
