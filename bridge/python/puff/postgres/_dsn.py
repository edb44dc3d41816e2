"""Conninfo strings: how libpq is told where to connect."""

import re
from typing import Any

from puff import _puff
from puff.postgres._constants import FOREVER_MS
from puff.postgres._exceptions import ProgrammingError


def parse_dsn(dsn: str) -> dict[str, str]:
    """The keywords and values of a conninfo string or URI; ProgrammingError if it is malformed."""
    if not isinstance(dsn, str):
        raise TypeError(f"a dsn must be a str, not {type(dsn).__name__}")
    try:
        return _puff.pg_parse_conninfo(dsn)
    except ValueError as failure:
        raise ProgrammingError(f"invalid dsn: {failure}") from None


def make_dsn(dsn: str | None = None, **kwargs: Any) -> str:
    """A conninfo string of another one and keywords, which win. None stands for no keyword;
    `database` for dbname."""
    if dsn is None and not kwargs:
        return ""
    if not kwargs and dsn is not None:
        parse_dsn(dsn)
        return dsn
    if "database" in kwargs:
        if "dbname" in kwargs:
            raise TypeError("you can't specify both 'database' and 'dbname' arguments")
        kwargs["dbname"] = kwargs.pop("database")
    wanted = {key: value for key, value in kwargs.items() if value is not None}
    if dsn is not None:
        wanted = {**parse_dsn(dsn), **wanted}
    made = " ".join(f"{key}={_escaped(str(value))}" for key, value in wanted.items())
    parse_dsn(made)
    return made


def _escaped(value: str) -> str:
    if not value:
        return "''"
    value = re.sub(r"([\\'])", r"\\\1", value)
    return f"'{value}'" if re.search(r"\s", value) else value


def without_password(dsn: str) -> str:
    """The string with its password as xxx, if it has one."""
    try:
        parts = parse_dsn(dsn)
    except ProgrammingError:
        return dsn
    if "password" not in parts:
        return dsn
    return make_dsn(**{**parts, "password": "xxx"})


def time_to_connect(dsn: str) -> int:
    """How many milliseconds opening may take, by the string's connect_timeout."""
    try:
        seconds = int(parse_dsn(dsn).get("connect_timeout", "0"))
    except (ProgrammingError, ValueError):
        # What is wrong with it, opening says better.
        return FOREVER_MS
    # libpq takes 1 for 2.
    return max(seconds, 2) * 1000 if seconds > 0 else FOREVER_MS
