"""Programs in Python that the command line runs with the arguments of a shell."""

import importlib
import os
import sys
import unittest
import unittest.signals
from types import ModuleType
from typing import NoReturn


def django(*arguments: str) -> NoReturn:
    """A management command of Django; leaves with its status."""
    _needed("django", "Django")
    keep_signals()
    management = importlib.import_module("puff.contrib.django.management")
    management.get_management_utility_execute(["django", *arguments])
    sys.exit(0)


def pytest(folder: str, *arguments: str) -> NoReturn:
    """pytest in a folder; leaves with its status."""
    program = _needed("pytest", "pytest")
    if not os.path.isdir(folder):
        sys.exit(f"puff: error: pytest_path: there is no folder {folder}")
    os.chdir(folder)
    places = [f"--rootdir={os.getcwd()}", "--import-mode=importlib"]
    sys.exit(int(program.main([*places, *arguments])))


def keep_signals() -> None:
    """Ctrl-C is Puff's: a runner of unittest would put its own handler there, and cannot put back
    one that is not Python's."""
    for module in (unittest, unittest.signals):
        vars(module)["installHandler"] = lambda: None


def _needed(module: str, name: str) -> ModuleType:
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name != module.partition(".")[0]:
            raise
        sys.exit(
            f"puff: error: {name} is not installed in {sys.prefix}; "
            f"install it with: {sys.prefix}/bin/python -m pip install {error.name}"
        )
