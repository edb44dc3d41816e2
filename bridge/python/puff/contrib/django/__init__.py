"""Django under Puff: a database backend (ENGINE `puff.contrib.django.postgres`), a cache
(`puff.contrib.django.redis.PuffRedisCache`), static files, management commands."""

import re
from typing import Any

from puff.contrib.django import _driver

__all__ = ["query_and_params"]

_PLACE = re.compile(r"%(?:\((?P<name>[^)]*)\))?(?P<kind>[s%])")


def query_and_params(queryset: Any) -> tuple[str, list[Any]]:
    """The SQL of a queryset, or of a raw one, with $1, $2, .. in the place of its parameters, and
    the list of these: what Puff binds on the server. Nothing is executed."""
    raw = getattr(queryset, "raw_query", None)
    if raw is not None:
        return _numbered(raw, queryset.params if queryset.params else None)
    compiler = queryset.query.get_compiler(queryset.db, elide_empty=False)
    return _numbered(*compiler.as_sql())


def _numbered(sql: str, given: Any) -> tuple[str, list[Any]]:
    """Numbers the places of SQL in psycopg2's manner. A name that stands in several places has one
    number."""
    if given is None:
        return sql, []
    params: list[Any] = []
    numbers: dict[str, int] = {}
    places = iter(given)

    def number(found: re.Match[str]) -> str:
        if found["kind"] == "%":
            return "%"
        name = found["name"]
        if name is None:
            params.append(next(places))
            return f"${len(params)}"
        if name not in numbers:
            params.append(given[name])
            numbers[name] = len(params)
        return f"${numbers[name]}"

    return _PLACE.sub(number, sql), params


_driver.install()
