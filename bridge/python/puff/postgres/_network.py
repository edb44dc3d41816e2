"""Network addresses and UUIDs."""

import ipaddress
import uuid
import warnings
from typing import Any

from puff._puff import PgTypecast
from puff.postgres._adapters import (
    ISQLQuote,
    QuotedString,
    defaults,
    quoted,
    register_adapter,
)
from puff.postgres._typecasts import new_array_type, new_type, register_type

_UUID, _UUID_ARRAY = 2950, 2951
_INET, _INET_ARRAY = 869, 1041
_CIDR, _CIDR_ARRAY = 650, 651


class UUID_adapter:
    """Writes a uuid.UUID."""

    def __init__(self, uuid: uuid.UUID) -> None:
        self._uuid = uuid

    def __conform__(self, proto: Any) -> Any:
        return self if proto is ISQLQuote else None

    def getquoted(self) -> bytes:
        """The literal."""
        return f"'{self._uuid}'::uuid".encode()

    def __str__(self) -> str:
        return f"'{self._uuid}'::uuid"


# C++ writes UUIDs while this is their adapter.
defaults[(uuid.UUID, ISQLQuote)] = UUID_adapter


def _two(oids: Any, kind: int, array: int) -> tuple[int, int]:
    """The OIDs of a type and its array, of what a program gave: nothing, one, or both."""
    if not oids:
        return kind, array
    if isinstance(oids, list | tuple):
        given, given_array = oids
        return given, given_array
    return oids, array


def register_uuid(oids: Any = None, conn_or_curs: Any = None) -> PgTypecast:
    """Makes uuid.UUID of uuid values (in a connection or cursor, or everywhere), and writes
    them."""
    from puff.postgres import extensions

    oid, array_oid = _two(oids, _UUID, _UUID_ARRAY)
    caster = new_type((oid,), "UUID", lambda text, _: uuid.UUID(text) if text else None)
    array = new_array_type((array_oid,), "UUID[]", caster)
    register_type(caster, conn_or_curs)
    register_type(array, conn_or_curs)
    register_adapter(uuid.UUID, UUID_adapter)
    extensions.UUID, extensions.UUIDARRAY = caster, array
    return caster


class Inet:
    """An address as text, written as inet."""

    __module__ = "puff.postgres.extras"
    _conn: Any = None

    def __init__(self, addr: Any) -> None:
        self.addr = addr

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.addr!r})"

    def prepare(self, conn: Any) -> None:
        """Takes encoding and quoting from a connection."""
        self._conn = conn

    def getquoted(self) -> bytes:
        """The literal."""
        return bytes(quoted(self.addr, self._conn)) + b"::inet"

    def __conform__(self, proto: Any) -> Any:
        return self if proto is ISQLQuote else None

    def __str__(self) -> str:
        return str(self.addr)


def register_inet(oid: Any = None, conn_or_curs: Any = None) -> PgTypecast:
    """Makes Inet of inet values. `register_ipaddress` is better."""
    from puff.postgres import extensions

    warnings.warn(
        "the inet adapter is deprecated, it's not very useful", DeprecationWarning, stacklevel=2
    )
    kind, array_oid = _two(oid, _INET, _INET_ARRAY)
    caster = new_type((kind,), "INET", lambda text, _: Inet(text) if text else None)
    array = new_array_type((array_oid,), "INETARRAY", caster)
    register_type(caster, conn_or_curs)
    register_type(array, conn_or_curs)
    extensions.INET, extensions.INETARRAY = caster, array
    return caster


def register_ipaddress(conn_or_curs: Any = None) -> None:
    """Makes interfaces and networks of the module ipaddress of inet and cidr values (in a
    connection or cursor, or everywhere), and writes them."""
    inet = new_type((_INET,), "INET", lambda t, _: ipaddress.ip_interface(t) if t else None)
    cidr = new_type((_CIDR,), "CIDR", lambda t, _: ipaddress.ip_network(t) if t else None)
    for caster in (
        inet,
        new_array_type((_INET_ARRAY,), "INET[]", inet),
        cidr,
        new_array_type((_CIDR_ARRAY,), "CIDR[]", cidr),
    ):
        register_type(caster, conn_or_curs)
    for kind in (
        ipaddress.IPv4Interface,
        ipaddress.IPv6Interface,
        ipaddress.IPv4Network,
        ipaddress.IPv6Network,
    ):
        register_adapter(kind, adapt_ipaddress)


def adapt_ipaddress(obj: Any) -> QuotedString:
    """The adapter of what the module ipaddress makes."""
    return QuotedString(str(obj))
