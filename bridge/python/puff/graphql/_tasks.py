"""Resolvers that are coroutine functions, as tasks of the asyncio thread."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

End = Callable[[Any, BaseException | None], object]


def start(function: Callable[[Any], Awaitable[Any]], call: Any, end: End) -> asyncio.Task[None]:
    """Runs `function(call)` in a task and tells `end` how it went."""
    return asyncio.get_running_loop().create_task(_run(function, call, end))


async def _run(function: Callable[[Any], Awaitable[Any]], call: Any, end: End) -> None:
    try:
        value = await function(call)
    except BaseException as failure:
        end(None, failure)
        if isinstance(failure, asyncio.CancelledError):
            raise
    else:
        end(value, None)
