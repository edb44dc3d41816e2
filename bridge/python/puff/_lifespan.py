"""The lifespan protocol of ASGI 3.0: what an application does before its first and after its last
request."""

import asyncio
import logging
from typing import Any

from puff.asyncio_support import run_coroutine
from puff.errors import PuffError

_log = logging.getLogger("puff")


class LifespanFailed(PuffError):
    """The application said that its start-up failed; the text is what it gave as the reason."""


class Lifespan:
    """One application's lifespan, used from a greenlet; the application's side runs as a task on
    the asyncio thread from `start` to `stop`."""

    def __init__(self, application: Any) -> None:
        self._application = application
        self._state: dict[str, Any] = {}
        self._messages: asyncio.Queue[dict[str, str]] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        self._answer: asyncio.Future[tuple[str, str]] | None = None
        self._listened = False

    def start(self, seconds: float) -> dict[str, Any] | None:
        """Waits for the start-up: the state that requests shall see, or None if the application has
        no lifespan. LifespanFailed if it failed or took longer than `seconds`."""
        state: dict[str, Any] | None = run_coroutine(self._start(seconds))
        return state

    def stop(self, seconds: float) -> None:
        """Waits for the shutdown, at most `seconds`. Failures are logged."""
        run_coroutine(self._stop(seconds))

    async def _start(self, seconds: float) -> dict[str, Any] | None:
        self._task = asyncio.get_running_loop().create_task(self._run(), name="ASGI lifespan")
        kind, text = await self._ask("lifespan.startup", seconds)
        if kind == "startup.complete":
            return self._state
        if kind == "startup.failed":
            raise LifespanFailed(text or "it gave no reason")
        if kind == "late":
            self._task.cancel()
            raise LifespanFailed(f"it took longer than {seconds:g} s")
        # Many applications raise at once for what is not HTTP; to fail later is another matter.
        level = logging.WARNING if self._listened else logging.INFO
        _log.log(level, "the application has no ASGI lifespan: %s", text)
        self._task = None
        return None

    async def _stop(self, seconds: float) -> None:
        if self._task is None:
            return
        kind, text = await self._ask("lifespan.shutdown", seconds)
        if kind == "shutdown.failed":
            _log.error("the application's shutdown failed: %s", text or "it gave no reason")
        elif kind == "late":
            _log.error("the application's shutdown took longer than %g s", seconds)
            self._task.cancel()
        elif kind == "ended":
            _log.error("the application's lifespan ended early: %s", text)

    async def _ask(self, question: str, seconds: float) -> tuple[str, str]:
        """Sends a message and returns the application's answer: its kind and text."""
        self._answer = asyncio.get_running_loop().create_future()
        if self._task is not None and self._task.done():
            return "ended", "it had returned before"
        self._messages.put_nowait({"type": question})
        try:
            return await asyncio.wait_for(self._answer, seconds)
        except TimeoutError:
            return "late", ""

    async def _run(self) -> None:
        scope = {
            "type": "lifespan",
            "asgi": {"version": "3.0", "spec_version": "2.0"},
            "state": self._state,
        }
        try:
            await self._application(scope, self._receive, self._send)
        except Exception as failure:
            self._give("ended", f"{type(failure).__name__}: {failure}")
        else:
            self._give("ended", "it returned")

    async def _receive(self) -> dict[str, str]:
        self._listened = True
        return await self._messages.get()

    async def _send(self, message: dict[str, Any]) -> None:
        prefix, _, kind = message["type"].partition(".")
        known = ("startup.complete", "startup.failed", "shutdown.complete", "shutdown.failed")
        if prefix != "lifespan" or kind not in known:
            raise ValueError(f"unknown lifespan message {message['type']!r}")
        self._give(kind, message.get("message", ""))

    def _give(self, kind: str, text: str) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result((kind, text))
