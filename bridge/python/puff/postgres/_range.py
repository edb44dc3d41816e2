"""Ranges."""

import re
from typing import Any, cast

from puff.postgres._adapters import ISQLQuote, adapt, quoted, register_adapter
from puff.postgres._catalog import ask_about, looking_up
from puff.postgres._exceptions import InterfaceError, ProgrammingError
from puff.postgres._typecasts import new_array_type, new_type, register_type


class Range:
    """A range of values: from `lower` to `upper` (None: without end), `bounds` telling by [ or (
    whether the ends belong to it; or empty."""

    __module__ = "puff.postgres.extras"
    __slots__ = ("_bounds", "_lower", "_upper")

    _lower: Any
    _upper: Any
    _bounds: str | None

    def __init__(
        self, lower: Any = None, upper: Any = None, bounds: str = "[)", empty: bool = False
    ) -> None:
        if empty:
            self._lower = self._upper = self._bounds = None
            return
        if bounds not in ("[)", "(]", "()", "[]"):
            raise ValueError(f"bound flags not valid: {bounds!r}")
        self._lower = lower
        self._upper = upper
        self._bounds = bounds

    def __repr__(self) -> str:
        name = type(self).__name__
        if self._bounds is None:
            return f"{name}(empty=True)"
        return f"{name}({self._lower!r}, {self._upper!r}, {self._bounds!r})"

    def __str__(self) -> str:
        if self._bounds is None:
            return "empty"
        return f"{self._bounds[0]}{self._lower}, {self._upper}{self._bounds[1]}"

    @property
    def lower(self) -> Any:
        """The lower end; None if there is none."""
        return self._lower

    @property
    def upper(self) -> Any:
        """The upper end; None if there is none."""
        return self._upper

    @property
    def isempty(self) -> bool:
        """Whether nothing is in it."""
        return self._bounds is None

    @property
    def lower_inf(self) -> bool:
        """Whether it goes down without end."""
        return self._bounds is not None and self._lower is None

    @property
    def upper_inf(self) -> bool:
        """Whether it goes up without end."""
        return self._bounds is not None and self._upper is None

    @property
    def lower_inc(self) -> bool:
        """Whether the lower end is in it."""
        return self._bounds is not None and self._lower is not None and self._bounds[0] == "["

    @property
    def upper_inc(self) -> bool:
        """Whether the upper end is in it."""
        return self._bounds is not None and self._upper is not None and self._bounds[1] == "]"

    def __contains__(self, x: Any) -> bool:
        if self._bounds is None:
            return False
        above = self._lower is None or (
            x >= self._lower if self._bounds[0] == "[" else x > self._lower
        )
        below = self._upper is None or (
            x <= self._upper if self._bounds[1] == "]" else x < self._upper
        )
        return bool(above and below)

    def __bool__(self) -> bool:
        return self._bounds is not None

    def _parts(self) -> tuple[Any, ...]:
        return self._lower, self._upper, self._bounds

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Range) and self._parts() == other._parts()

    def __hash__(self) -> int:
        return hash(self._parts())

    # An order that is good for sorting: None before anything.
    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Range):
            return NotImplemented
        for mine, theirs in zip(self._parts(), other._parts(), strict=True):
            if mine == theirs:
                continue
            if mine is None or theirs is None:
                return mine is None
            return bool(mine < theirs)
        return False

    def __le__(self, other: object) -> bool:
        return True if self == other else self.__lt__(other)

    def __gt__(self, other: object) -> bool:
        return other.__lt__(self) if isinstance(other, Range) else NotImplemented

    def __ge__(self, other: object) -> bool:
        return True if self == other else self.__gt__(other)

    def __getstate__(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in Range.__slots__}

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            setattr(self, name, value)


class NumericRange(Range):
    """int4range, int8range and numrange."""

    __module__ = "puff.postgres.extras"


class DateRange(Range):
    """daterange."""

    __module__ = "puff.postgres.extras"


class DateTimeRange(Range):
    """tsrange."""

    __module__ = "puff.postgres.extras"


class DateTimeTZRange(Range):
    """tstzrange."""

    __module__ = "puff.postgres.extras"


class RangeAdapter:
    """Writes a range as a call of the type's function; a derived class says its `name`."""

    name: str | None = None
    _conn: Any = None

    def __init__(self, adapted: Range) -> None:
        self.adapted = adapted

    def __conform__(self, proto: Any) -> Any:
        return self if proto is ISQLQuote else None

    def prepare(self, conn: Any) -> None:
        """What the ends' adapters are prepared with."""
        self._conn = conn

    def getquoted(self) -> bytes:
        """The literal."""
        if self.name is None:
            raise NotImplementedError(
                "RangeAdapter must be subclassed overriding its name or the getquoted() method"
            )
        name = self.name.encode()
        value = self.adapted
        if value.isempty:
            return b"'empty'::" + name
        ends = [self._end(value.lower), self._end(value.upper)]
        bounds = str(value._bounds).encode()
        return name + b"(" + b", ".join(ends) + b", '" + bounds + b"')"

    def _end(self, value: Any) -> bytes:
        return b"NULL" if value is None else bytes(quoted(value, self._conn))


class NumberRangeAdapter(RangeAdapter):
    """Writes a range of numbers without its type, so that it fits each of them."""

    def getquoted(self) -> bytes:
        value = self.adapted
        if value.isempty:
            return b"'empty'"
        lower, upper = (
            "" if end is None else adapt(end).getquoted().decode("ascii")
            for end in (value.lower, value.upper)
        )
        bounds = str(value._bounds)
        return f"'{bounds[0]}{lower},{upper}{bounds[1]}'".encode("ascii")


_RANGE = re.compile(
    r"""([(\[])                            # whether the lower end belongs to it
        (?:"((?:[^"]|"")*)"|([^",]+))?     # quoted, or not, or missing
        ,
        (?:"((?:[^"]|"")*)"|([^"\)\]]+))?
        ([)\]])""",
    re.VERBOSE,
)
_DOUBLED = re.compile(r'(["\\])\1')


class RangeCaster:
    """Ties a PostgreSQL range type to a class derived from Range (or to a new one of that name):
    `adapter`, `range`, `typecaster`, `array_typecaster`."""

    def __init__(
        self,
        pgrange: str | type[RangeAdapter],
        pyrange: str | type[Range],
        oid: int,
        subtype_oid: int,
        array_oid: int | None = None,
    ) -> None:
        self.subtype_oid = subtype_oid
        self.adapter = _adapter_class(pgrange)
        self.range = _range_class(pyrange)
        name = self.adapter.name or self.adapter.__name__
        self.typecaster = new_type((oid,), name, self.parse)
        self.array_typecaster = (
            None
            if array_oid is None
            else new_array_type((array_oid,), name + "ARRAY", self.typecaster)
        )

    def parse(self, s: str | None, cur: Any = None) -> Range | None:
        """The range of its text."""
        if s is None:
            return None
        if s == "empty":
            return self.range(empty=True)
        match = _RANGE.match(s)
        if match is None:
            raise InterfaceError(f"failed to parse range: '{s}'")
        lower, upper = _end(match[2], match[3]), _end(match[4], match[5])
        if cur is not None:
            lower = cur.cast(self.subtype_oid, lower)
            upper = cur.cast(self.subtype_oid, upper)
        return self.range(lower, upper, match[1] + match[6])

    def _register(self, scope: Any = None) -> None:
        register_type(self.typecaster, scope)
        if self.array_typecaster is not None:
            register_type(self.array_typecaster, scope)
        register_adapter(self.range, self.adapter)


def _end(quoted_text: str | None, bare: str | None) -> str | None:
    return bare if quoted_text is None else _DOUBLED.sub(r"\1", quoted_text)


def _adapter_class(pgrange: Any) -> type[RangeAdapter]:
    if isinstance(pgrange, str):
        return type(pgrange, (RangeAdapter,), {"name": pgrange})
    is_adapter = isinstance(pgrange, type) and issubclass(pgrange, RangeAdapter)
    if is_adapter and pgrange is not RangeAdapter:
        return cast(type[RangeAdapter], pgrange)
    raise TypeError("pgrange must be a string or a RangeAdapter strict subclass")


def _range_class(pyrange: Any) -> type[Range]:
    if isinstance(pyrange, str):
        return type(pyrange, (Range,), {})
    if isinstance(pyrange, type) and issubclass(pyrange, Range) and pyrange is not Range:
        return pyrange
    raise TypeError("pyrange must be a type or a Range strict subclass")


def register_range(
    pgrange: str, pyrange: str | type[Range], conn_or_curs: Any, globally: bool = False
) -> RangeCaster:
    """Ties the range type of that name, as the server of `conn_or_curs` knows it, to a class: in
    that connection or cursor, or everywhere. ProgrammingError if there is no such type."""
    with looking_up(conn_or_curs) as curs:
        found = ask_about(
            curs,
            "SELECT r.rngtypid, r.rngsubtype, t.typarray FROM pg_range r"
            " JOIN pg_type t ON t.oid = r.rngtypid"
            " JOIN pg_namespace ns ON ns.oid = t.typnamespace WHERE",
            pgrange,
        )
    if not found:
        raise ProgrammingError(f"PostgreSQL range '{pgrange}' not found")
    oid, item_oid, array_oid = found[0]
    caster = RangeCaster(pgrange, pyrange, oid, item_oid, array_oid)
    caster._register(None if globally else conn_or_curs)
    return caster


for _pg, _py, _oids in (
    (NumberRangeAdapter, NumericRange, (3904, 23, 3905)),
    (NumberRangeAdapter, NumericRange, (3926, 20, 3927)),
    (NumberRangeAdapter, NumericRange, (3906, 1700, 3907)),
    ("daterange", DateRange, (3912, 1082, 3913)),
    ("tsrange", DateTimeRange, (3908, 1114, 3909)),
    ("tstzrange", DateTimeTZRange, (3910, 1184, 3911)),
):
    RangeCaster(_pg, _py, *_oids)._register()
