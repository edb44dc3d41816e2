"""Names of Python objects, as configuration files give them."""

import sys
from importlib import import_module
from typing import Any


def import_string(dotted_path: str) -> Any:
    """The object that `package.module.attribute` (or `package.module:attribute`) names. ImportError
    says what is missing."""
    module_path, separator, name = dotted_path.partition(":")
    if not separator:
        module_path, _, name = dotted_path.rpartition(".")
    if not module_path or not name:
        raise ImportError(f"{dotted_path!r} is not like 'package.module.name'")
    return cached_import(module_path, name)


def cached_import(module_path: str, class_name: str) -> Any:
    """The attribute `class_name`, perhaps with dots, of a module, which is imported if need be."""
    found: Any = sys.modules.get(module_path)
    if found is None or getattr(getattr(found, "__spec__", None), "_initializing", False):
        found = import_module(module_path)
    for part in class_name.split("."):
        try:
            found = getattr(found, part)
        except AttributeError:
            raise ImportError(f"{module_path!r} has no {class_name!r}") from None
    return found
