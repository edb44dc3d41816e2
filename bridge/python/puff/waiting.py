"""Calls that wait. In a greenlet they return their value and let other greenlets run meanwhile; on
the asyncio thread they return an awaitable; elsewhere they raise RuntimeError."""

import functools
from collections.abc import Callable
from contextvars import copy_context
from os import PathLike
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from puff import _puff

if TYPE_CHECKING:
    from puff.greenlets import Greenlet

P = ParamSpec("P")
T = TypeVar("T")

Start = Callable[[Any], object]


def is_greenlet() -> bool:
    """Whether this code runs in a greenlet of Puff's, which may wait."""
    return _puff.is_greenlet()


def is_asyncio() -> bool:
    """Whether this code runs on Puff's asyncio thread."""
    return _puff.is_asyncio()


def sleep_ms(ms: float) -> Any:
    """Waits `ms` milliseconds; 0 lets others run once."""
    return _puff.sleep_ms(ms)


def read_file_bytes(path: str | bytes | PathLike[str] | PathLike[bytes]) -> Any:
    """The content of a file, read on another thread. OSError as `open` raises it."""
    return _puff.read_file_bytes(path)


def blocking(function: Callable[P, T]) -> Callable[P, T]:
    """A function that may block: under Puff it runs on a thread of the blocking pool, inside a copy
    of the caller's context variables, while the calling greenlet waits (on the asyncio thread: it
    returns an awaitable). Called anywhere else it just runs; outside Puff it is returned as it is.
    `puff.errors.Overloaded` when too many such calls wait."""
    if not _puff.is_puff():
        return function

    @functools.wraps(function)
    def on_blocking_thread(*args: P.args, **kwargs: P.kwargs) -> T:
        if not (_puff.is_greenlet() or _puff.is_asyncio()):
            return function(*args, **kwargs)
        call = functools.partial(function, *args, **kwargs)
        value: T = _puff.run_blocking(call, copy_context())
        return value

    return on_blocking_thread


def wrap_async(f: Start, join: bool = True, wrap_return: Callable[[Any], Any] | None = None) -> Any:
    """Turns a callback into a call that waits: calls `f(ret)` at once and waits until somebody, on
    any thread, calls `ret(value, exception=None)`; later calls of `ret` are ignored. The value goes
    through `wrap_return`. PuffError if `ret` is dropped without having been called.

    With `join=False` it returns a `Greenlet` at once, whose `join` waits."""
    if not join:
        return _wrap_unjoined(f, wrap_return)
    value = _puff.wrap_async(f)
    if wrap_return is None:
        return value
    return _wrap_awaited(value, wrap_return) if _puff.is_asyncio() else wrap_return(value)


def wrap_async_greenlet(
    f: Start, join: bool = True, wrap_return: Callable[[Any], Any] | None = None
) -> Any:
    """`wrap_async` for greenlets only: RuntimeError elsewhere."""
    if not _puff.is_greenlet():
        raise RuntimeError("wrap_async_greenlet() must be called in a greenlet of Puff's")
    return wrap_async(f, join, wrap_return)


def wrap_async_asyncio(f: Start, wrap_return: Callable[[Any], Any] | None = None) -> Any:
    """`wrap_async` for the asyncio thread only: an awaitable; RuntimeError elsewhere."""
    if not _puff.is_asyncio():
        raise RuntimeError("wrap_async_asyncio() must be called on Puff's asyncio thread")
    return wrap_async(f, True, wrap_return)


async def _wrap_awaited(value: Any, wrap_return: Callable[[Any], Any]) -> Any:
    return wrap_return(await value)


def _wrap_unjoined(f: Start, wrap_return: Callable[[Any], Any] | None) -> "Greenlet[Any]":
    from puff.greenlets import Greenlet

    pending = Greenlet[Any](getattr(f, "__qualname__", "wrap_async"))

    def ret(value: Any = None, exception: BaseException | None = None) -> None:
        if exception is None and wrap_return is not None:
            try:
                value = wrap_return(value)
            except BaseException as failure:
                exception = failure
        pending._settle(value, exception)

    f(ret)
    return pending
