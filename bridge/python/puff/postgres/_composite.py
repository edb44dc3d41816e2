"""Composite types: rows inside a column."""

import re
from collections import namedtuple
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Self

from puff.postgres._catalog import ask_about, looking_up
from puff.postgres._exceptions import DataError, ProgrammingError
from puff.postgres._names import field_name
from puff.postgres._typecasts import new_array_type, new_type, register_type

_TOKEN = re.compile(
    r"""\(?([,)])                      # nothing: NULL
      | \(?"((?:[^"]|"")*)"[,)]        # quoted
      | \(?([^",)]+)[,)]               # bare""",
    re.VERBOSE,
)
_DOUBLED = re.compile(r'(["\\])\1')


class CompositeCaster:
    """Makes a namedtuple of each value of a composite type: `type`, `typecaster`,
    `array_typecaster`. A derived class may override `make`."""

    def __init__(
        self,
        name: str,
        oid: int,
        attrs: Iterable[tuple[str, int]],
        array_oid: int | None = None,
        schema: str | None = None,
    ) -> None:
        self.name = name
        self.schema = schema
        self.oid = oid
        self.array_oid = array_oid
        fields = list(attrs)
        self.attnames = [field for field, _ in fields]
        self.atttypes = [kind for _, kind in fields]
        self._create_type(name, self.attnames)
        self.typecaster = new_type((oid,), name, self.parse)
        self.array_typecaster = (
            new_array_type((array_oid,), f"{name}ARRAY", self.typecaster) if array_oid else None
        )

    def parse(self, s: str | None, curs: Any) -> Any:
        """The object of a value's text."""
        if s is None:
            return None
        tokens = self.tokenize(s)
        if len(tokens) != len(self.atttypes):
            raise DataError(
                f"expecting {len(self.atttypes)} components for the type {self.name}, "
                f"{len(tokens)} found instead"
            )
        kinds = zip(self.atttypes, tokens, strict=True)
        return self.make([curs.cast(kind, token) for kind, token in kinds])

    def make(self, values: Sequence[Any]) -> Any:
        """The object of a value's parts."""
        return self._ctor(values)

    @classmethod
    def tokenize(cls, s: str) -> list[str | None]:
        """The parts of a value's text; None is NULL."""
        parts: list[str | None] = []
        for match in _TOKEN.finditer(s):
            nothing, quoted, bare = match.groups()
            if nothing is not None:
                parts.append(None)
            else:
                parts.append(bare if quoted is None else _DOUBLED.sub(r"\1", quoted))
        return parts

    def _create_type(self, name: str, attnames: list[str]) -> None:
        made: Any = namedtuple(field_name(name), attnames)  # type: ignore[misc]
        self.type = made
        self._ctor: Callable[[Sequence[Any]], Any] = made._make

    @classmethod
    def _from_db(cls, name: str, conn_or_curs: Any) -> Self:
        with looking_up(conn_or_curs) as curs:
            rows = ask_about(
                curs,
                "SELECT a.attnum, t.oid, t.typarray, a.attname, a.atttypid, t.typname, ns.nspname"
                " FROM pg_type t JOIN pg_namespace ns ON t.typnamespace = ns.oid"
                " JOIN pg_attribute a ON a.attrelid = t.typrelid"
                " WHERE a.attnum > 0 AND NOT a.attisdropped AND",
                name,
            )
        if not rows:
            raise ProgrammingError(f"PostgreSQL type '{name}' not found")
        rows.sort()
        _, oid, array_oid, _, _, bare, schema = rows[0]
        fields = [(row[3], row[4]) for row in rows]
        return cls(bare, oid, fields, array_oid=array_oid, schema=schema)


def register_composite(
    name: str,
    conn_or_curs: Any,
    globally: bool = False,
    factory: type[CompositeCaster] | None = None,
) -> CompositeCaster:
    """Makes objects of the composite type of that name, as the server of `conn_or_curs` knows it:
    in that connection or cursor, or everywhere. ProgrammingError if there is no such type."""
    caster = (factory or CompositeCaster)._from_db(name, conn_or_curs)
    scope = None if globally else conn_or_curs
    register_type(caster.typecaster, scope)
    if caster.array_typecaster is not None:
        register_type(caster.array_typecaster, scope)
    return caster
