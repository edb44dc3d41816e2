"""json and jsonb."""

import json
from collections.abc import Callable
from typing import Any

from puff._puff import PgTypecast
from puff.postgres._adapters import ISQLQuote, QuotedString
from puff.postgres._catalog import looking_up
from puff.postgres._typecasts import new_array_type, new_type, register_type

Loads = Callable[[str], Any]

_JSON, _JSON_ARRAY, _JSONB, _JSONB_ARRAY = 114, 199, 3802, 3807


class Json:
    """Any object as JSON: `execute("INSERT .. VALUES (%s)", [Json({"a": 1})])`. `dumps` makes the
    text; a derived class may override it."""

    __module__ = "puff.postgres.extras"

    def __init__(self, adapted: Any, dumps: Callable[[Any], str] | None = None) -> None:
        self.adapted = adapted
        self._conn: Any = None
        self._dumps = dumps or json.dumps

    def __conform__(self, proto: Any) -> Any:
        return self if proto is ISQLQuote else None

    def dumps(self, obj: Any) -> str:
        """The object's text."""
        return self._dumps(obj)

    def prepare(self, conn: Any) -> None:
        """Takes encoding and quoting from a connection."""
        self._conn = conn

    def getquoted(self) -> bytes:
        """The literal."""
        text = QuotedString(self.dumps(self.adapted))
        if self._conn is not None:
            text.prepare(self._conn)
        return text.getquoted()

    def __str__(self) -> str:
        return self.getquoted().decode("ascii", "replace")


def register_json(
    conn_or_curs: Any = None,
    globally: bool = False,
    loads: Loads | None = None,
    oid: int | None = None,
    array_oid: int | None = None,
    name: str = "json",
) -> tuple[PgTypecast, PgTypecast | None]:
    """Makes objects of a JSON type with `loads` (json.loads): in a connection or cursor, or
    everywhere. The type is known by its OIDs, or looked up by its name."""
    if oid is None:
        oid, array_oid = _get_json_oids(conn_or_curs, name)
    caster = new_type((oid,), name.upper(), _caster(loads or json.loads))
    scope = None if globally else conn_or_curs
    register_type(caster, scope)
    if array_oid is None:
        return caster, None
    array = new_array_type((array_oid,), f"{name.upper()}ARRAY", caster)
    register_type(array, scope)
    return caster, array


def register_default_json(
    conn_or_curs: Any = None, globally: bool = False, loads: Loads | None = None
) -> tuple[PgTypecast, PgTypecast | None]:
    """`register_json` for PostgreSQL's json."""
    return register_json(conn_or_curs, globally, loads, _JSON, _JSON_ARRAY)


def register_default_jsonb(
    conn_or_curs: Any = None, globally: bool = False, loads: Loads | None = None
) -> tuple[PgTypecast, PgTypecast | None]:
    """`register_json` for PostgreSQL's jsonb."""
    return register_json(conn_or_curs, globally, loads, _JSONB, _JSONB_ARRAY, "jsonb")


def _caster(loads: Loads) -> Callable[[str | None, Any], Any]:
    def cast(text: str | None, _: Any) -> Any:
        return None if text is None else loads(text)

    return cast


def _get_json_oids(conn_or_curs: Any, name: str = "json") -> tuple[int, int]:
    with looking_up(conn_or_curs) as curs:
        curs.execute("SELECT oid, typarray FROM pg_type WHERE typname = %s", (name,))
        found: tuple[int, int] | None = curs.fetchone()
    if found is None:
        raise curs.connection.ProgrammingError(f"{name} data type not found")
    return found
