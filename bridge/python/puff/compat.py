"""Names of Puff 0.1.x that programs may still use. New programs do not need them."""

import importlib
from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Literal

from puff import _puff
from puff.greenlets import spawn, spawn_blocking
from puff.imports import cached_import

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

    from puff.greenlets import Greenlet

Ret = Callable[[Any, BaseException | None], object]

GREENLET: Literal["greenlet"] = "greenlet"
ASYNCIO: Literal["asyncio"] = "asyncio"

#: Programs may keep an identity of their request here; Puff neither sets nor reads it.
context_id_var: ContextVar[Any] = ContextVar("context_id")
#: Kept for programs that read it; Puff has one greenlet thread and does not need it.
parent_thread: ContextVar[Any] = ContextVar("parent_thread")


def set_async_type(kind: str) -> None:
    """Does nothing: Puff knows by itself whether code runs in a greenlet or on the asyncio thread.
    ValueError if `kind` is neither GREENLET nor ASYNCIO."""
    if kind not in (GREENLET, ASYNCIO):
        raise ValueError(f"the kind must be {GREENLET!r} or {ASYNCIO!r}, not {kind!r}")


class MainThread:
    """The greenlet thread, as `start_event_loop` returns it."""

    def spawn(
        self, function: Callable[..., Any], args: Any, kwargs: dict[str, Any], ret: Ret
    ) -> "Greenlet[Any]":
        """Runs `function(*args, **kwargs)` on a new greenlet and calls `ret(value, exception)`."""
        return _spawn_for(ret, lambda: function(*args, **kwargs))

    spawn_local = spawn


def start_event_loop(on_thread_start: Callable[[], object] | None = None) -> MainThread:
    """The greenlet thread, which runs already; `on_thread_start` is called on a greenlet there."""
    if on_thread_start is not None:
        spawn(on_thread_start)
    return MainThread()


def spawn_blocking_from_rust(
    on_thread_start: Callable[[], object] | None,
    function: Callable[..., Any],
    args: Any,
    kwargs: dict[str, Any],
    ret: Ret,
) -> None:
    """Runs `function(*args, **kwargs)` on a thread of the blocking pool, after `on_thread_start`,
    and calls `ret(value, exception)`."""

    def call() -> Any:
        if on_thread_start is not None:
            on_thread_start()
        return function(*args, **kwargs)

    running = spawn_blocking(call)
    running._joined = True
    running._when_finished(lambda ended: ret(ended.result, ended.exception))


class _Getter:
    """Finds a client: called, the default one; `by_name` another."""

    def __init__(self, module: str, default: str) -> None:
        self._module = module
        self._default = default

    def __call__(self) -> Any:
        return cached_import(self._module, self._default)

    def by_name(self, name: str) -> Any:
        return cached_import(self._module, "named_client")(name)


class _RustObjects:
    """What 0.1.x called the objects of its native side."""

    global_redis_getter = _Getter("puff.redis", "global_redis")
    global_postgres_getter = _Getter("puff.postgres", "global_postgres")
    global_pubsub_getter = _Getter("puff.pubsub", "global_pubsub")
    global_gql_getter = _Getter("puff.graphql", "global_graphql")
    global_task_queue_getter = _Getter("puff.task_queue", "global_task_queue")
    global_http_client_getter = _Getter("puff.http", "global_http_client")

    @property
    def is_puff(self) -> bool:
        return _puff.is_puff()

    @property
    def asyncio_loop(self) -> "AbstractEventLoop | None":
        return _puff.asyncio_loop()

    def dispatch_greenlet(self, ret: Ret, function: Callable[[], Any]) -> None:
        """Runs `function()` on a new greenlet and calls `ret(value, exception)`."""
        _spawn_for(ret, function)

    def dispatch_asyncio(self, ret: Ret, function: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        """Runs the coroutine that `function()` makes on the asyncio thread, then calls `ret`."""
        from puff.asyncio_support import AsyncioThread

        AsyncioThread().spawn(function, (), {}, ret)

    def dispatch_asyncio_coro(self, ret: Ret, coroutine: Coroutine[Any, Any, Any]) -> None:
        """Runs a coroutine on the asyncio thread, then calls `ret`."""
        from puff.asyncio_support import AsyncioThread

        AsyncioThread().spawn_coro(coroutine, ret)

    def read_file_bytes(self, ret: Ret, path: str) -> None:
        """Reads a file off this thread, then calls `ret(content, exception)`."""
        _spawn_for(ret, lambda: _puff.read_file_bytes(path))

    def sleep_ms(self, ret: Ret, ms: float) -> None:
        """Calls `ret(None, None)` after `ms` milliseconds."""
        _spawn_for(ret, lambda: _puff.sleep_ms(ms))


rust_objects = _RustObjects()


def _spawn_for(ret: Ret, function: Callable[[], Any]) -> "Greenlet[Any]":
    running = spawn(function)
    running._joined = True
    running._when_finished(lambda ended: ret(ended.result, ended.exception))
    return running


def patch_asgi_ref_local() -> None:
    """Makes asgiref know greenlets; under Puff this is done when asgiref is imported."""
    if _puff.is_puff():
        from puff import _preparation

        _preparation.prepare()


def patch_django() -> None:
    """Lets `django.views.static.serve` read files without blocking, where Django is installed."""
    static = _find("django.views.static")
    ours = _find("puff.contrib.django.static")
    if static is not None and ours is not None:
        static.serve = ours.serve


def patch_psycopg2() -> None:
    """Lets an installed psycopg2 use Puff's PostgreSQL pool."""
    psycopg2, postgres = _find("psycopg2"), _find("puff.postgres")
    if psycopg2 is not None and postgres is not None:
        for name in vars(postgres):
            if not name.startswith("_"):
                setattr(psycopg2, name, getattr(postgres, name))


def patch_libs() -> None:
    """All three patches."""
    patch_asgi_ref_local()
    patch_django()
    patch_psycopg2()


def _find(name: str) -> Any:
    """A module, or None if it is not installed; what fails inside it is raised."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as missing:
        if missing.name is None or not (name + ".").startswith(missing.name + "."):
            raise
        return None
