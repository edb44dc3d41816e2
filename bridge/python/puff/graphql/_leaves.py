"""Values without fields: scalars and enums, in Python and in GraphQL."""

import base64
import dataclasses
import datetime
import decimal
import enum
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NewType

__all__ = ["ID", "BigInt", "Scalar", "literal", "parse_json", "text_of"]

ID = NewType("ID", str)
"""GraphQL's ID: a str in Python."""
BigInt = NewType("BigInt", int)
"""An integer of up to 64 bits; GraphQL's own Int has 32."""

parse_json = json.loads


@dataclass(frozen=True)
class Scalar:
    """A scalar of your own, in a hint's annotation:

        Money = Annotated[Decimal, graphql.Scalar("Money", serialize=str, parse=Decimal)]

    `serialize` makes what JSON can hold of a Python value, `parse` a Python value of JSON. All of a
    request's values are parsed before anything is executed; what `parse` raises refuses the
    request."""

    name: str
    serialize: Callable[[Any], Any] | None = None
    parse: Callable[[Any], Any] | None = None
    description: str | None = None
    specified_by: str | None = None


def _duration(value: datetime.timedelta) -> str:
    return str(value.total_seconds())


_TEXT: list[tuple[type | tuple[type, ...], Callable[[Any], Any]]] = [
    (enum.Enum, lambda value: value.name),
    (str, str.__str__),
    ((datetime.datetime, datetime.date, datetime.time), lambda value: value.isoformat()),
    ((decimal.Decimal, uuid.UUID), str),
    ((bytes, bytearray, memoryview), lambda value: base64.b64encode(value).decode()),
    (datetime.timedelta, _duration),
    (int, lambda value: int.__index__(value)),
    (float, lambda value: float(float.__repr__(value))),
    ((set, frozenset), list),
]


def text_of(value: Any) -> Any:
    """The text of a value that JSON has no kind for; for some, another value that it has;
    NotImplemented where there is neither."""
    for kind, make in _TEXT:
        if isinstance(value, kind):
            return make(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {each.name: getattr(value, each.name) for each in dataclasses.fields(value)}
    return NotImplemented


def literal(value: Any) -> str | None:
    """A default as GraphQL writes it; None if it has no such form."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list | tuple):
        return _joined("[", (literal(item) for item in value), "]")
    if isinstance(value, dict):
        return _joined("{", (_entry(key, item) for key, item in value.items()), "}")
    text = text_of(value)
    if isinstance(text, dict):
        return literal(text)
    return json.dumps(text, ensure_ascii=False) if isinstance(text, str) else None


def _entry(key: Any, value: Any) -> str | None:
    text = literal(value)
    return None if text is None else f"{key}: {text}"


def _joined(begin: str, parts: Any, end: str) -> str | None:
    known = list(parts)
    return None if None in known else begin + ", ".join(known) + end
