"""What runs tasks: called by the C++ side for each attempt, on a greenlet of its own."""

import fnmatch
import importlib
import inspect
import json
import logging
import sys
from collections.abc import Callable, Sequence
from contextvars import ContextVar, copy_context
from typing import TYPE_CHECKING, Any

from puff import _commands, _puff
from puff._coroutines import result_of
from puff._json_text import encode
from puff._remote_error import words_of
from puff.errors import Cancelled, PuffError

if TYPE_CHECKING:
    import asyncio

_log = logging.getLogger("puff")

RETURNED, RAISED, AGAIN, ABANDONED = range(4)
MARK = "__puff_task__"

#: What `[[task_queue]]` allows to run; a queue that is missing here allows anything.
_allowed: dict[str, list[str]] = {}
_found: dict[tuple[str, str], tuple[Callable[..., Any], bool]] = {}
_coroutines: dict[int, "_Coroutine"] = {}
_when_none_runs: list[Callable[[], object]] = []


class Attempt:
    """The attempt that the calling code is part of; see `puff.task_queue.current_task`."""

    __slots__ = ("attempt", "id", "max_attempts", "name", "queue", "token")

    def __init__(
        self, queue: str, name: str, id_: bytes, attempt: int, max_attempts: int, token: int
    ) -> None:
        self.queue = queue
        self.name = name
        self.id = id_
        self.attempt = attempt
        self.max_attempts = max_attempts
        self.token = token

    @property
    def idempotency_key(self) -> str:
        """The same for all attempts of this task, and of no other: for services that drop what they
        were told before."""
        return _puff.task_id_text(self.id)

    def progress(self, value: Any) -> Any:
        """Lets others see how far the task is, as anything that JSON knows. False if the attempt
        has lost its lease: then another one runs, and this one is about to be cancelled."""
        words = (self.id, self.token, encode(value))
        return _puff.task_call(self.queue, "progress", words, 10_000, bool)

    def __repr__(self) -> str:
        return f"<Attempt {self.attempt} of {self.max_attempts} of {self.name}>"


current: ContextVar[Attempt | None] = ContextVar("puff_task", default=None)


class Retry(Exception):
    """Raised by a task that wants to run again, after `delay_ms`; it counts as an attempt, and the
    last one ends in the dead letters."""

    def __init__(self, text: str = "the task asked to run again", delay_ms: int = 1_000) -> None:
        super().__init__(text)
        self.delay_ms = delay_ms


class NotAllowed(PuffError):
    """A queue's `allow` does not name the function."""


def prepare(queue: str, modules: Sequence[str], allow: Sequence[str]) -> None:
    """Before the first task of a queue: imports its modules, and remembers what may run."""
    from puff import _task_cron

    if allow:
        _allowed[queue] = list(allow)
    _commands.set_up()
    for name in modules:
        importlib.import_module(name)
    _task_cron.announce_all(queue)


def run(
    handle: int,
    queue: str,
    path: str,
    param: bytes,
    id_: bytes,
    attempt: int,
    max_attempts: int,
    token: int,
) -> Any:
    """Runs an attempt: its result as JSON, a tuple that says how else it ended, or None when it
    goes on as a coroutine, which reports its end itself."""
    try:
        function, is_coroutine = _found.get((queue, path)) or _find(queue, path)
        value = json.loads(param)
        here = Attempt(queue, path, id_, attempt, max_attempts, token)
        if is_coroutine:
            _Coroutine(handle, function, value, here).start()
            return None
        current.set(here)
        result = function(value)
        if inspect.isawaitable(result):
            result = result_of(result)
        return encode(result).encode()
    except BaseException as failure:
        return failed(path, failure)


def interrupt(handle: int, why: str) -> None:
    """Ends a coroutine's attempt."""
    running = _coroutines.get(handle)
    if running is not None:
        running.cancel(why)


def wait_for_coroutines() -> None:
    """Returns when no coroutine of a task runs. Cancelled while it waits, it cancels them."""

    def when_none(ret: Callable[[], object]) -> None:
        _when_none_runs.append(ret)
        if not _coroutines:
            ret()

    try:
        if _coroutines:
            _puff.wrap_async(when_none)
    except Cancelled:
        for running in list(_coroutines.values()):
            running.cancel("the node stops")
        _puff.wrap_async(when_none)


def failed(path: str, failure: BaseException) -> tuple[int, bytes, int]:
    """How an attempt ended that raised."""
    cancelled = isinstance(failure, Cancelled) or _is_of_asyncio(failure)
    if cancelled and _puff.node_stops():
        return (ABANDONED, b"", 0)
    data = encode(describe(failure)).encode()
    if isinstance(failure, Retry):
        return (AGAIN, data, failure.delay_ms)
    if not cancelled:
        _log.error("task %s failed", path, exc_info=failure)
    return (RAISED, data, 0)


def _is_of_asyncio(failure: BaseException) -> bool:
    """Whether it is asyncio's cancellation; a worker without coroutines never imports asyncio."""
    asyncio = sys.modules.get("asyncio")
    return asyncio is not None and isinstance(failure, asyncio.CancelledError)


def describe(failure: BaseException) -> dict[str, str]:
    trace = failure.__traceback__
    inner = trace.tb_next if trace is not None else None  # without the frame that calls tasks
    return dict(zip(("type", "text", "traceback"), words_of(failure, inner), strict=True))


def _find(queue: str, path: str) -> tuple[Callable[..., Any], bool]:
    allowed = _allowed.get(queue)
    named = allowed is None or _matches(path, allowed)
    # Importing runs code: only to look whether it is marked.
    function = _commands.load(path) if named or "@task" in (allowed or ()) else None
    if not named and not hasattr(function, MARK):
        raise NotAllowed(f"task queue {queue!r} does not allow {path}: see `allow` in puff.toml")
    if not callable(function):
        raise TypeError(f"{path} is not callable")
    found = (function, inspect.iscoroutinefunction(function))
    _found[queue, path] = found
    return found


def _matches(path: str, allowed: Sequence[str]) -> bool:
    return any(fnmatch.fnmatchcase(path, pattern) for pattern in allowed)


class _Coroutine:
    """An attempt on the asyncio thread."""

    __slots__ = ("_cancelled", "_function", "_handle", "_here", "_task", "_value")

    def __init__(
        self, handle: int, function: Callable[..., Any], value: Any, here: Attempt
    ) -> None:
        self._handle = handle
        self._function = function
        self._value = value
        self._here = here
        self._task: asyncio.Task[None] | None = None
        self._cancelled = False

    def start(self) -> None:
        _coroutines[self._handle] = self
        try:
            _puff.call_on_asyncio(self._begin)
        except BaseException:
            del _coroutines[self._handle]
            raise

    def cancel(self, why: str) -> None:
        self._cancelled = True
        _puff.call_on_asyncio(self._cancel)

    def _begin(self) -> None:
        import asyncio

        loop = asyncio.get_event_loop_policy().get_event_loop()
        context = copy_context()
        context.run(current.set, self._here)
        self._task = loop.create_task(self._run(), context=context)
        # A task that is cancelled before its first step never runs.
        self._task.add_done_callback(self._ended)
        if self._cancelled:
            self._task.cancel()

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        try:
            result = await self._function(self._value)
            outcome = (RETURNED, encode(result).encode(), 0)
        except BaseException as failure:
            outcome = failed(self._here.name, failure)
        self._report(*outcome)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        if self._handle in _coroutines:
            import asyncio

            self._report(*failed(self._here.name, asyncio.CancelledError()))

    def _report(self, kind: int, data: bytes, delay_ms: int) -> None:
        if _coroutines.pop(self._handle, None) is None:
            return
        _puff.task_end(self._handle, kind, data, delay_ms)
        if not _coroutines:
            while _when_none_runs:
                _when_none_runs.pop()()
