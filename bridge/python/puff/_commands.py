"""What the command line runs: applications found by name, functions called as commands."""

import importlib
import sys
import traceback
from collections.abc import Awaitable, Sequence
from typing import Any

from puff._terminal import let_greenlets_ask
from puff.imports import import_string


class NotThere(Exception):
    """A name that leads nowhere; its text is one line for a person."""


_django = False  # whether Django is to be set up before anything of the user's is imported


def prepare_django() -> None:
    """Lets `django = true` of puff.toml take effect: Django's static files do not block, and the
    project is set up before the first module of the user's is loaded."""
    global _django
    from puff.compat import patch_django

    importlib.import_module("django")
    patch_django()
    _django = True


def set_up() -> None:
    """What the user's modules need, before the first of them is imported."""
    if _django:
        _set_up_django()


def _set_up_django() -> None:
    from puff.contrib.django.settings_module import find_settings

    global _django
    _django = False
    if find_settings() is not None:
        importlib.import_module("django").setup()


def load(path: str) -> Any:
    """The object that `path` names. NotThere if a part of the name does not exist; what the module
    itself raises goes through."""
    if not path.startswith("puff."):
        set_up()
    module = path.partition(":")[0] if ":" in path else path.rpartition(".")[0]
    try:
        return import_string(path)
    except ModuleNotFoundError as error:
        if error.name and (module + ".").startswith(error.name + "."):
            raise NotThere(
                f"{path}: there is no module {error.name!r} (looked in {', '.join(sys.path)})"
            ) from None
        raise
    except ImportError as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        if last.name in ("import_string", "cached_import"):
            raise NotThere(f"{path}: {error}") from None
        raise


def call(path: str, arguments: Sequence[str]) -> int:
    """Calls a function as a command: a coroutine function on the asyncio thread, another one here.
    The exit status of a program that ended so."""
    let_greenlets_ask()
    try:
        function = load(path)
        result = function(*arguments)
        if isinstance(result, Awaitable):
            from puff.asyncio_support import run_coroutine

            run_coroutine(_awaited(result))
        return 0
    except NotThere as error:
        print(f"puff: error: {error}", file=sys.stderr)
        return 1
    except SystemExit as exit_:
        return _status_of(exit_.code)
    except BaseException:
        traceback.print_exc()
        return 1


async def _awaited(awaitable: Awaitable[Any]) -> Any:
    return await awaitable


def _status_of(code: object) -> int:
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xFF
    print(code, file=sys.stderr)
    return 1
