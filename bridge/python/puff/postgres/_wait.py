"""How the driver waits where Puff's own way of waiting does not apply."""

from collections.abc import Callable
from typing import Any

from puff import _puff
from puff.postgres._exceptions import ProgrammingError

_NOT_ON_ASYNCIO = (
    "puff.postgres waits for the server, which the asyncio thread must not: call it in a greenlet "
    "(asgiref.sync.sync_to_async), or use puff.postgres.pool(..), whose calls can be awaited"
)

Callback = Callable[[Any], object]

# What `set_wait_callback` was given, or None.
callback: Callback | None = None


def set_wait_callback(f: Callback | None) -> None:
    """Makes `f(connection)` what waits for a statement: it calls `connection.poll()` until that
    returns POLL_OK. None waits as usual; under Puff greenlets need no callback."""
    global callback
    callback = f


def get_wait_callback() -> Callback | None:
    """What `set_wait_callback` was given."""
    return callback


def check_may_wait() -> None:
    """ProgrammingError on the asyncio thread: waiting there would stop everything else on it."""
    if _puff.is_asyncio():
        raise ProgrammingError(_NOT_ON_ASYNCIO)
