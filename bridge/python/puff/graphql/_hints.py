"""Type hints: what they mean once names are resolved, whatever way they are written in."""

import dataclasses
import datetime
import decimal
import enum
import inspect
import sys
import types
import typing
import uuid
from collections import abc
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Union

from puff.graphql._failures import SchemaError
from puff.graphql._inputs import Unset
from puff.graphql._leaves import ID, BigInt, Scalar
from puff.graphql._uploads import Upload

__all__ = ["Hint", "NamedUnion", "evaluate", "item_of_stream", "result_of", "unwrap"]

# Names that the first versions took for types wherever they stood.
_OLD_NAMES = {"Datetime": datetime.datetime, "Uuid": uuid.UUID, "Binary": bytes}

SCALARS: dict[Any, str] = {
    str: "String",
    int: "Int",
    float: "Float",
    bool: "Boolean",
    ID: "ID",
    BigInt: "BigInt",
    datetime.datetime: "DateTime",
    datetime.date: "Date",
    datetime.time: "Time",
    decimal.Decimal: "Decimal",
    uuid.UUID: "UUID",
    bytes: "Binary",
    Upload: "Upload",
    Any: "Any",
    object: "Any",
    dict: "Any",
}

BUILT_IN = {"String", "Int", "Float", "Boolean", "ID"}

DESCRIPTIONS = {
    "Any": "Any JSON value.",
    "BigInt": "An integer of up to 64 bits.",
    "Binary": "Bytes in Base64.",
    "Date": "A date: 2024-12-31.",
    "DateTime": "A date and time in ISO 8601: 2024-12-31T23:59:59+00:00.",
    "Decimal": "A decimal number as a text, exact.",
    "Time": "A time of day in ISO 8601: 23:59:59.",
    "Upload": "A file, sent with the request by multipart/form-data.",
    "UUID": "A UUID: 123e4567-e89b-12d3-a456-426614174000.",
}

_LISTS = (list, tuple, set, frozenset, abc.Sequence, abc.MutableSequence, abc.Collection, abc.Set)
_STREAMS = (
    abc.Iterable,
    abc.Iterator,
    abc.Generator,
    abc.AsyncIterable,
    abc.AsyncIterator,
    abc.AsyncGenerator,
)


@dataclass(frozen=True)
class NamedUnion:
    """The name of a union, in a hint's annotation:

    Found = Annotated[Book | Author, graphql.Union("Found")]
    """

    name: str
    description: str | None = None


@dataclass(frozen=True)
class Hint:
    """One hint: `kind` is the class, or list, or None for a union of `arguments`."""

    kind: Any
    optional: bool = False
    arguments: tuple[Any, ...] = ()
    scalar: Scalar | None = None
    union: NamedUnion | None = None


def evaluate(annotation: Any, where: str, module: str, names: Mapping[str, Any]) -> Any:
    """The annotation with all its names resolved, in the module and then among `names`."""
    space = vars(sys.modules[module]) if module in sys.modules else {}
    local = {name: kind for name, kind in {**_OLD_NAMES, **names}.items() if name not in space}
    holder = types.SimpleNamespace(__annotations__={"hint": annotation})
    try:
        hints = typing.get_type_hints(holder, {**local, **space}, {}, include_extras=True)
    except NameError as failure:
        name = failure.name or str(failure)
        raise SchemaError(
            f"{where}: the annotation {annotation!r} names {name!r}, which module {module} does "
            f"not know: import it there, or define it at the module's top level"
        ) from None
    except Exception as failure:
        raise SchemaError(f"{where}: the annotation {annotation!r} is no type: {failure}") from None
    return hints["hint"]


def unwrap(hint: Any, where: str) -> Hint:
    """What the hint says at its outermost level."""
    origin = typing.get_origin(hint)
    if origin is Annotated:
        inner, *extras = typing.get_args(hint)
        known = unwrap(inner, where)
        for extra in extras:
            if isinstance(extra, Scalar):
                known = dataclasses.replace(known, scalar=extra)
            elif isinstance(extra, NamedUnion):
                known = dataclasses.replace(known, union=extra)
        return known
    if origin in (Union, types.UnionType):
        return _unwrap_union(typing.get_args(hint), where)
    if hint in (list, tuple, typing.List):  # noqa: UP006
        return Hint(list, arguments=(Any,))
    if origin in _LISTS:
        return Hint(list, arguments=_item(hint, origin, where))
    if origin in (dict, abc.Mapping, abc.MutableMapping):
        return Hint(dict)
    return Hint(hint, optional=hint is Any)


def _unwrap_union(members: tuple[Any, ...], where: str) -> Hint:
    kept = tuple(each for each in members if each not in (type(None), Unset))
    optional = type(None) in members
    if len(kept) == 1:
        return dataclasses.replace(unwrap(kept[0], where), optional=optional)
    return Hint(None, optional, kept)


def _item(hint: Any, origin: Any, where: str) -> tuple[Any, ...]:
    arguments = typing.get_args(hint)
    if origin is tuple and (len(arguments) != 2 or arguments[1] is not Ellipsis):
        raise SchemaError(
            f"{where}: a tuple of {len(arguments)} types is no GraphQL type: use list[..], or "
            f"tuple[.., ...]"
        )
    return arguments[:1] or (Any,)


def result_of(hint: Any) -> Any:
    """The field's type in the hint of what its resolver returns: of a tuple that begins with it
    (`Tuple[List[Book], str, List[Any]]`) the first element."""
    if typing.get_origin(hint) is not tuple:
        return hint
    arguments = typing.get_args(hint)
    of_items = len(arguments) == 2 and arguments[1] is Ellipsis
    return hint if of_items or not arguments else arguments[0]


def item_of_stream(hint: Any, where: str) -> Any:
    """The type of what a subscription yields."""
    origin = typing.get_origin(hint)
    if origin not in _STREAMS:
        raise SchemaError(
            f"{where}: a subscription is hinted Iterable[..], Iterator[..], AsyncIterable[..] or "
            f"AsyncIterator[..] of what it yields, not {hint!r}"
        )
    return result_of(typing.get_args(hint)[0])


def is_interface(cls: type) -> bool:
    """Whether the class is abstract: marked, derived from ABC, or with abstract methods."""
    if "__graphql_interface__" in cls.__dict__:
        return True
    return dataclasses.is_dataclass(cls) and (
        any(base.__name__ == "ABC" for base in cls.__bases__) or inspect.isabstract(cls)
    )


def description_of(cls: type) -> str | None:
    """The docstring, unless it is the one that a dataclass makes or an enum inherits."""
    text = cls.__dict__.get("__doc__")
    if not isinstance(text, str) or text.startswith(cls.__name__ + "("):
        return None
    if issubclass(cls, enum.Enum) and text == "An enumeration.":
        return None
    return inspect.cleandoc(text)


def name_of(cls: type) -> str:
    """The name of the class in GraphQL."""
    name = cls.__dict__.get("__typename__", cls.__name__)
    return str(name)
