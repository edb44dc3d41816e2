"""Declared fields, channels and statements: what is wrong with others is said when the schema is
loaded. Inside Puff, in a greenlet."""

import enum
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from puff import graphql


class Size(enum.Enum):
    SMALL = 1


@dataclass
class Query:
    ready: bool = True


def loaded(subscription):
    """The text of a schema with this subscription."""
    roots = {"query": Query, "subscription": subscription}
    return graphql.print_schema(graphql.build_schema(type("Schema", (), roots)))


def fault_of(subscription) -> str:
    with pytest.raises(graphql.SchemaError) as caught:
        loaded(subscription)
    return str(caught.value)


def test_a_channel_has_a_type_arguments_and_a_description():
    class Subscription:
        @classmethod
        @graphql.channel("{room}:{size}:{number}:{{braces}}", pubsub="news")
        def heard(
            cls, context, /, room: str, size: Size, number: int = 1, unused: list[int] | None = None
        ) -> Iterator[list[str] | None]:
            """What is said."""

    text = loaded(Subscription)
    assert '"""What is said."""' in text
    assert (
        "heard(room: String!, size: Size!, number: Int! = 1, unused: [Int!]): [String!]\n" in text
    )


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        (
            "room:{place}",
            "names {place}, and there is no such argument: add it, or write",
        ),
        ("room:{maybe}", "by the argument 'maybe', which is String: make it str, int"),
        ("room:{many}", "by the argument 'many', which is [Int!]!: make it str, int"),
        ("room:{real}", "by the argument 'real', which is Float!: make it str, int"),
        ("room:{room", "cannot be read"),
        ("room:{room:>3}", "has more than names between braces"),
        ("", "the name of its channel is empty"),
    ],
)
def test_a_name_that_cannot_be_made_is_told(name: str, fault: str):
    class Subscription:
        @classmethod
        @graphql.channel(name)
        def heard(
            cls, context, /, room: str, many: list[int], real: float, maybe: str | None = None
        ) -> Iterator[str]: ...

    told = fault_of(Subscription)
    assert told.startswith("GraphQL schema: Subscription.heard: ")
    assert fault in told


def test_a_channel_is_hinted_as_what_it_is_an_iterator_of():
    class Subscription:
        @classmethod
        @graphql.channel("room")
        def heard(cls, context, /) -> str: ...

    told = fault_of(Subscription)
    assert told.startswith(
        "GraphQL schema: Subscription.heard: a subscription is hinted Iterable[..]"
    )


def test_a_channel_has_no_body_of_its_own():
    class Generates:
        @classmethod
        @graphql.channel("room")
        def heard(cls, context, /) -> Iterator[str]:
            yield "never"

    class Asks:
        @graphql.channel("room")
        def heard(self, context, /) -> Iterator[str]: ...

    for each in (Generates, Asks):
        assert "@channel is for a class method" in fault_of(each)


def test_only_subscriptions_are_channels():
    class Wrong:
        @classmethod
        @graphql.channel("room")
        def heard(cls, context, /) -> str: ...

    with pytest.raises(graphql.SchemaError, match=r"Wrong.heard: @channel is for a class method"):
        graphql.build_schema(type("Schema", (), {"query": Wrong}))


def test_a_statement_with_permission_is_no_transaction_of_its_own():
    class Wrong:
        @classmethod
        @graphql.permission(lambda context: False)
        @graphql.sql("SELECT 1", autocommit=True)
        def secret(cls, context, /) -> int: ...

    with pytest.raises(graphql.SchemaError, match=r"Wrong.secret: a statement with @permission"):
        graphql.build_schema(type("Schema", (), {"query": Wrong}))
