"""How the server's values become Python's objects: the registry of typecasters."""

from collections.abc import Callable
from typing import Any

from puff import _puff
from puff._puff import PgTypecast

Casters = dict[int, PgTypecast]

# Those for every connection; a connection's and a cursor's own come first.
string_types: Casters = {}
binary_types: Casters = {}

builtin: dict[str, PgTypecast] = _puff.pg_typecasts
fallback = builtin["DEFAULT"]


def new_type(
    oids: tuple[int, ...], name: str, adapter: Callable[[str | None, Any], Any]
) -> PgTypecast:
    """A typecaster for the types with these OIDs: `adapter(text or None, cursor)` makes the object.
    It is not used before it is registered."""
    return _puff.pg_new_type(oids, name, adapter)


def new_array_type(oids: tuple[int, ...], name: str, base: PgTypecast) -> PgTypecast:
    """A typecaster for arrays whose items `base` is for."""
    return _puff.pg_new_array_type(oids, name, base)


def register_type(obj: PgTypecast, scope: Any = None) -> None:
    """Uses a typecaster in a connection, in a cursor, or (None) everywhere."""
    if not isinstance(obj, PgTypecast):
        raise TypeError(f"a typecaster is needed, not {type(obj).__name__}")
    if scope is None:
        _add(string_types, obj)
        return
    types = getattr(scope, "string_types", _MISSING)
    if types is _MISSING:
        raise TypeError("argument 2 must be a connection, cursor or None")
    if types is None:
        scope.string_types = types = {}
    _add(types, obj)


_MISSING: Any = object()


def _add(types: Casters, caster: PgTypecast) -> None:
    for oid in caster.values:
        types[oid] = caster


for _name, _caster in builtin.items():
    if _name != "DEFAULT":
        _add(string_types, _caster)
