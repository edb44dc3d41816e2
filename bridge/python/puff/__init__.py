"""Puff for Python programs: greenlets, calls that wait without blocking, and the node's resources.

A call that waits returns its value in a greenlet and an awaitable on Puff's asyncio thread, and
raises RuntimeError elsewhere. In a plain Python the package can be imported, and `blocking` leaves
functions as they are."""

from typing import TYPE_CHECKING, Any

from puff import _puff
from puff.compat import (
    ASYNCIO,
    GREENLET,
    MainThread,
    context_id_var,
    parent_thread,
    patch_asgi_ref_local,
    patch_django,
    patch_libs,
    patch_psycopg2,
    rust_objects,
    set_async_type,
    spawn_blocking_from_rust,
    start_event_loop,
)
from puff.errors import Cancelled, Overloaded, PuffError, Unavailable
from puff.greenlets import Greenlet, join_all, join_iter, spawn, spawn_blocking
from puff.imports import cached_import, import_string
from puff.waiting import (
    blocking,
    is_asyncio,
    is_greenlet,
    read_file_bytes,
    sleep_ms,
    wrap_async,
    wrap_async_asyncio,
    wrap_async_greenlet,
)

if TYPE_CHECKING:
    from puff.graphql import global_graphql
    from puff.pubsub import global_pubsub
    from puff.redis import global_redis
    from puff.state import global_state
    from puff.task_queue import global_task_queue

__all__ = [
    "ASYNCIO",
    "GREENLET",
    "Cancelled",
    "Greenlet",
    "MainThread",
    "Overloaded",
    "PuffError",
    "Unavailable",
    "_puff",
    "blocking",
    "cached_import",
    "context_id_var",
    "global_graphql",
    "global_pubsub",
    "global_redis",
    "global_state",
    "global_task_queue",
    "import_string",
    "is_asyncio",
    "is_greenlet",
    "join_all",
    "join_iter",
    "parent_thread",
    "patch_asgi_ref_local",
    "patch_django",
    "patch_libs",
    "patch_psycopg2",
    "read_file_bytes",
    "rust_objects",
    "set_async_type",
    "sleep_ms",
    "spawn",
    "spawn_blocking",
    "spawn_blocking_from_rust",
    "start_event_loop",
    "wrap_async",
    "wrap_async_asyncio",
    "wrap_async_greenlet",
]

# Imported when they are asked for: a program pays for the resources that it uses.
_LAZY = {
    "global_graphql": "puff.graphql",
    "global_pubsub": "puff.pubsub",
    "global_redis": "puff.redis",
    "global_state": "puff.state",
    "global_task_queue": "puff.task_queue",
}


def __getattr__(name: str) -> Any:
    module = _LAZY.get(name)
    if module is None:
        raise AttributeError(f"module 'puff' has no attribute {name!r}")
    found = cached_import(module, name)
    globals()[name] = found
    return found
