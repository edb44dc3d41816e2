"""Tasks that run at once where they are added, for tests without Redis."""

import contextlib
import inspect
import json
from collections.abc import Callable, Iterator
from typing import Any

from puff import _puff, _tasks
from puff._coroutines import awaited, result_of
from puff._json_text import encode
from puff.imports import import_string

_depth = 0
_results: dict[bytes, bytes] = {}


@contextlib.contextmanager
def inline() -> Iterator[None]:
    """Inside, tasks run when they are added, with their parameter through JSON and back; their
    results are there at once, and nothing of it reaches Redis. Attempts, limits, chains and due
    times play no part."""
    global _depth
    _depth += 1
    try:
        yield
    finally:
        _depth -= 1
        if not _depth:
            _results.clear()


def active() -> bool:
    return _depth > 0


def knows(id_: bytes) -> bool:
    return id_ in _results


def result(id_: bytes, value: Callable[[bytes], Any]) -> Any:
    if not _puff.is_asyncio():
        return value(_results[id_])

    async def ready() -> Any:
        return value(_results[id_])

    return ready()


def run(path: str, function: Any, text: str) -> Any:
    """The id of a task that has ended; on the asyncio thread an awaitable of it."""
    called = import_string(function) if isinstance(function, str) else function
    id_ = _puff.task_new_id()
    here = _tasks.Attempt("inline", path, id_, 1, 1, 0)
    if _puff.is_asyncio():
        return _run_async(called, text, here)
    before = _tasks.current.set(here)
    try:
        value = called(json.loads(text))
        if inspect.isawaitable(value):
            value = _wait_for(value)
        _results[id_] = b"+" + encode(value).encode()
    except Exception as failure:
        _results[id_] = _failed(failure)
    finally:
        _tasks.current.reset(before)
    return id_


async def _run_async(called: Callable[..., Any], text: str, here: _tasks.Attempt) -> bytes:
    before = _tasks.current.set(here)
    try:
        value = called(json.loads(text))
        if inspect.isawaitable(value):
            value = await value
        _results[here.id] = b"+" + encode(value).encode()
    except Exception as failure:
        _results[here.id] = _failed(failure)
    finally:
        _tasks.current.reset(before)
    return here.id


def _failed(failure: Exception) -> bytes:
    return b"-" + encode(_tasks.describe(failure)).encode()


def _wait_for(awaitable: Any) -> Any:
    if _puff.is_greenlet():
        return result_of(awaitable)
    import asyncio

    return asyncio.run(awaited(awaitable))
