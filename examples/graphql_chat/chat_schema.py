"""Authors, posts and comments in PostgreSQL, and a chat by subscription, as one GraphQL schema."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from puff import graphql
from puff.pubsub import global_pubsub

LONGEST_MESSAGE = 1000


@dataclass
class Comment:
    id: int
    body: str
    post_id: int


@dataclass
class Post:
    id: int
    title: str
    body: str
    author_id: int

    @classmethod
    @graphql.sql(
        "SELECT id, body, post_id FROM chat_comment WHERE post_id = ANY($1) ORDER BY id",
        parent_keys=["id"],
        child_keys=["post_id"],
    )
    def comments(cls, context, /) -> list[Comment]: ...

    @classmethod
    @graphql.sql(
        "SELECT id, name FROM chat_author WHERE id = ANY($1)",
        parent_keys=["author_id"],
        child_keys=["id"],
    )
    def author(cls, context, /) -> "Author": ...


@dataclass
class Author:
    id: int
    name: str

    @classmethod
    @graphql.sql(
        "SELECT id, title, body, author_id FROM chat_post WHERE author_id = ANY($1) ORDER BY id",
        parent_keys=["id"],
        child_keys=["author_id"],
    )
    def posts(cls, context, /) -> list[Post]: ...


@dataclass
class Message:
    author: str
    text: str


@dataclass
class Query:
    @classmethod
    @graphql.sql("SELECT id, name FROM chat_author ORDER BY id")
    def authors(cls, context, /) -> list[Author]:
        """Everybody who has written."""

    @classmethod
    @graphql.sql("SELECT id, title, body, author_id FROM chat_post WHERE id = $1")
    def post(cls, context, /, id: int) -> Post | None: ...


@dataclass
class Mutation:
    @classmethod
    def add_comment(
        cls, context, /, post_id: int, body: str
    ) -> tuple[Comment, str, list[int | str]]:
        sql = "INSERT INTO chat_comment (post_id, body) VALUES ($1, $2) RETURNING id, body, post_id"
        return ..., sql, [post_id, body]

    @classmethod
    def say(cls, context, /, room: str, author: str, text: str) -> Message:
        """Tells everybody in a room."""
        if not 0 < len(text) <= LONGEST_MESSAGE:
            raise graphql.GraphQLError(f"A message has 1 to {LONGEST_MESSAGE} characters.")
        said = {"author": author, "text": text}
        connection = global_pubsub.new_connection_id()
        global_pubsub.publish_json_as(connection, f"chat:{room}", said)
        return Message(**said)


@dataclass
class Subscription:
    @classmethod
    def messages(cls, context, /, room: str) -> Iterator[Message]:
        """What is said in a room from now on."""
        with global_pubsub.connection() as listener:
            listener.subscribe(f"chat:{room}")
            yield Message("Puff", f"You are in the {room}.")
            while (message := listener.receive()) is not None:
                yield Message(**json.loads(message.text))


@dataclass
class Schema:
    query: Query
    mutation: Mutation
    subscription: Subscription
