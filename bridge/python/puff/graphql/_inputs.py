"""Arguments: from the engine's plain values to what a resolver's hints promise."""

import base64
import dataclasses
import datetime
import decimal
import enum
import uuid
from collections.abc import Callable
from typing import Any

from puff.graphql._failures import describe
from puff.graphql._uploads import Upload, upload_of

__all__ = [
    "UNSET",
    "Decoder",
    "Unset",
    "decode_items",
    "decode_member",
    "input_decoder",
    "parse_inputs",
]

Decoder = Callable[[Any], Any]


class Unset(enum.Enum):
    """The type of `UNSET`."""

    UNSET = "UNSET"

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "UNSET"


UNSET = Unset.UNSET
"""The default of an argument or input field that shall tell null from not given:

    def rename(cls, context, /, title: str | None | graphql.Unset = graphql.UNSET) -> Book: ...
"""

SCALAR_DECODERS: dict[Any, Decoder] = {
    float: float,
    datetime.datetime: datetime.datetime.fromisoformat,
    datetime.date: datetime.date.fromisoformat,
    datetime.time: datetime.time.fromisoformat,
    decimal.Decimal: lambda value: decimal.Decimal(str(value)),
    uuid.UUID: uuid.UUID,
    bytes: lambda value: base64.b64decode(value, validate=True),
    Upload: upload_of,
}


def parse_inputs(
    inputs: list[tuple[Decoder, Any]],
) -> list[tuple[Any, tuple[str, str | None, bool] | None]]:
    """Each value as its scalar's function makes it, or what clients are told of its failure."""
    made: list[tuple[Any, tuple[str, str | None, bool] | None]] = []
    for parse, value in inputs:
        try:
            made.append((parse(value), None))
        except Exception as failure:
            made.append((None, describe(failure)))
    return made


def decode_items(decode: Decoder | None) -> Decoder | None:
    """The decoder of a list of such items."""
    if decode is None:
        return None
    return lambda value: None if value is None else [decode(item) for item in value]


def decode_member(kind: type[enum.Enum]) -> Decoder:
    """The decoder of an enum's names."""
    members = kind.__members__
    return lambda value: None if value is None else members[value]


def unless_none(decode: Decoder) -> Decoder:
    """The same decoder for values that may be None."""
    return lambda value: None if value is None else decode(value)


def input_decoder(cls: type, fields: dict[str, tuple[Decoder | None, bool]]) -> Decoder:
    """The decoder of an input type: `fields` say for each name how it is decoded, and whether the
    class needs a value for it."""

    def decode(value: Any) -> Any:
        if value is None:
            return None
        given: dict[str, Any] = {}
        for name, (how, needed) in fields.items():
            if name in value:
                given[name] = value[name] if how is None else how(value[name])
            elif needed:
                given[name] = None
        return cls(**given)

    return decode


def default_of(each: "dataclasses.Field[Any]") -> Any:
    """The default of a dataclass's field; `dataclasses.MISSING` if there is none."""
    if each.default_factory is not dataclasses.MISSING:
        return each.default_factory()
    return each.default
