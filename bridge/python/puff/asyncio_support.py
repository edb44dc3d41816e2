"""Puff's asyncio thread for other code: run a coroutine there, wait for it anywhere."""

import asyncio
from collections.abc import Callable, Coroutine
from contextvars import Context, copy_context
from typing import Any, TypeVar

from puff import _puff

App = TypeVar("App", bound=Callable[..., Any])
Ret = Callable[[Any, BaseException | None], object]


def run_coroutine(coroutine: Coroutine[Any, Any, Any], context: Context | None = None) -> Any:
    """Runs a coroutine as a task on Puff's asyncio thread, in `context` or a copy of the caller's,
    and waits for its outcome: in a greenlet, which lets others run meanwhile. A greenlet that is
    cancelled while it waits cancels the task. On the asyncio thread itself just await the
    coroutine. RuntimeError if the asyncio thread is switched off (`asyncio` in puff.toml)."""
    running = Running(coroutine, context or copy_context())
    try:
        return _puff.wrap_async(running.start)
    except BaseException:
        running.cancel()
        raise


class AsyncioThread:
    """The asyncio thread, as 0.1.x showed it."""

    @property
    def loop(self) -> asyncio.AbstractEventLoop | None:
        return _puff.asyncio_loop()

    def spawn(
        self,
        make_coroutine: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        ret: Ret,
    ) -> None:
        """Runs the coroutine `make_coroutine(*args, **kwargs)`, then calls `ret(value, exception)`
        on the asyncio thread."""
        self.spawn_coro(make_coroutine(*args, **kwargs), ret)

    def spawn_coro(self, coroutine: Coroutine[Any, Any, Any], ret: Ret) -> None:
        """Runs a coroutine, then calls `ret(value, exception)` on the asyncio thread."""
        Running(coroutine, copy_context()).start(ret)


def start_event_loop(on_thread_start: Callable[[], object] | None = None) -> AsyncioThread:
    """The asyncio thread, which runs already; `on_thread_start` is called there."""
    if on_thread_start is not None:
        _puff.call_on_asyncio(on_thread_start)
    return AsyncioThread()


def wrap_asgi(app: App) -> App:
    """Returns `app`: any ASGI application works as it is."""
    return app


class Running:
    """A coroutine on its way to the asyncio thread, and its task there."""

    def __init__(self, coroutine: Coroutine[Any, Any, Any], context: Context) -> None:
        self._coroutine = coroutine
        self._context = context
        self._task: asyncio.Task[Any] | None = None
        self._cancelled = False
        self._ret: Ret | None = None

    def start(self, ret: Ret) -> None:
        self._ret = ret
        try:
            _puff.call_on_asyncio(self._begin)
        except RuntimeError:
            self._coroutine.close()
            raise

    def cancel(self) -> None:
        self._cancelled = True
        if _puff.asyncio_loop() is not None:
            _puff.call_on_asyncio(self._cancel_task)

    def _begin(self) -> None:
        if self._cancelled:
            self._coroutine.close()
            return
        loop = asyncio.get_event_loop_policy().get_event_loop()
        self._task = loop.create_task(self._coroutine, context=self._context)
        self._task.add_done_callback(self._return)

    def _cancel_task(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _return(self, task: asyncio.Task[Any]) -> None:
        assert self._ret is not None
        if task.cancelled():
            self._ret(None, asyncio.CancelledError())
            return
        failure = task.exception()
        self._ret(None if failure else task.result(), failure)
