"""A schema as plain values: what the reader of classes says to the engine."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["object", "interface", "union", "enum", "input", "scalar"]
RunsOn = Literal["greenlet", "hub", "asyncio"]


@dataclass(slots=True)
class Input:
    """An argument, or a field of an input type. Types are written as in GraphQL's language."""

    name: str
    type: str
    default: str | None = None
    description: str | None = None
    deprecated: str | None = None


@dataclass(slots=True)
class Column:
    """Read from the parents' column, which is that attribute of a Python object."""

    name: str
    attribute: str


@dataclass(slots=True)
class Function:
    """Calls `call(GraphqlCall)` once for all parents; `depends_on` are columns of theirs that it
    reads. A `stream` gives an iterator instead."""

    call: Callable[[Any], Any]
    runs_on: RunsOn
    depends_on: list[str]
    stream: bool = False


@dataclass(slots=True)
class Statement:
    """Runs a statement without Python. A parameter is ("argument", name), ("parent", column) or
    ("constant", JSON)."""

    text: str
    parameters: list[tuple[str, str]]
    parent_keys: list[str]
    child_keys: list[str]
    autocommit: bool


@dataclass(slots=True)
class Channel:
    """Each message of a channel is an event. A part of its name is ("text", text) or ("argument",
    name); the guard is called for each who subscribes, and raises if that one may not."""

    pool: str
    name: list[tuple[str, str]]
    guard: Function | None


Binding = Column | Function | Statement | Channel


@dataclass(slots=True)
class Field:
    name: str
    type: str
    binding: Binding
    arguments: list[Input] = field(default_factory=list)
    description: str | None = None
    deprecated: str | None = None
    #: Its weight, the argument that says how many items it has (or ""), and how many it has else.
    cost: tuple[int, str, int] | None = None


@dataclass(slots=True)
class Type:
    kind: Kind
    name: str
    description: str | None = None
    python_class: type | None = None
    interfaces: list[str] = field(default_factory=list)
    fields: list[Field] = field(default_factory=list)
    inputs: list[Input] = field(default_factory=list)
    members: list[str] = field(default_factory=list)
    values: list[tuple[str, str | None, str | None]] = field(default_factory=list)
    one_of: bool = False
    specified_by: str | None = None
    serialize: Callable[[Any], Any] | None = None
    parse: Callable[[Any], Any] | None = None


@dataclass(slots=True)
class Schema:
    """All of it. With `sdl` the types come from that text, and `types` only say how they are
    served."""

    types: list[Type] = field(default_factory=list)
    query: str = "Query"
    mutation: str | None = None
    subscription: str | None = None
    description: str | None = None
    sdl: str | None = None
    auth: Callable[[Any], Any] | None = None
    auth_runs_on: RunsOn = "greenlet"
    resolve_type: dict[str, Callable[[Any], Any]] = field(default_factory=dict)
