"""What is local to a thread for asgiref (`Local(thread_critical=True)`, so Django's database
connections) is local to a greenlet's work on the greenlet thread."""

import threading
from typing import Any

from puff import _puff


class _Threading:
    """The module `threading` as `asgiref.local` sees it."""

    local = _puff.WorkLocal

    def __getattr__(self, name: str) -> Any:
        return getattr(threading, name)


def install(asgiref_local: Any) -> None:
    """Changes the module `asgiref.local`. Locals that exist already stay as they are."""
    asgiref_local.threading = _Threading()
