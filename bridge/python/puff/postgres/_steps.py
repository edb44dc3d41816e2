"""Calls that work in both worlds are written once, as generators of steps: what they yield is a
value in a greenlet (which has waited inside the step) and an awaitable on the asyncio thread."""

from collections.abc import Callable, Generator
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from puff import _puff

P = ParamSpec("P")
T = TypeVar("T")

Steps = Generator[Any, Any, T]


def run(steps: Steps[T]) -> Any:
    """The value that the steps return; on the asyncio thread an awaitable of it."""
    if _puff.is_asyncio():
        return _await(steps)
    try:
        value = next(steps)
        while True:
            value = steps.send(value)
    except StopIteration as end:
        return end.value


async def _await(steps: Steps[T]) -> T:
    try:
        waits = next(steps)
        while True:
            try:
                value = await waits
            except BaseException as failure:
                waits = steps.throw(failure)
            else:
                waits = steps.send(value)
    except StopIteration as end:
        result: T = end.value
        return result


def both_worlds(function: Callable[P, Steps[Any]]) -> Callable[P, Any]:
    """Makes a call of a generator function of steps."""

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> Any:
        return run(function(*args, **kwargs))

    return call
