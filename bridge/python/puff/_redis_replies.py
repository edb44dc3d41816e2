"""What replies of Redis become: one small function per shape. Errors inside a reply stay what they
are, instances of RedisError."""

from collections.abc import Callable, Iterable
from typing import Any

Decode = Callable[[Any], Any]
Score = tuple[bytes, float]
Entry = tuple[bytes, dict[bytes, bytes] | None]


def ok(reply: Any) -> bool:
    """OK, or nil where a condition was not met."""
    return reply is not None


def flag(reply: Any) -> bool:
    return bool(reply)


def flags(reply: list[Any]) -> list[bool]:
    return [bool(item) for item in reply]


def number(reply: Any) -> float | None:
    return None if reply is None else float(reply)


def numbers(reply: list[Any] | None) -> list[float | None]:
    return [number(item) for item in reply or []]


def members(reply: list[bytes]) -> set[bytes]:
    return set(reply)


def rows(reply: list[Any] | bytes | None) -> list[Any]:
    """A list, also where Redis says nil or gives a single item."""
    if reply is None:
        return []
    return reply if isinstance(reply, list) else [reply]


def pair(reply: list[Any] | None) -> tuple[Any, ...] | None:
    return None if reply is None else tuple(reply)


def mapping(reply: list[Any] | None) -> dict[Any, Any]:
    """Keys and values that follow each other."""
    items = iter(reply or [])
    return dict(zip(items, items, strict=True))


def mappings(reply: list[list[Any]]) -> list[dict[Any, Any]]:
    return [mapping(item) for item in reply]


def scored(reply: list[Any] | None) -> list[Score]:
    """Members and scores that follow each other."""
    items = iter(reply or [])
    return [(member, float(score)) for member, score in zip(items, items, strict=True)]


def popped_with_score(reply: list[Any] | None) -> tuple[bytes, bytes, float] | None:
    return None if reply is None else (reply[0], reply[1], float(reply[2]))


def popped_many(reply: list[Any] | None) -> tuple[bytes, list[Any]] | None:
    return None if reply is None else (reply[0], reply[1])


def popped_many_scored(reply: list[Any] | None) -> tuple[bytes, list[Score]] | None:
    if reply is None:
        return None
    return reply[0], [(member, float(score)) for member, score in reply[1]]


def scan_of(items: Decode) -> Decode:
    """The reply of a SCAN command: the next cursor, and what `items` makes of the page."""

    def page(reply: list[Any]) -> tuple[int, Any]:
        return int(reply[0]), items(reply[1])

    return page


def entries(reply: Iterable[Any] | None) -> list[Entry]:
    """Stream entries; the fields of one that was deleted meanwhile are None."""
    return [(item[0], None if item[1] is None else mapping(item[1])) for item in reply or []]


def streams(reply: list[Any] | None) -> list[list[Any]]:
    return [[name, entries(items)] for name, items in reply or []]


def claimed(reply: list[Any]) -> list[Any]:
    """XAUTOCLAIM: the next id, entries, and (since Redis 7) the ids that are gone."""
    return [reply[0], entries(reply[1]), *reply[2:]]


def time(reply: list[bytes]) -> tuple[int, int]:
    return int(reply[0]), int(reply[1])


def text_mapping(reply: list[bytes]) -> dict[str, str]:
    return {k.decode(): v.decode(errors="replace") for k, v in mapping(reply).items()}


def info(reply: bytes) -> dict[str, Any]:
    """The lines `name:value` of INFO; `a=1,b=2` is a dict, numbers are numbers."""
    lines = (line.partition(":") for line in reply.decode(errors="replace").splitlines())
    return {name: _info_value(value) for name, colon, value in lines if colon and name[0] != "#"}


def clients(reply: bytes) -> list[dict[str, str]]:
    """The lines of CLIENT LIST."""
    return [_fields(line) for line in reply.decode(errors="replace").splitlines()]


def client(reply: bytes) -> dict[str, str]:
    """The line of CLIENT INFO."""
    return _fields(reply.decode(errors="replace").strip())


def _fields(line: str) -> dict[str, str]:
    return {name: value for name, _, value in (word.partition("=") for word in line.split(" "))}


def _info_value(text: str) -> Any:
    if "=" in text and "," in text:
        parts = (part.partition("=") for part in text.split(","))
        return {name: _info_number(value) for name, _, value in parts}
    return _info_number(text)


def _info_number(text: str) -> int | float | str:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
