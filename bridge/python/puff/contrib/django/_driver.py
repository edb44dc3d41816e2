"""Lets Django's PostgreSQL modules stand on `puff.postgres` where the settings ask for it.

Django's modules import psycopg or psycopg2 by name. Here those few modules, and nothing else, find
`puff.postgres` under the name psycopg2, and no psycopg: their import statements use an
`__import__` of their own. The names stay free for the real drivers.

`puff.contrib.django` installs this when it is imported, and Puff does at its start. It does nothing
unless a database of the settings has the ENGINE `puff.contrib.django.postgres`, or that engine is
imported."""

import builtins
import importlib
import sys
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

from puff._intercept import intercept

ENGINE = "puff.contrib.django.postgres"
DRIVER = "puff.postgres"

# All that import a driver. GeoDjango's are harmless where they are not used.
_USERS = {
    "django.db.backends.postgresql.psycopg_any",
    "django.db.backends.postgresql.base",
    "django.contrib.postgres.signals",
    "django.contrib.gis.db.backends.postgis.adapter",
    "django.contrib.gis.db.backends.postgis.base",
}
_SHARED = "django.db.backends.postgresql.psycopg_any"


def _execute(module: ModuleType, run: Callable[[ModuleType], object]) -> None:
    """Runs a module with imports of its own."""
    module.__dict__["__builtins__"] = {**vars(builtins), "__import__": _import}
    run(module)


def _import(
    name: str,
    globals_: Mapping[str, Any] | None = None,
    locals_: Mapping[str, Any] | None = None,
    fromlist: Sequence[str] | None = (),
    level: int = 0,
) -> Any:
    first, dot, rest = name.partition(".")
    if level or first not in ("psycopg", "psycopg2", "psycopg_pool"):
        return builtins.__import__(name, globals_, locals_, fromlist or (), level)
    if first != "psycopg2":
        raise ModuleNotFoundError(f"{name} has no place beside {DRIVER}", name=name)
    module = importlib.import_module(DRIVER + dot + rest)
    if not fromlist:
        return importlib.import_module(DRIVER)
    for wanted in fromlist:
        if not hasattr(module, wanted):
            importlib.import_module(f"{module.__name__}.{wanted}")
    return module


def is_wanted() -> bool:
    """Whether Django is to use Puff's driver."""
    if ENGINE + ".base" in sys.modules:
        return True
    conf = sys.modules.get("django.conf")
    if conf is None:
        return False
    try:
        databases = conf.settings.DATABASES
    except Exception:  # settings that cannot be read are reported by Django
        return False
    return any(database.get("ENGINE") == ENGINE for database in databases.values())


def is_claimed() -> bool:
    """Whether Django's modules use Puff's driver. False if nobody has imported them yet."""
    module = sys.modules.get(_SHARED)
    return module is not None and vars(module)["__builtins__"].get("__import__") is _import


def is_taken() -> bool:
    """Whether another driver was faster."""
    return _SHARED in sys.modules and not is_claimed()


def install() -> None:
    """From now on Django's modules find Puff's driver, if it is wanted. Twice is fine."""
    intercept(_USERS, _execute, is_wanted)
