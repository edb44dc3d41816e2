"""hstore: dicts of str."""

import re
from typing import Any

from puff.postgres._adapters import quoted, register_adapter
from puff.postgres._catalog import looking_up
from puff.postgres._exceptions import InterfaceError, ProgrammingError
from puff.postgres._typecasts import new_array_type, new_type, register_type

_PAIR = re.compile(
    r"""
    "((?:[^"\\]|\\.)*)"                   # the key
    \s*=>\s*
    (?:NULL|"((?:[^"\\]|\\.)*)")          # the value
    (?:\s*,\s*|$)
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class HstoreAdapter:
    """Writes a dict as a call of hstore(keys, values)."""

    conn: Any = None

    def __init__(self, wrapped: dict[str, str | None]) -> None:
        self.wrapped = wrapped

    def prepare(self, conn: Any) -> None:
        """What keys and values are prepared with."""
        self.conn = conn

    def getquoted(self) -> bytes:
        """The literal."""
        if not self.wrapped:
            return b"''::hstore"
        keys = quoted(list(self.wrapped.keys()), self.conn)
        values = quoted(list(self.wrapped.values()), self.conn)
        return bytes(b"hstore(" + keys + b", " + values + b")")

    # The name that psycopg2 gives to this way.
    _getquoted_9 = getquoted

    @classmethod
    def parse(cls, s: str | None, cur: Any = None) -> dict[str, str | None] | None:
        """The dict of its text: "a"=>"1", "b"=>NULL."""
        if s is None:
            return None
        pairs: dict[str, str | None] = {}
        place = 0
        for match in _PAIR.finditer(s):
            if match.start() != place:
                raise InterfaceError(f"error parsing hstore pair at char {place}")
            key, value = match.groups()
            pairs[_ESCAPED.sub(r"\1", key)] = None if value is None else _ESCAPED.sub(r"\1", value)
            place = match.end()
        if place < len(s):
            raise InterfaceError(f"error parsing hstore: unparsed data after char {place}")
        return pairs

    @classmethod
    def get_oids(cls, conn_or_curs: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The OIDs of hstore and hstore[], in whichever schemas they are."""
        with looking_up(conn_or_curs) as curs:
            curs.execute("SELECT oid, typarray FROM pg_type WHERE typname = 'hstore'")
            found = curs.fetchall()
        return tuple(oid for oid, _ in found), tuple(array for _, array in found)


def register_hstore(
    conn_or_curs: Any,
    globally: bool = False,
    unicode: bool = False,
    oid: int | tuple[int, ...] | None = None,
    array_oid: int | tuple[int, ...] | None = None,
) -> None:
    """Makes dicts of hstore values (in a connection or cursor, or everywhere) and hstore values of
    dicts (everywhere). `unicode` has no meaning any more."""
    if oid is None:
        oid, array_oid = HstoreAdapter.get_oids(conn_or_curs)
        if not oid:
            raise ProgrammingError(
                "hstore type not found in the database: CREATE EXTENSION hstore makes it"
            )
    scope = None if globally else conn_or_curs
    caster = new_type(_tuple(oid), "HSTORE", HstoreAdapter.parse)
    register_type(caster, scope)
    register_adapter(dict, HstoreAdapter)
    if array_oids := tuple(number for number in _tuple(array_oid) if number):
        register_type(new_array_type(array_oids, "HSTOREARRAY", caster), scope)


def _tuple(oids: int | tuple[int, ...] | None) -> tuple[int, ...]:
    if oids is None:
        return ()
    return (oids,) if isinstance(oids, int) else tuple(oids)
