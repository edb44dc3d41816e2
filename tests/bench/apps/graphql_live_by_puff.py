"""A channel that everybody may listen to by GraphQL: by one generator for each subscription, or as
a field that is the channel."""

from collections.abc import Iterator
from dataclasses import dataclass

from puff import graphql
from puff.pubsub import global_pubsub


@dataclass
class Query:
    ready: bool = True


@dataclass
class Mutation:
    @classmethod
    def say(cls, context, /, text: str) -> bool:
        global_pubsub.publish_as(global_pubsub.new_connection_id(), "room", text)
        return True


@dataclass
class Subscription:
    @classmethod
    def heard(cls, context, /) -> Iterator[str]:
        with global_pubsub.connection() as listener:
            listener.subscribe("room")
            yield "here"
            while (message := listener.receive()) is not None:
                yield message.text

    @classmethod
    @graphql.channel("room")
    def channel(cls, context, /) -> Iterator[str]: ...


@dataclass
class Schema:
    query: Query
    mutation: Mutation
    subscription: Subscription
