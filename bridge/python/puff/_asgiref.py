"""Makes asgiref, which Django's asynchronous side stands on, know greenlets.

- `sync_to_async` on Puff's asyncio thread runs the function on a greenlet, so it may call Puff and
  waits without blocking. Thread-sensitive functions run one after the other and share their
  locals, as on asgiref's one thread; each `ThreadSensitiveContext` (a request of Django's) has
  a sequence of its own.
- `async_to_sync` in a greenlet runs the coroutine on Puff's asyncio thread while the greenlet
  waits; thread-sensitive functions that it awaits run in that greenlet, as asgiref promises.

Only what asgiref shows is used: the storage that it makes, class attributes that hold executors,
and methods with fixed signatures."""

import asyncio
import functools
import sys
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Executor, Future
from contextvars import Context, copy_context
from types import TracebackType
from typing import Any

from asgiref.sync import (
    AsyncToSync,
    SyncToAsync,
    ThreadSensitiveContext,
    _restore_context,
)

from puff import _puff
from puff.asyncio_support import Running
from puff.greenlets import spawn_blocking


class _Item:
    """A submitted function and the future of its outcome."""

    def __init__(self, call: Callable[[], Any]) -> None:
        self.future: Future[Any] = Future()
        self._call = call

    def run(self) -> None:
        if not self.future.set_running_or_notify_cancel():
            return
        try:
            value = self._call()
        except BaseException as failure:
            self.future.set_exception(failure)
        else:
            self.future.set_result(value)


class Place(Executor):
    """Runs functions one after the other on greenlets that share their locals: what one thread is
    to thread-sensitive code."""

    def __init__(self) -> None:
        self._items: deque[_Item] = deque()
        self._guards_running = threading.Lock()
        self._running = False
        self._locals: dict[object, Any] = {}

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        item = _Item(functools.partial(fn, *args, **kwargs))
        with self._guards_running:
            self._items.append(item)
            starts, self._running = not self._running, True
        if starts:
            _puff.spawn(self._run, None)
        return item.future

    def _run(self) -> None:
        _puff.use_greenlet_locals(self._locals)
        while (item := self._next()) is not None:
            item.run()

    def _next(self) -> _Item | None:
        with self._guards_running:
            if self._items:
                return self._items.popleft()
            self._running = False
            return None

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Nothing is held between two functions, so there is nothing to end."""


class WaitingGreenlet(Executor):
    """Runs functions in a greenlet that waits for a coroutine, until that has ended; afterwards
    where the greenlet around it would, or at `last`."""

    def __init__(self, older: Executor | None, last: Executor) -> None:
        self._next = older or last
        self._items: deque[_Item] = deque()
        self._guards_items = threading.Lock()
        self._ended = False
        self._outcome: tuple[Any, BaseException | None] | None = None
        self._wake: _puff.Returner | None = None

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        item = _Item(functools.partial(fn, *args, **kwargs))
        with self._guards_items:
            if taken := not self._ended:
                self._items.append(item)
        if not taken:
            return self._next.submit(fn, *args, **kwargs)
        if self._wake is not None:
            self._wake()
        return item.future

    def finish(self, value: Any, exception: BaseException | None) -> None:
        """The coroutine has ended. From any thread."""
        self._outcome = (value, exception)
        if self._wake is not None:
            self._wake()

    def run_until_finished(self) -> Any:
        """Runs what is submitted until `finish` was called: the coroutine's value or exception."""
        while True:
            with self._guards_items:
                item = self._items.popleft() if self._items else None
                self._ended = item is None and self._outcome is not None
            if item is not None:
                item.run()
            elif self._outcome is None:
                _puff.wrap_async(self._wait)
            else:
                value, exception = self._outcome
                if exception is not None:
                    raise exception
                return value

    def _wait(self, ret: _puff.Returner) -> None:
        self._wake = ret
        if self._items or self._outcome is not None:
            ret()


_default_place = Place()
# Their types in asgiref say less than is true, or nothing.
_async_to_sync: Any = AsyncToSync
_sync_to_async: Any = SyncToAsync
_sensitive_context: Any = ThreadSensitiveContext
_call_elsewhere = _async_to_sync.__call__
_enter_elsewhere = _sensitive_context.__aenter__
_exit_elsewhere = _sensitive_context.__aexit__


def _call(self: AsyncToSync[..., Any], /, *args: Any, **kwargs: Any) -> Any:
    """AsyncToSync.__call__ for greenlets."""
    if not _puff.is_greenlet():
        return _call_elsewhere(self, *args, **kwargs)
    if self.force_new_loop:
        context = copy_context()
        value = _puff.run_blocking(lambda: _call_elsewhere(self, *args, **kwargs), context)
        _restore_context(context)
        return value
    older = getattr(AsyncToSync.executors, "current", None)
    waiting = WaitingGreenlet(older, _default_place)
    contexts = [copy_context()]
    coroutine = _carry(self.awaitable(*args, **kwargs), waiting, contexts, sys.exception())
    cancel = _begin(coroutine, waiting)
    try:
        return waiting.run_until_finished()
    except BaseException:
        cancel()
        raise
    finally:
        _restore_context(contexts[0])
        AsyncToSync.executors.current = older


async def _carry(
    awaitable: Awaitable[Any],
    waiting: WaitingGreenlet,
    contexts: list[Context],
    handled: BaseException | None,
) -> Any:
    """Awaits as if called in the greenlet: with its context variables, which it brings back, and
    with the exception that is being handled there."""
    _restore_context(contexts[0])
    AsyncToSync.executors.current = waiting
    try:
        if handled is None:
            return await awaitable
        try:
            raise handled
        except BaseException:
            return await awaitable
    finally:
        contexts[0] = copy_context()


def _begin(coroutine: Coroutine[Any, Any, Any], waiting: WaitingGreenlet) -> Callable[[], object]:
    """Starts the coroutine on Puff's asyncio thread or, where that is switched off, in a loop of
    its own on a thread of the blocking pool. Returns what cancels it."""
    if _puff.asyncio_loop() is not None:
        running = Running(coroutine, copy_context())
        running.start(waiting.finish)
        return running.cancel
    on_thread = spawn_blocking(asyncio.run, coroutine)
    on_thread._joined = True
    on_thread._when_finished(lambda ended: waiting.finish(ended.result, ended.exception))
    return on_thread.cancel


async def _enter(self: ThreadSensitiveContext) -> ThreadSensitiveContext:
    """ThreadSensitiveContext.__aenter__ for Puff's loop."""
    if not _puff.is_asyncio() or getattr(self, "_executor", None) is not None:
        await _enter_elsewhere(self)
        return self
    if SyncToAsync.thread_sensitive_context.get(None) is None:
        self.token = SyncToAsync.thread_sensitive_context.set(self)
        SyncToAsync.context_to_thread_executor[self] = Place()
    return self


async def _exit(
    self: ThreadSensitiveContext,
    kind: type[BaseException] | None,
    failure: BaseException | None,
    trace: TracebackType | None,
) -> None:
    """ThreadSensitiveContext.__aexit__ for Puff's loop."""
    if not isinstance(SyncToAsync.context_to_thread_executor.get(self), Place):
        await _exit_elsewhere(self, kind, failure, trace)
        return
    assert self.token is not None
    del SyncToAsync.context_to_thread_executor[self]
    SyncToAsync.thread_sensitive_context.reset(self.token)
    self.token = None


def install() -> None:
    """Changes asgiref as this module says. Call it when Puff's threads run."""
    _sync_to_async.threadlocal = _puff.WorkLocal()
    _async_to_sync.__call__ = _call
    _sensitive_context.__aenter__ = _enter
    _sensitive_context.__aexit__ = _exit
    loop = _puff.asyncio_loop()
    if loop is not None:
        _async_to_sync.loop_thread_executors[loop] = _default_place
