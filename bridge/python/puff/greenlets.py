"""Greenlets: functions that run side by side on one thread and wait without blocking it."""

import itertools
import logging
from collections import deque
from collections.abc import Callable, Iterable
from contextvars import copy_context
from typing import Any, Generic, Self, TypeVar

from puff import _puff
from puff.errors import Cancelled
from puff.waiting import blocking

T = TypeVar("T")

_log = logging.getLogger("puff")
_ends = itertools.count()  # numbers greenlets in the order in which they end


class Greenlet(Generic[T]):
    """A function under way on a greenlet, made by `spawn`. `finished` says whether it has ended;
    then `result` is what it returned, or `exception` what it raised.

    An exception that nobody asks for by `join` is logged once, when the greenlet is forgotten."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.finished = False
        self.result: T | None = None
        self.exception: BaseException | None = None
        self._call: Callable[[], T] | None = None
        self._number: int | None = None
        self._callbacks: list[Callable[[Greenlet[T]], object]] = []
        self._cancelled: str | None = None
        self._joined = False
        self._end = 0

    def join(self) -> Any:
        """Waits for the end and returns the result, or raises the exception. May be called often
        and by many."""
        self._joined = True
        try:
            if not self.finished or not _puff.is_greenlet():
                return _puff.wrap_async(self._return_to)
            if self.exception is not None:
                raise self.exception
            return self.result
        finally:
            # An exception holds this frame, and this greenlet holds the exception.
            del self

    def cancel(self, why: str = "cancelled") -> None:
        """Raises `puff.errors.Cancelled` where the greenlet waits, or where it waits next, or
        instead of starting it. Does nothing to one that has ended. From any thread under Puff."""
        self._cancelled = why
        if self._number is not None:
            _puff.cancel(self._number, why)

    def _start(self, call: Callable[[], T]) -> Self:
        self._call = call
        self._number = _puff.spawn(self._run, copy_context())
        return self

    def _run(self) -> None:
        call, self._call = self._call, None
        try:
            if self._cancelled is not None:
                raise Cancelled(self._cancelled)
            assert call is not None
            self._settle(call())
        except BaseException as failure:
            trace = failure.__traceback__
            self._settle(None, failure.with_traceback(trace.tb_next if trace else None))
            del trace
        finally:
            # The frames of an exception hold this one, and the greenlet holds the exception.
            del self

    def _settle(self, value: Any = None, exception: BaseException | None = None) -> None:
        if self.finished:
            return
        self.result, self.exception, self._end = value, exception, next(_ends)
        self.finished = True
        while self._callbacks:
            self._callbacks.pop()(self)

    def _when_finished(self, callback: "Callable[[Greenlet[T]], object]") -> None:
        """Calls back at the end, or now; perhaps twice, if the end comes right now on another
        thread."""
        self._callbacks.append(callback)
        if self.finished:
            callback(self)

    def _return_to(self, ret: _puff.Returner) -> None:
        self._when_finished(lambda ended: ret(ended.result, ended.exception))

    def __repr__(self) -> str:
        state = "runs" if not self.finished else "failed" if self.exception else "finished"
        return f"<Greenlet {self.name}: {state}>"

    def __del__(self) -> None:
        failure = self.exception
        if failure is not None and not self._joined and not isinstance(failure, Cancelled):
            _log.error("greenlet %s failed and nobody joined it", self.name, exc_info=failure)


def spawn(function: Callable[..., T], /, *args: Any, **kwargs: Any) -> Greenlet[T]:
    """Runs `function(*args, **kwargs)` on a new greenlet, soon, with a copy of the caller's context
    variables. From any thread under Puff; RuntimeError elsewhere. `puff.errors.Overloaded` when
    100,000 wait to start already."""
    return Greenlet[T](_name_of(function))._start(lambda: function(*args, **kwargs))


def spawn_blocking(function: Callable[..., T], /, *args: Any, **kwargs: Any) -> Greenlet[T]:
    """Like `spawn`, with the function on a thread of the blocking pool: for what waits in the
    operating system or computes long. `puff.errors.Overloaded` when too many calls wait."""
    on_thread = blocking(function)
    return Greenlet[T](_name_of(function))._start(lambda: on_thread(*args, **kwargs))


def join_all(greenlets: Iterable[Greenlet[Any]]) -> Any:
    """Waits until all have ended; then a list of the results in the order given. If some failed,
    raises the exception of the one that failed first."""
    everyone = list(greenlets)
    for each in everyone:
        each._joined = True
    left = {id(each) for each in everyone}

    def wait_for_all(ret: _puff.Returner) -> None:
        def ended(one: Greenlet[Any]) -> None:
            left.discard(id(one))
            if not left:
                ret(*_outcome(everyone))

        if not everyone:
            ret([])
        for each in everyone:
            each._when_finished(ended)

    return _puff.wrap_async(wait_for_all)


def join_iter(greenlets: Iterable[Greenlet[T]]) -> "JoinIterator[T]":
    """The results in the order in which the greenlets end: `for` in a greenlet, `async for` on the
    asyncio thread. The turn of one that failed raises its exception; asking again goes on with the
    next."""
    return JoinIterator(greenlets)


class JoinIterator(Generic[T]):
    """What `join_iter` returns."""

    def __init__(self, greenlets: Iterable[Greenlet[T]]) -> None:
        # The number of greenlets that have not been handed out; each counts once.
        everyone = {id(each): each for each in greenlets}
        self._left = len(everyone)
        self._arrived: deque[Greenlet[T]] = deque()
        self._seen: set[int] = set()
        self._ret: _puff.Returner | None = None
        self._keep = everyone
        for each in everyone.values():
            each._joined = True
            each._when_finished(self._arrive)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> T:
        if not self._left:
            raise StopIteration
        if not self._arrived:
            _puff.wrap_async(self._wait)
        return self._take()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        if not self._left:
            raise StopAsyncIteration
        if not self._arrived:
            await _puff.wrap_async(self._wait)
        return self._take()

    def _arrive(self, ended: Greenlet[T]) -> None:
        if id(ended) in self._seen:
            return
        self._seen.add(id(ended))
        self._arrived.append(ended)
        if self._ret is not None:
            self._ret()

    def _wait(self, ret: _puff.Returner) -> None:
        self._ret = ret
        if self._arrived:
            ret()

    def _take(self) -> T:
        self._ret = None
        ended = self._arrived.popleft()
        self._left -= 1
        del self._keep[id(ended)]
        if ended.exception is not None:
            raise ended.exception
        return ended.result  # type: ignore[return-value]


def _outcome(ended: list[Greenlet[Any]]) -> tuple[list[Any] | None, BaseException | None]:
    failed = [each for each in ended if each.exception is not None]
    if failed:
        return None, min(failed, key=lambda each: each._end).exception
    return [each.result for each in ended], None


def _name_of(function: Callable[..., Any]) -> str:
    name = getattr(function, "__qualname__", None) or type(function).__qualname__
    module = getattr(function, "__module__", None)
    return f"{module}.{name}" if module else name
