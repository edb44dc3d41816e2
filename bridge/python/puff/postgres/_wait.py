"""How the driver waits where Puff's own way of waiting does not apply."""

import select
from collections.abc import Callable
from typing import Any

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


def run_on_thread(session: Any, sql: bytes) -> Any:
    """Runs a statement while the calling thread is blocked, also on the asyncio thread."""
    session.begin(sql)
    while (reply := session.finish()) is None:
        select.select([session.fileno()], [], [])
    return reply
