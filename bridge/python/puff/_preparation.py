"""What Puff prepares in its interpreter, once its threads run: what other packages need to know of
greenlets they learn when they are imported."""

import sys
from collections.abc import Callable
from types import ModuleType

from puff._intercept import intercept
from puff.contrib.django import _driver

_LOCAL, _SYNC = "asgiref.local", "asgiref.sync"


def prepare() -> None:
    """Django finds Puff's driver, and asgiref knows greenlets, from now on."""
    _driver.install()
    intercept({_LOCAL, _SYNC}, _run)
    for name in (_LOCAL, _SYNC):
        if name in sys.modules:
            _teach(sys.modules[name])


def _run(module: ModuleType, run: Callable[[ModuleType], object]) -> None:
    run(module)
    _teach(module)


def _teach(module: ModuleType) -> None:
    if module.__name__ == _LOCAL:
        from puff import _asgiref_local

        _asgiref_local.install(module)
    else:
        from puff import _asgiref

        _asgiref.install()
