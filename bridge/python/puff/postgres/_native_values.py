"""How the native API gives values to the server ($1, $2, ..) and makes rows of what it answers."""

import datetime
import decimal
import enum
import ipaddress
import json
import uuid
from collections.abc import Callable
from typing import Any

from puff import _puff
from puff.postgres import _typecasts
from puff.postgres._exceptions import InternalError

# A value that is sent in binary form: everything else is text, whose meaning the server knows.
_BYTES = (bytes, bytearray, memoryview)


def _interval(value: datetime.timedelta) -> str:
    return f"{value.days} days {value.seconds}.{value.microseconds:06d} seconds"


def _array(items: list[Any] | tuple[Any, ...]) -> str:
    return _puff.pg_array_text(items, text_of)


_TEXT: dict[type, Callable[[Any], str]] = {
    str: str,
    bool: lambda value: "t" if value else "f",
    int: int.__repr__,
    float: float.__repr__,
    decimal.Decimal: str,
    datetime.datetime: datetime.datetime.isoformat,
    datetime.date: datetime.date.isoformat,
    datetime.time: datetime.time.isoformat,
    datetime.timedelta: _interval,
    uuid.UUID: str,
    dict: json.dumps,
    list: _array,
    tuple: _array,
    enum.Enum: lambda value: text_of(value.value),
    **dict.fromkeys(
        (
            ipaddress.IPv4Address,
            ipaddress.IPv6Address,
            ipaddress.IPv4Interface,
            ipaddress.IPv6Interface,
            ipaddress.IPv4Network,
            ipaddress.IPv6Network,
        ),
        str,
    ),
}


def text_of(value: Any) -> str:
    """A value that is not None and no bytes as PostgreSQL reads it. TypeError for a type that has
    no text."""
    make = _TEXT.get(type(value))
    if make is None:
        for base in type(value).__mro__:
            if base in _TEXT:
                make = _TEXT[base]
                break
        else:
            raise TypeError(f"PostgreSQL is not given a {type(value).__name__}: convert it first")
    return make(value)


_MOST_STATEMENTS = 4096
# Statements whose results can be asked for in binary form.
_binary_statements: set[str] = set()


def wants_binary(sql: str) -> bool:
    """Whether to ask for the statement's results in binary form."""
    return sql in _binary_statements


_ALL = 1 << 31


def rows_of(result: Any, sql: str, most: int = _ALL) -> list[tuple[Any, ...]]:
    """The rows of a result, at most so many, values as Python's."""
    rows: list[tuple[Any, ...]] | None = _puff.pg_binary_rows(result, most)
    return _rows_of_text(result, sql, most) if rows is None else rows


def records_of(result: Any, sql: str, most: int = _ALL) -> list[Any]:
    """The same as records."""
    records: list[Any] | None = _puff.pg_binary_records(result, most)
    if records is None:
        return _puff.pg_records(result, _rows_of_text(result, sql, most))
    return records


def first_record(result: Any, sql: str) -> Any:
    """The first row as a record, or None."""
    records = records_of(result, sql, 1)
    return records[0] if records else None


def _rows_of_text(result: Any, sql: str, most: int) -> list[tuple[Any, ...]]:
    if sql in _binary_statements:
        _binary_statements.discard(sql)
        if any(column[-1] for column in result.describe()):
            raise InternalError("the types of the statement's columns have changed: run it again")
    if _puff.pg_is_binary(result):
        if len(_binary_statements) >= _MOST_STATEMENTS:
            _binary_statements.clear()
        _binary_statements.add(sql)
    casters = _puff.pg_casters(result, (_casters(),), _typecasts.builtin["UNICODE"])
    texts: list[tuple[Any, ...]] = result.fetch(0, most, casters, None, None)
    return texts


def _casters() -> dict[int, Any]:
    """Typecasters by OID: the DB-API's, but for what the native API gives otherwise."""
    if not _made:
        for caster in _typecasts.builtin.values():
            _made.update(dict.fromkeys(caster.values, caster))
        for oid, array_oid, make in _OWN_TYPES:
            caster = _puff.pg_new_type((oid,), f"native {oid}", make)
            _made[oid] = caster
            _made[array_oid] = _puff.pg_new_array_type((array_oid,), f"native {array_oid}", caster)
    return _made


def _in_utc(text: str | None, cursor: object) -> Any:
    moment = _typecasts.builtin["DATETIMETZ"](text, cursor)
    zone = getattr(moment, "tzinfo", None)
    return moment if zone is None else moment.astimezone(datetime.UTC)


def _unless_null(make: Callable[[str], Any]) -> Callable[[str | None, object], Any]:
    return lambda text, cursor: None if text is None else make(text)


_made: dict[int, Any] = {}
_OWN_TYPES: list[tuple[int, int, Callable[[str | None, object], Any]]] = [
    (17, 1001, _unless_null(lambda text: bytes.fromhex(text[2:]))),
    (114, 199, _unless_null(str)),
    (650, 651, _unless_null(ipaddress.ip_network)),
    (
        869,
        1041,
        _unless_null(lambda t: (ipaddress.ip_interface if "/" in t else ipaddress.ip_address)(t)),
    ),
    (1184, 1185, _in_utc),
    (2950, 2951, _unless_null(uuid.UUID)),
    (3802, 3807, _unless_null(str)),
]
