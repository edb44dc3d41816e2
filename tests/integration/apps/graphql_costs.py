"""A schema whose fields have costs."""

from dataclasses import dataclass

from puff import graphql


@dataclass
class Leaf:
    name: str

    @classmethod
    @graphql.cost(20)
    def weighed(cls, context, /) -> int:
        return 1


@dataclass
class Query:
    @classmethod
    @graphql.cost(size="count")
    def leaves(cls, context, /, count: int = 3) -> list[Leaf]:
        return [Leaf(str(number)) for number in range(count)]


@dataclass
class Schema:
    query: Query


@dataclass
class Misnamed:
    @classmethod
    @graphql.cost(size="amount")
    def leaves(cls, context, /, count: int = 3) -> list[Leaf]:
        return []


@dataclass
class MisnamedSchema:
    query: Misnamed
