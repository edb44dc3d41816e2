"""Awaitables of code that runs on greenlets."""

from collections.abc import Awaitable
from typing import Any


def result_of(awaitable: Awaitable[Any]) -> Any:
    """Waits on the calling greenlet until the asyncio thread has run it."""
    from puff.asyncio_support import run_coroutine

    return run_coroutine(awaited(awaitable))


async def awaited(awaitable: Awaitable[Any]) -> Any:
    """As a coroutine, whatever kind of awaitable it is."""
    return await awaitable
