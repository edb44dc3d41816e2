"""Which settings a Django project uses, as its `manage.py` says."""

import ast
import os
from pathlib import Path

VARIABLE = "DJANGO_SETTINGS_MODULE"


def find_settings(folder: str = ".") -> str | None:
    """The module that DJANGO_SETTINGS_MODULE names. If it is not set, it is set to what the
    `manage.py` of a folder gives it; None if that does not help. `manage.py` is read, not run."""
    if chosen := os.environ.get(VARIABLE):
        return chosen
    try:
        tree = ast.parse(Path(folder, "manage.py").read_bytes())
    except (OSError, SyntaxError):
        return None
    for node in ast.walk(tree):
        if found := _given(node):
            os.environ[VARIABLE] = found
            return found
    return None


def _given(node: ast.AST) -> str | None:
    """The text that a statement gives the variable: by `environ.setdefault(..)` or by
    `environ[..] = ..`."""
    match node:
        case ast.Call(
            func=ast.Attribute(attr="setdefault"),
            args=[ast.Constant(value=name), ast.Constant(value=str(module))],
        ) if name == VARIABLE:
            return module
        case ast.Assign(
            targets=[ast.Subscript(slice=ast.Constant(value=name))],
            value=ast.Constant(value=str(module)),
        ) if name == VARIABLE:
            return module
    return None
