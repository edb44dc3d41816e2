"""Subscriptions: generators whose values are events."""

import inspect
from collections.abc import Callable
from typing import Any

__all__ = ["driver"]


def driver(generator: Callable[[Any], Any], is_async: bool) -> Callable[[Any], Any]:
    """What the engine calls with a GraphqlSink: runs the generator to its end and closes it
    whatever happens, so that its `finally` blocks run."""
    return _asynchronous(generator) if is_async else _synchronous(generator)


def _synchronous(generator: Callable[[Any], Any]) -> Callable[[Any], None]:
    def drive(sink: Any) -> None:
        events = iter(generator(sink.call))
        sink.opened()
        try:
            for event in events:
                sink.next(event)
        finally:
            close = getattr(events, "close", None)
            if close is not None:
                close()

    return drive


def _asynchronous(generator: Callable[[Any], Any]) -> Callable[[Any], Any]:
    async def drive(sink: Any) -> None:
        made = generator(sink.call)
        if inspect.isawaitable(made):
            made = await made
        events = aiter(made)
        sink.opened()
        try:
            async for event in events:
                await sink.next(event)
        finally:
            close = getattr(events, "aclose", None)
            if close is not None:
                await close()

    return drive
