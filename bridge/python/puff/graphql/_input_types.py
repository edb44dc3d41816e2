"""Arguments and input types: their names, defaults, and how they are decoded."""

import dataclasses
import enum
import inspect
from typing import TYPE_CHECKING, Any

from puff.graphql import _hints
from puff.graphql._failures import SchemaError
from puff.graphql._hints import Hint, name_of, unwrap
from puff.graphql._inputs import (
    SCALAR_DECODERS,
    Decoder,
    Unset,
    decode_items,
    decode_member,
    default_of,
    input_decoder,
    unless_none,
)
from puff.graphql._leaves import literal
from puff.graphql._methods import Method
from puff.graphql._spec import Input, Type

if TYPE_CHECKING:
    from puff.graphql._reader import Reader


class InputTypes:
    """The input types of a schema, as arguments lead to them."""

    def __init__(self, reader: "Reader") -> None:
        self._reader = reader
        self._decoders: dict[type, Decoder] = {}
        self._fields: dict[type, dict[str, tuple[Decoder | None, bool]]] = {}
        self._queue: list[type] = []

    def read(self) -> None:
        """Reads the classes that were met."""
        while self._queue:
            self._read_class(self._queue.pop(0))

    def arguments(
        self, method: Method, module: str, where: str
    ) -> tuple[list[Input], dict[str, Decoder]]:
        """The arguments of a method, and the decoders of those that need one."""
        made, decoders = [], {}
        for name, parameter in method.parameters.items():
            if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
                continue
            at = f"{where}, argument {name}"
            if parameter.annotation is inspect.Parameter.empty:
                raise SchemaError(f"{at}: it has no hint, which is its type")
            hint = self._reader.evaluate(parameter.annotation, at, module, method.owner)
            empty = inspect.Parameter.empty
            default = dataclasses.MISSING if parameter.default is empty else parameter.default
            one, decode = self._input(name, hint, default, at)
            made.append(one)
            if decode is not None:
                decoders[name] = decode
        return made, decoders

    def _input(
        self, name: str, hint: Any, default: Any, where: str
    ) -> tuple[Input, Decoder | None]:
        text, decode = self.input(hint, where)
        made = Input(name, text)
        if default is not dataclasses.MISSING:
            made.default = (
                None if default is None or isinstance(default, Unset) else literal(default)
            )
            if made.default is None:
                made.type = made.type.removesuffix("!")
        return made, decode

    def input(self, hint: Any, where: str) -> tuple[str, Decoder | None]:
        """The text of a hint's type, and the decoder of its values."""
        known = unwrap(hint, where)
        text, decode = self._nullable(known, where)
        return text + ("" if known.optional else "!"), decode

    def leaf_decoder(self, hint: Any, where: str) -> Decoder | None:
        """How a column of the hint's type is decoded."""
        known = unwrap(hint, where)
        if known.scalar is not None or known.kind in (None, float):
            return None
        if known.kind is list:
            return decode_items(self.leaf_decoder(known.arguments[0], where))
        if isinstance(known.kind, type) and issubclass(known.kind, enum.Enum):
            return decode_member(known.kind)
        return SCALAR_DECODERS.get(known.kind)

    def _nullable(self, hint: Hint, where: str) -> tuple[str, Decoder | None]:
        if hint.scalar is not None:
            return self._reader.scalar(hint.scalar, where), None  # parsed before the call
        if hint.kind is list:
            text, decode = self.input(hint.arguments[0], where)
            return f"[{text}]", decode_items(decode)
        if hint.kind is None:
            raise SchemaError(
                f"{where}: an argument cannot be a union: use an input type (@one_of)"
            )
        leaf = self._reader.leaf(hint.kind, where)
        if leaf is None:
            return self._class(hint.kind, where)
        if isinstance(hint.kind, type) and issubclass(hint.kind, enum.Enum):
            return leaf, decode_member(hint.kind)
        decode = SCALAR_DECODERS.get(hint.kind)
        return leaf, unless_none(decode) if decode else None

    def _class(self, cls: Any, where: str) -> tuple[str, Decoder]:
        if not isinstance(cls, type) or not dataclasses.is_dataclass(cls):
            raise SchemaError(
                f"{where}: {cls!r} is no type of an argument: use a dataclass, an enum, str, int, "
                f"float, bool, graphql.ID, a date or time, Decimal, UUID, bytes, or a list or "
                f"Optional of these"
            )
        name = name_of(cls)
        if self._reader.has_class(name, cls):
            name += "Input"
        made = Type("input", name, _hints.description_of(cls))
        made.one_of = "__graphql_one_of__" in cls.__dict__
        if self._reader.add(made, (cls, "input"), where):
            self._queue.append(cls)
            self._fields[cls] = {}
            self._decoders[cls] = input_decoder(cls, self._fields[cls])
        return name, self._decoders[cls]

    def _read_class(self, cls: type) -> None:
        from puff.graphql._reader import annotations_of

        name = name_of(cls)
        made = self._reader.types[name + "Input" if self._reader.has_class(name, cls) else name]
        defaults = {each.name: default_of(each) for each in dataclasses.fields(cls)}
        for name, annotation, module, metadata in annotations_of(cls):
            where = f"{cls.__name__}.{name}"
            hint = self._reader.evaluate(annotation, where, module, cls)
            one, decode = self._input(name, hint, defaults[name], where)
            one.description = metadata.get("description")
            one.deprecated = metadata.get("deprecated")
            made.inputs.append(one)
            self._fields[cls][name] = (decode, defaults[name] is dataclasses.MISSING)
