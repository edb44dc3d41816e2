"""Relay's connections: pages of a list, named by cursors."""

import base64
import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from puff.graphql._failures import GraphQLError

__all__ = ["Connection", "Edge", "PageInfo", "connection_type", "paginate"]

T = TypeVar("T")


@dataclass
class PageInfo:
    """Whether there is more, and where this page begins and ends."""

    has_next_page: bool = field(default=False, metadata={"name": "hasNextPage"})
    has_previous_page: bool = field(default=False, metadata={"name": "hasPreviousPage"})
    start_cursor: str | None = field(default=None, metadata={"name": "startCursor"})
    end_cursor: str | None = field(default=None, metadata={"name": "endCursor"})


@dataclass
class Edge(Generic[T]):
    """An item and its cursor."""

    node: T
    cursor: str


@dataclass
class Connection(Generic[T]):
    """A page of items: a resolver hinted `graphql.Connection[Book]` has the type BookConnection,
    with `edges { cursor node }` and `pageInfo`. `paginate` makes one."""

    edges: list[Edge[T]]
    page_info: PageInfo = field(metadata={"name": "pageInfo"})


_types: dict[Any, type] = {}


def connection_type(item: type) -> type:
    """The class that describes the connection of such items."""
    made = _types.get(item)
    if made is None:
        name = str(item.__dict__.get("__typename__", item.__name__))
        edge = dataclasses.make_dataclass(f"{name}Edge", [("node", item), ("cursor", str)])
        pages: Any = field(metadata={"name": "pageInfo"})
        made = dataclasses.make_dataclass(
            f"{name}Connection",
            [("edges", list[edge]), ("page_info", PageInfo, pages)],  # type: ignore[valid-type]
        )
        edge.__doc__ = f"An item of a {name}Connection and its cursor."
        made.__doc__ = f"A page of {name} objects."
        _types[item] = made
    return made


def paginate(
    items: Iterable[T],
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
    cursor: Callable[[T], Any] | None = None,
) -> Connection[T]:
    """The page of all `items` that Relay's arguments name. Cursors are positions, or made of
    `cursor(item)`, which then must differ from item to item. GraphQLError for arguments that name
    no page."""
    every = list(items)
    names = [
        _encoded(place if cursor is None else cursor(item)) for place, item in enumerate(every)
    ]
    begin = 0 if after is None else _place(names, after, "after") + 1
    end = len(every) if before is None else _place(names, before, "before")
    begin, end = _cut(begin, max(begin, end), first, last)
    edges = [Edge(every[place], names[place]) for place in range(begin, end)]
    page = PageInfo(end < len(every), begin > 0)
    if edges:
        page.start_cursor, page.end_cursor = edges[0].cursor, edges[-1].cursor
    return Connection(edges, page)


def _cut(begin: int, end: int, first: int | None, last: int | None) -> tuple[int, int]:
    for name, count in (("first", first), ("last", last)):
        if count is not None and count < 0:
            raise GraphQLError(f"'{name}' must not be negative")
    if first is not None:
        end = min(end, begin + first)
    if last is not None:
        begin = max(begin, end - last)
    return begin, end


def _encoded(position: Any) -> str:
    return base64.urlsafe_b64encode(f"cursor:{position}".encode()).decode()


def _place(names: list[str], cursor: str, argument: str) -> int:
    try:
        return names.index(cursor)
    except ValueError:
        raise GraphQLError(f"'{argument}' is no cursor of this list") from None
