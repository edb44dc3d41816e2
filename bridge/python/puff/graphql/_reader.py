"""Reads the classes of a schema: every type that its roots lead to, once."""

import dataclasses
import enum
import inspect
import json
import string
import typing
from collections.abc import Callable
from typing import Any

from puff.graphql import _hints
from puff.graphql._failures import SchemaError
from puff.graphql._hints import Hint, evaluate, name_of, unwrap
from puff.graphql._input_types import InputTypes
from puff.graphql._leaves import Scalar
from puff.graphql._methods import Method, function_of, guard_of, guarded, method_of
from puff.graphql._relay import Connection, connection_type
from puff.graphql._spec import Channel, Column, Field, Function, Input, Kind, Statement, Type
from puff.graphql._streams import driver

SELF = "__self__"


class Reader:
    """Collects types. Output types first, whose arguments are read when all are known: a class that
    is both an output and an input type has two names."""

    def __init__(self) -> None:
        self.types: dict[str, Type] = {}
        self._classes: dict[str, Any] = {}
        self._queue: list[type] = []
        self._pending: list[Callable[[], None]] = []
        self._names: dict[str, Any] = {}
        self._streams = False
        self.inputs = InputTypes(self)

    def read_root(self, cls: type, kind: str) -> str:
        """Reads a root type and all that it leads to; its name."""
        name = self._object(cls, f"Schema.{kind}")
        self._streams = kind == "subscription"
        while self._queue:
            self._read_class(self._queue.pop(0))
            self._streams = False
        return name

    def finish(self) -> list[Type]:
        """All types, arguments too."""
        for later in self._pending:
            later()
        self.inputs.read()
        return list(self.types.values())

    # -- names --

    def add(self, made: Type, source: Any, where: str) -> bool:
        """Adds a type; false if it is known. An error if something else has its name."""
        known = self._classes.get(made.name)
        if known is None:
            self._classes[made.name] = source
            self.types[made.name] = made
            return True
        if known != source:
            raise SchemaError(
                f"{where}: two different types are called {made.name}: give one of them another "
                f"name by __typename__"
            )
        return False

    def evaluate(self, annotation: Any, where: str, module: str, owner: type | None = None) -> Any:
        names = {**self._names, **({owner.__name__: owner} if owner else {})}
        return evaluate(annotation, where, module, names)

    def has_class(self, name: str, cls: Any) -> bool:
        return self._classes.get(name) is cls

    # -- output types --

    def output(self, hint: Any, where: str) -> str:
        """The text of a hint's type."""
        known = unwrap(hint, where)
        end = "" if known.optional else "!"
        return self._nullable(known, where) + end

    def _nullable(self, hint: Hint, where: str) -> str:
        if hint.scalar is not None:
            return self.scalar(hint.scalar, where)
        if hint.kind is list:
            return f"[{self.output(hint.arguments[0], where)}]"
        if hint.kind is None:
            return self._union(hint, where)
        leaf = self.leaf(hint.kind, where)
        if leaf is None and typing.get_origin(hint.kind) is Connection:
            return self._object(connection_type(typing.get_args(hint.kind)[0]), where)
        return leaf or self._object(hint.kind, where)

    def leaf(self, kind: Any, where: str) -> str | None:
        """The name of a scalar or enum; None if it is neither."""
        try:
            name = _hints.SCALARS.get(kind)
        except TypeError:
            name = None
        if name is not None:
            if name not in _hints.BUILT_IN:
                made = Type("scalar", name, description=_hints.DESCRIPTIONS[name])
                self.add(made, name, where)
            return name
        if isinstance(kind, type) and issubclass(kind, enum.Enum):
            return self._enum(kind, where)
        return None

    def scalar(self, kind: Scalar, where: str) -> str:
        made = Type("scalar", kind.name, description=kind.description)
        made.specified_by = kind.specified_by
        made.serialize, made.parse = kind.serialize, kind.parse
        self.add(made, kind, where)
        return kind.name

    def _enum(self, kind: type[enum.Enum], where: str) -> str:
        made = Type("enum", name_of(kind), _hints.description_of(kind), kind)
        made.values = [(name, None, None) for name in kind.__members__]
        self.add(made, kind, where)
        return made.name

    def _union(self, hint: Hint, where: str) -> str:
        for member in hint.arguments:
            if not _is_class(member) or self.leaf(member, where):
                raise SchemaError(
                    f"{where}: a union is of classes, and {member!r} is none; use Any for a value "
                    f"of any type"
                )
        members = [self._object(member, where) for member in hint.arguments]
        name = hint.union.name if hint.union else "Or".join(members)
        made = Type("union", name, hint.union.description if hint.union else None, members=members)
        self.add(made, tuple(members), where)
        return name

    def _object(self, cls: Any, where: str) -> str:
        if not _is_class(cls):
            raise SchemaError(
                f"{where}: {cls!r} is no GraphQL type: use a dataclass, an enum, str, int, float, "
                f"bool, Any, graphql.ID, a date or time, Decimal, UUID, bytes, or a list or "
                f"Optional of these"
            )
        kind: Kind = "interface" if _hints.is_interface(cls) else "object"
        made = Type(kind, name_of(cls), _hints.description_of(cls), cls)
        if self.add(made, cls, where):
            self._names[cls.__name__] = cls
            self._queue.append(cls)
        return made.name

    # -- fields --

    def _read_class(self, cls: type) -> None:
        made = self.types[name_of(cls)]
        for base in cls.__mro__[1:]:
            if _hints.is_interface(base) and _is_class(base):
                made.interfaces.append(self._object(base, cls.__name__))
        columns = self._columns(cls, made)
        for name in dict.fromkeys(name for base in reversed(cls.__mro__) for name in vars(base)):
            method = _checked_method(cls, name)
            if method is not None:
                self._add_method(made, method, columns)
        if made.kind == "interface":
            subclasses: list[type] = cls.__subclasses__()
            for derived in subclasses:
                self._object(derived, cls.__name__)
        if not made.fields:
            raise SchemaError(
                f"{cls.__name__} has no fields: give it annotated attributes, or methods with "
                f"(cls, context, /) and a return hint"
            )

    def _columns(self, cls: type, made: Type) -> dict[str, str]:
        columns: dict[str, str] = {}
        for name, annotation, module, metadata in annotations_of(cls):
            where = f"{cls.__name__}.{name}"
            hint = self.evaluate(annotation, where, module, cls)
            column = str(metadata.get("db_column") or name)
            columns[name] = column
            shown = str(metadata.get("name", name))
            field = Field(shown, self.output(hint, where), Column(column, name))
            field.description = metadata.get("description")
            field.deprecated = metadata.get("deprecated")
            made.fields.append(field)
        return columns

    def _add_method(self, made: Type, method: Method, columns: dict[str, str]) -> None:
        where = f"{method.owner.__name__}.{method.name}"
        returns = inspect.signature(method.function).return_annotation
        if returns is inspect.Signature.empty:
            raise SchemaError(
                f"{where}: its resolver has no return hint, which is the field's type"
            )
        module = inspect.unwrap(method.function).__module__
        hint = self.evaluate(returns, where, module, method.owner)
        streams = self._streams
        result = _hints.item_of_stream(hint, where) if streams else _hints.result_of(hint)
        field = Field(method.name, self.output(result, where), Column(method.name, method.name))
        text = method.marks.description or method.function.__doc__
        field.description = inspect.cleandoc(text) if text else None
        field.deprecated = method.marks.deprecated
        made.fields = [each for each in made.fields if each.name != field.name] + [field]
        leaves = [] if streams else self._dependencies(method, made, columns)
        self._pending.append(lambda: self._bind(field, method, module, leaves, streams, columns))

    def _dependencies(self, method: Method, made: Type, columns: dict[str, str]) -> list[str]:
        if method.marks.depends_on is not None:
            needed = list(method.marks.depends_on)
        else:
            needed = [
                each.binding.name
                for each in made.fields
                if isinstance(each.binding, Column)
                and each.binding.attribute in columns
                and self._is_leaf(each.type)
            ]
        return [*needed, SELF] if method.how == "instance" else needed

    def _is_leaf(self, text: str) -> bool:
        name = text.strip("[]!")
        return name in _hints.BUILT_IN or self.types[name].kind in ("scalar", "enum")

    def _bind(
        self,
        field: Field,
        method: Method,
        module: str,
        depends_on: list[str],
        streams: bool,
        columns: dict[str, str],
    ) -> None:
        where = f"{method.owner.__name__}.{method.name}"
        field.arguments, decoders = self.inputs.arguments(method, module, where)
        field.cost = _cost(method, field, where)
        if method.marks.statement is not None:
            statement = _statement(method, field.arguments)
            if method.marks.permissions and statement.autocommit:
                raise SchemaError(
                    f"{where}: a statement with @permission is run in the field's transaction: "
                    f"leave autocommit out, or ask in `auth`"
                )
            field.binding = guarded(method, statement) if method.marks.permissions else statement
            return
        if method.marks.channel is not None:
            field.binding = self._channel(method, field.arguments, where, streams)
            return
        for name, annotation, home, _ in annotations_of(method.owner):
            hint = self.evaluate(annotation, where, home, method.owner)
            decode = self.inputs.leaf_decoder(hint, where)
            method.columns[name] = (columns.get(name, name), decode)
        call = function_of(method, decoders)
        if streams:
            call = driver(call, method.is_async)
        field.binding = Function(call, method.runs_on, depends_on, streams)

    def _channel(
        self, method: Method, arguments: list[Input], where: str, streams: bool
    ) -> Channel:
        marks, name = method.marks, str(method.marks.channel)
        if not streams or method.how == "instance" or method.is_generator:
            raise SchemaError(
                f"{where}: @channel is for a class method of the schema's subscription, without a "
                f"body: `(cls, context, /, ..) -> Iterator[..]: ...`"
            )
        known = {each.name: each for each in arguments}
        parts: list[tuple[str, str]] = []
        for text, argument in _pieces(name, where):
            parts += [("text", text)] if text else []
            if argument is None:
                continue
            if argument not in known:
                raise SchemaError(
                    f"{where}: the channel {name!r} names {{{argument}}}, and there is no such "
                    f"argument: add it, or write {{{{ and }}}} for braces"
                )
            self._check_part(known[argument], name, where)
            parts.append(("argument", argument))
        if not parts:
            raise SchemaError(f"{where}: the name of its channel is empty")
        return Channel(marks.pubsub, parts, guard_of(method))

    def _check_part(self, argument: Input, name: str, where: str) -> None:
        kind = argument.type.rstrip("!")
        fits = argument.type.endswith("!") and kind not in ("Float", "Any") and "[" not in kind
        known = kind in _hints.BUILT_IN or (
            kind in self.types and self.types[kind].kind in ("scalar", "enum")
        )
        if not fits or not known:
            raise SchemaError(
                f"{where}: the channel {name!r} is named by the argument {argument.name!r}, which "
                f"is {argument.type}: make it str, int, bool, ID, an enum or another scalar that "
                f"is always there"
            )


def _pieces(name: str, where: str) -> list[tuple[str, str | None]]:
    """The texts of a channel's name, each with the argument that follows it."""
    try:
        found = list(string.Formatter().parse(name))
    except ValueError as failure:
        raise SchemaError(f"{where}: the channel {name!r} cannot be read: {failure}") from None
    if any(spec or conversion for _, _, spec, conversion in found):
        raise SchemaError(f"{where}: the channel {name!r} has more than names between braces")
    return [(text, argument) for text, argument, _, _ in found]


def _checked_method(cls: type, name: str) -> Method | None:
    try:
        return method_of(cls, name)
    except TypeError as failure:
        raise SchemaError(str(failure)) from None


def _is_class(kind: Any) -> bool:
    plain = isinstance(kind, type) and kind.__module__ != "builtins"
    return plain and (dataclasses.is_dataclass(kind) or bool(_fields_in(kind)))


def _fields_in(kind: type) -> bool:
    own = [name for base in kind.__mro__[:-1] for name in vars(base)]
    return bool(inspect.get_annotations(kind)) or any(method_of(kind, n) for n in own)


def annotations_of(cls: type) -> list[tuple[str, Any, str, Any]]:
    """The attributes of a class, its bases' first: name, annotation, module and metadata."""
    metadata = {}
    if dataclasses.is_dataclass(cls):
        metadata = {each.name: each.metadata for each in dataclasses.fields(cls)}
    found: dict[str, tuple[str, Any, str, Any]] = {}
    for base in reversed(cls.__mro__):
        for name, annotation in inspect.get_annotations(base).items():
            if name.startswith("_") or "ClassVar" in str(annotation):
                continue
            if dataclasses.is_dataclass(cls) and name not in metadata:
                continue
            found[name] = (name, annotation, base.__module__, metadata.get(name, {}))
    return list(found.values())


def _cost(method: Method, field: Field, where: str) -> tuple[int, str, int] | None:
    cost = method.marks.cost
    if cost is None or not cost[1]:
        return cost
    sized = next((each for each in field.arguments if each.name == cost[1]), None)
    if sized is None or sized.type.rstrip("!") != "Int":
        raise SchemaError(
            f"{where}: @cost(size={cost[1]!r}) names an argument that says how many items there "
            "are, and there is no such argument of type int: add it, or give a number"
        )
    return cost


def _statement(method: Method, arguments: list[Input]) -> Statement:
    marks = method.marks
    given = marks.parameters
    if given is None:
        keys = [("parent", key) for key in marks.parent_keys]
        given = (*keys, *(("argument", each.name) for each in arguments))
    written = [(kind, json.dumps(v) if kind == "constant" else str(v)) for kind, v in given]
    known = {each.name for each in arguments}
    for kind, name in written:
        if kind == "argument" and name not in known:
            raise SchemaError(f"{method.owner.__name__}.{method.name} has no argument {name!r}")
    return Statement(
        marks.statement or "",
        written,
        list(marks.parent_keys),
        list(marks.child_keys),
        marks.autocommit,
    )
