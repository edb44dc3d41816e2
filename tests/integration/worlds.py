"""The two places where code may wait, for tests that run inside Puff in a greenlet."""

import contextlib
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from puff.asyncio_support import run_coroutine


def on_asyncio(function: Callable[..., Coroutine[Any, Any, Any]], *args: Any) -> Any:
    """Runs an async function on Puff's asyncio thread and waits for it in the greenlet."""
    return run_coroutine(function(*args))


@contextlib.contextmanager
def log_of(name: str) -> Iterator[list[str]]:
    """What is logged under `name` meanwhile: message and exception text of each record."""
    import logging

    lines: list[str] = []
    formatter = logging.Formatter("%(message)s")

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(formatter.format(record))

    logger, keep = logging.getLogger(name), Keep()
    logger.addHandler(keep)
    try:
        yield lines
    finally:
        logger.removeHandler(keep)
