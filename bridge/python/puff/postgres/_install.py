"""Taking psycopg2's name."""

import importlib
import sys

# psycopg2's modules, and what stands in for each below puff.postgres ("" is the package).
_MODULES = {
    "psycopg2": "",
    "psycopg2.extensions": "extensions",
    "psycopg2.extras": "extras",
    "psycopg2.errors": "errors",
    "psycopg2.errorcodes": "errorcodes",
    "psycopg2.sql": "sql",
    "psycopg2.tz": "tz",
    "psycopg2.pool": "pool",
    "psycopg2._psycopg": "_psycopg",
    "psycopg2._range": "_range",
    "psycopg2._json": "_json",
    "psycopg2._ipaddress": "_network",
}


def install_as_psycopg2() -> None:
    """Makes `import psycopg2`, and of its modules, give puff.postgres from now on. RuntimeError if
    the real psycopg2 has been imported already; twice is fine."""
    package = importlib.import_module("puff.postgres")
    present = sys.modules.get("psycopg2")
    if present is not None and present is not package:
        where = getattr(present, "__file__", None) or "somewhere"
        raise RuntimeError(
            f"psycopg2 has been imported already, from {where}: call "
            "puff.postgres.install_as_psycopg2() before anything imports it"
        )
    for name, own in _MODULES.items():
        sys.modules[name] = importlib.import_module(
            f"puff.postgres.{own}" if own else "puff.postgres"
        )
