"""What a resolver may return beside plain values and the tuples that begin with `...`."""

from collections.abc import Iterable
from typing import Any

__all__ = ["Aligned", "aligned"]


class Aligned:
    """One value for each parent, in their order. An exception in the place of a value is the error
    of that parent alone."""

    __slots__ = ("values",)

    def __init__(self, values: Iterable[Any]) -> None:
        self.values = list(values)


def aligned(values: Iterable[Any]) -> Any:
    """What a resolver of a layer returns to give each of its parents a value of its own:

    @classmethod
    def books(cls, parents, context, /) -> list[Book]:
        return graphql.aligned([shelf[author.id] for author in parents])
    """
    return Aligned(values)
