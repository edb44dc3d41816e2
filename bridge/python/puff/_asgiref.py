"""Makes asgiref, which Django's asynchronous side stands on, know greenlets.

- What is local to a thread for asgiref (`Local(thread_critical=True)`, so Django's database
  connections) is local to a greenlet's work on the greenlet thread.
- `sync_to_async` on Puff's asyncio thread runs the function on a greenlet, so it may call Puff and
  waits without blocking. Thread-sensitive functions run one after the other and share their locals,
  as on asgiref's one thread; inside a `ThreadSensitiveContext` (a request of Django's) on their own.
- `async_to_sync` in a greenlet runs the coroutine on Puff's asyncio thread while the greenlet waits;
  thread-sensitive functions that it awaits run in the waiting greenlet, as asgiref promises.

Only what asgiref shows is used: the storage that it makes, class attributes that hold executors, and
methods with fixed signatures."""

import asyncio
import functools
import sys
import threading
from collections import deque
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor, Future
from contextvars import Context, copy_context
from types import TracebackType
from typing import Any

import asgiref.local
import asgiref.sync
from asgiref.sync import AsyncToSync, SyncToAsync, ThreadSensitiveContext

from puff import _puff
from puff.asyncio_support import run_coroutine
from puff.waiting import blocking

_restore_context: Callable[[Context], None] = asgiref.sync._restore_context


class WorkLocal:
    """A `threading.local` that is local to a greenlet's work on the greenlet thread."""

    def __init__(self) -> None:
        object.__setattr__(self, "_thread", threading.local())

    def _attributes(self) -> dict[str, Any]:
        works = _puff.greenlet_locals()
        if works is None:
            here: dict[str, Any] = object.__getattribute__(self, "_thread").__dict__
            return here
        found: dict[str, Any] = works.setdefault(self, {})
        return found

    def __getattr__(self, name: str) -> Any:
        try:
            return self._attributes()[name]
        except KeyError:
            raise AttributeError(f"{type(self).__name__!r} has no attribute {name!r}") from None

    def __setattr__(self, name: str, value: Any) -> None:
        self._attributes()[name] = value

    def __delattr__(self, name: str) -> None:
        try:
            del self._attributes()[name]
        except KeyError:
            raise AttributeError(f"{type(self).__name__!r} has no attribute {name!r}") from None


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
    """Runs functions one after the other on greenlets that share their locals: what one thread is to
    thread-sensitive code."""

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
    """Runs functions in a greenlet that waits for a coroutine, until that has ended; afterwards in
    the greenlet around it, or in `last`."""

    def __init__(self, older: Executor | None, last: Executor) -> None:
        self._next = older or last
        self._items: deque[_Item] = deque()
        self._guards_ended = threading.Lock()
        self._ended = False
        self._wake: _puff.Returner | None = None

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        item = _Item(functools.partial(fn, *args, **kwargs))
        with self._guards_ended:
            if not self._ended:
                self._items.append(item)
        if self._ended and item not in self._items:
            return self._next.submit(fn, *args, **kwargs)
        if (wake := self._wake) is not None:
            wake()
        return item.future
