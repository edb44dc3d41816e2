"""Names of pools in the settings of other libraries, and where these pools lead."""

import os
import re
import tomllib
from pathlib import Path
from typing import Literal

from puff import _puff

Kind = Literal["postgres", "redis"]

_DEFAULTS = {
    "postgres": "postgres://postgres:password@localhost:5432/postgres",
    "redis": "redis://localhost:6379",
}
_LINE = re.compile(r"\s*(?:export\s+)?(\w+)\s*=\s*(?:'([^']*)'|\"([^\"]*)\"|([^\s#]*))")


def pool_named(name: str | None) -> str | None:
    """The PostgreSQL pool that a database's name means; "global" is the default one. None if it is
    not a pool's name, so that of a database."""
    if name == "global":
        return "default"
    if not name:
        return None
    try:
        conninfo_of(name)
    except LookupError:
        return None
    return name


def conninfo_of(pool: str) -> str:
    """The URL or the words of libpq that lead to the server of a PostgreSQL pool. LookupError if
    there is no such pool."""
    if not _puff.is_puff():
        return url_of("postgres", pool)
    return _puff.pg_pool_conninfo(pool)


def url_of(kind: Kind, name: str) -> str:
    """The URL of a pool for a plain Python such as `manage.py`, where no node knows it: from the
    environment, `.env`, puff.toml (of the working directory, or PUFF_CONFIG), or the default.
    LookupError if puff.toml has no such table."""
    file = Path(os.environ.get("PUFF_CONFIG", "puff.toml"))
    settings = tomllib.loads(file.read_text()) if file.exists() else {}
    tables = [
        table
        for table in settings.get(kind, [])
        if table.get("name", "default") == name and table.get("enable", True)
    ]
    if not tables:
        raise LookupError(f"no [[{kind}]] table of {file.absolute()} is named {name!r}")
    variable = f"PUFF_{name.upper().replace('-', '_')}_{kind.upper()}_URL"
    told = os.environ.get(variable)
    if told is None and settings.get("dotenv", True):
        told = _dotenv(Path(settings.get("dotenv_path", ".env"))).get(variable)
    found: str = told or tables[0].get("url") or _DEFAULTS[kind]
    return found


def _dotenv(file: Path) -> dict[str, str]:
    if not file.exists():
        return {}
    lines = (_LINE.match(line) for line in file.read_text().splitlines())
    return {line[1]: line[2] or line[3] or line[4] or "" for line in lines if line}
