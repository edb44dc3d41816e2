"""Statements put together from parts, with names and values quoted as they must be:

    cursor.execute(
        SQL("SELECT {} FROM {} WHERE id = %s").format(Identifier("name"), Identifier("people")), [7]
    )

What has to vary in a statement and is no value (a table's name, say) goes through `Identifier`."""

import string
from collections.abc import Iterable, Iterator
from typing import Any

from puff.postgres._adapters import quoted
from puff.postgres._connection import connection
from puff.postgres._cursor import cursor
from puff.postgres._identifiers import quote_ident

__all__ = [
    "DEFAULT",
    "NULL",
    "SQL",
    "Composable",
    "Composed",
    "Identifier",
    "Literal",
    "Placeholder",
]


class Composable:
    """A part of a statement; `execute` takes it for the whole. `+` joins parts, `* n` repeats
    one."""

    _wrapped: Any

    def __init__(self, wrapped: Any) -> None:
        self._wrapped = wrapped

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._wrapped!r})"

    def as_string(self, context: Any) -> str:
        """Its text, for a connection or cursor."""
        raise NotImplementedError

    def __add__(self, other: object) -> "Composed":
        if isinstance(other, Composed):
            return Composed([self, *other])
        if isinstance(other, Composable):
            return Composed([self, other])
        return NotImplemented

    def __mul__(self, n: int) -> "Composed":
        return Composed([self] * n)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._wrapped == other._wrapped

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None  # type: ignore[assignment]


class Composed(Composable):
    """Several parts, one after the other."""

    def __init__(self, seq: Iterable[Composable]) -> None:
        parts = list(seq)
        for part in parts:
            if not isinstance(part, Composable):
                raise TypeError(f"Composed elements must be Composable, got {part!r} instead")
        super().__init__(parts)

    @property
    def seq(self) -> list[Composable]:
        """The parts."""
        return list(self._wrapped)

    def as_string(self, context: Any) -> str:
        return "".join([part.as_string(context) for part in self._wrapped])

    def __iter__(self) -> Iterator[Composable]:
        return iter(self._wrapped)

    def __add__(self, other: object) -> "Composed":
        if isinstance(other, Composed):
            return Composed([*self, *other])
        if isinstance(other, Composable):
            return Composed([*self, other])
        return NotImplemented

    def join(self, joiner: "SQL | str") -> "Composed":
        """The parts with `joiner` between them."""
        if isinstance(joiner, str):
            joiner = SQL(joiner)
        if not isinstance(joiner, SQL):
            raise TypeError("Composed.join() argument must be a string or an SQL")
        return joiner.join(self)


class SQL(Composable):
    """Text that is SQL already. Never make one of what comes from outside."""

    def __init__(self, string: str) -> None:
        if not isinstance(string, str):
            raise TypeError("SQL values must be strings")
        super().__init__(string)

    @property
    def string(self) -> str:
        """The text."""
        return str(self._wrapped)

    def as_string(self, context: Any) -> str:
        return str(self._wrapped)

    def format(self, *args: Composable, **kwargs: Composable) -> Composed:
        """Puts parts in the place of {}, {0} and {name}. {{ and }} are braces."""
        parts: list[Any] = []
        # The next number of {}; None once a number was written.
        number: int | None = 0
        for text, name, spec, conversion in string.Formatter().parse(self._wrapped):
            if spec:
                raise ValueError("no format specification supported by SQL")
            if conversion:
                raise ValueError("no format conversion supported by SQL")
            if text:
                parts.append(SQL(text))
            if name is None:
                continue
            if name.isdigit():
                if number:
                    raise ValueError("cannot switch from automatic field numbering to manual")
                number = None
                parts.append(args[int(name)])
            elif name:
                parts.append(kwargs[name])
            else:
                if number is None:
                    raise ValueError("cannot switch from manual field numbering to automatic")
                parts.append(args[number])
                number += 1
        return Composed(parts)

    def join(self, seq: Iterable[Composable]) -> Composed:
        """The parts of `seq` with this text between them."""
        parts: list[Composable] = []
        for part in seq:
            if parts:
                parts.append(self)
            parts.append(part)
        return Composed(parts)


class Identifier(Composable):
    """A name, or several with dots between them, in double quotes."""

    def __init__(self, *strings: str) -> None:
        if not strings:
            raise TypeError("Identifier cannot be empty")
        for part in strings:
            if not isinstance(part, str):
                raise TypeError("SQL identifier parts must be strings")
        super().__init__(strings)

    @property
    def strings(self) -> tuple[str, ...]:
        """The names."""
        names: tuple[str, ...] = self._wrapped
        return names

    @property
    def string(self) -> str:
        """The name, if it is one."""
        if len(self._wrapped) != 1:
            raise AttributeError("the Identifier wraps more than one than one string")
        return str(self._wrapped[0])

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self._wrapped))})"

    def as_string(self, context: Any) -> str:
        return ".".join([quote_ident(name, context) for name in self._wrapped])


class Literal(Composable):
    """A value, quoted by its adapter. As an argument of `execute` it is better."""

    @property
    def wrapped(self) -> Any:
        """The value."""
        return self._wrapped

    def as_string(self, context: Any) -> str:
        conn = context.connection if isinstance(context, cursor) else context
        if not isinstance(conn, connection):
            raise TypeError("context must be a connection or a cursor")
        literal = quoted(self._wrapped, conn)
        return conn._decoded(literal) if isinstance(literal, bytes) else str(literal)


class Placeholder(Composable):
    """%s, or %(name)s."""

    def __init__(self, name: str | None = None) -> None:
        if isinstance(name, str):
            if ")" in name:
                raise ValueError(f"invalid name: {name!r}")
        elif name is not None:
            raise TypeError(f"expected string or None as name, got {name!r}")
        super().__init__(name)

    @property
    def name(self) -> str | None:
        """Its name, or None."""
        name: str | None = self._wrapped
        return name

    def __repr__(self) -> str:
        return f"{type(self).__name__}({'' if self._wrapped is None else repr(self._wrapped)})"

    def as_string(self, context: Any) -> str:
        return "%s" if self._wrapped is None else f"%({self._wrapped})s"


NULL = SQL("NULL")
DEFAULT = SQL("DEFAULT")
