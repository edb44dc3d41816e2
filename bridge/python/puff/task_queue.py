"""A distributed queue of tasks over Redis. A task is a function that any node can import, with one
parameter and a result that JSON knows; it runs at least once, on some node.

    from puff.task_queue import global_task_queue, task

    @task(retries=3, timeout_ms=60_000)
    def send_mail(letter): ...

    id = global_task_queue.add_task(send_mail, {"to": "ada@example.org"})
    global_task_queue.wait_for_task_result(id)

Calls return their value in a greenlet and an awaitable on Puff's asyncio thread. What Redis can
lose, and what a task must be able to bear, stands in docs/tasks.md."""

import functools
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self, TypeVar, overload

from puff import _puff, _task_inline, _tasks
from puff._task_inline import inline
from puff._tasks import Attempt, NotAllowed, Retry, encode
from puff.errors import PuffError

__all__ = [
    "Attempt",
    "NotAllowed",
    "Retry",
    "Step",
    "TaskFailed",
    "TaskQueue",
    "current_task",
    "global_task_queue",
    "inline",
    "named_client",
    "task",
]

DEFAULT_TIMEOUT = 30_000
DEFAULT_KEEP_RESULTS_FOR = 300_000
DEFAULT_MAX_ATTEMPTS = 5
MAX_PARAM_BYTES = 64 * 1024 * 1024
CALL_TIMEOUT_MS = 10_000
_PERIODS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}

F = TypeVar("F", bound=Callable[..., Any])
Function = Callable[..., Any] | str
Key = str | Callable[[Any], str]


class TaskFailed(PuffError):
    """A task ended with an exception: `type` and `text` are the exception's, `traceback` is what
    was printed where it ran."""

    def __init__(self, type: str, text: str, traceback: str) -> None:
        super().__init__(f"{type}: {text}" if text else type)
        self.type = type
        self.text = text
        self.traceback = traceback

    def __reduce__(self) -> tuple[Any, ...]:
        return (TaskFailed, (self.type, self.text, self.traceback))


@dataclass(frozen=True, slots=True)
class Options:
    """What `@task` says of a function."""

    queue: str = "default"
    priority: int = 0
    timeout_ms: int = DEFAULT_TIMEOUT
    keep_results_for_ms: int = DEFAULT_KEEP_RESULTS_FOR
    max_attempts: int = DEFAULT_MAX_ATTEMPTS
    retries: int = 0
    backoff_ms: int = 1_000
    max_backoff_ms: int = 600_000
    unique: bool | Key = False
    concurrency: int = 0
    rate: str | None = None
    key: Key | None = None
    cron: str | None = None
    cron_param: Any = None

    @property
    def plain(self) -> bool:
        """Whether all its tasks have the same record but for the parameter."""
        return not (self.retries or self.unique or self.concurrency or self.rate)


_DEFAULTS = Options()
_cron: list[tuple[str, Options]] = []
_running_queues: set[str] = set()


@overload
def task(function: F, /) -> F: ...
@overload
def task(function: None = None, /, **options: Any) -> Callable[[F], F]: ...
def task(function: Any = None, /, **options: Any) -> Any:
    """Marks a function as a task; called, it runs as ever. All arguments are optional:

    - `queue`: the `[[task_queue]]` it belongs to; `priority` from -100 to 100, higher runs first.
    - `timeout_ms`: how long one attempt may take; `max_attempts` after crashes and time-outs.
    - `retries`, `backoff_ms`, `max_backoff_ms`: again after an exception, after a pause that
      doubles; without `retries` an exception is final.
    - `keep_results_for_ms`: 0 keeps none.
    - `unique`: no second one waits or runs with the same parameter (True) or key (a string, or a
      function of the parameter); adding gives the id of the first.
    - `concurrency`: how many run at once on all nodes; `rate`: how many begin, as "10/s" or "3/5m";
      both for each `key`, a string or a function of the parameter, or for the function.
    - `cron`: times as cron writes them, in UTC, when it is added with `cron_param`."""
    if function is not None and not options:
        return _mark(function, _DEFAULTS)
    try:
        given = Options(**options)
    except TypeError as failure:
        raise TypeError(f"@task: {str(failure).partition(' ')[2]}") from None
    if given.rate is not None:
        _rate_of(given.rate)
    if given.cron is not None:
        _puff.task_check_cron(given.cron)
    if function is not None:
        return _mark(function, given)
    return lambda decorated: _mark(decorated, given)


def _mark(function: Any, options: Options) -> Any:
    setattr(function, _tasks.MARK, options)
    setattr(function, "__is_puff_task", True)
    function.__is_puff_task__ = True
    function.enqueue = functools.partial(named_client(options.queue).add_task, function)
    if options.cron is not None:
        path = path_of(function)
        _cron.append((path, options))
        if options.queue in _running_queues:
            _announce(path, options)
    return function


def current_task() -> Attempt | None:
    """The attempt that the calling code is part of, or None outside tasks."""
    return _tasks.current.get()


def path_of(function: Function) -> str:
    """The dotted path that another node imports a function by."""
    if isinstance(function, str):
        if "." not in function.strip("."):
            raise ValueError(f"{function!r} is no dotted path like 'package.module.function'")
        return function
    module = getattr(function, "__module__", None)
    name = getattr(function, "__qualname__", None)
    if not module or not name:
        raise TypeError(f"a task must be a function or its dotted path, not {function!r}")
    if "<" in name or module == "__main__":
        raise ValueError(
            f"{module}.{name} cannot be imported by another node: "
            "define it at the top of a module that is not the main program"
        )
    return f"{module}.{name}"


@dataclass(frozen=True, slots=True)
class Step:
    """A function with its parameter and keywords, for groups."""

    function: Function
    param: Any = None


class TaskQueue:
    """The `[[task_queue]]` of a name. It holds no connection and costs nothing to make."""

    def __init__(self, queue: str = "default", timeout_ms: int = CALL_TIMEOUT_MS) -> None:
        self._queue = queue
        self._timeout_ms = timeout_ms
        self._prefixes: dict[Any, bytes] = {}

    def __call__(self) -> Self:
        """The queue itself: `global_task_queue()` and `global_task_queue` are the same."""
        return self

    def __repr__(self) -> str:
        return f"<TaskQueue {self._queue!r}>"

    def by_name(self, name: str) -> "TaskQueue":
        """Another queue."""
        return named_client(name)

    def schedule_function(
        self,
        func: Function,
        param: Any = None,
        scheduled_time_unix_ms: int | None = None,
        timeout_ms: int | None = None,
        keep_results_for_ms: int | None = None,
        trigger: bool = True,
        **more: Any,
    ) -> Any:
        """Adds a task; its id. See `add_task`."""
        return self.add_task(
            func,
            param,
            scheduled_time_unix_ms,
            timeout_ms,
            keep_results_for_ms,
            trigger=trigger,
            **more,
        )

    def add_task(
        self,
        func: Function,
        param: Any = None,
        scheduled_time_unix_ms: int | None = None,
        timeout_ms: int | None = None,
        keep_results_for_ms: int | None = None,
        *old: bool,
        trigger: bool = True,
        priority: int | None = None,
        max_attempts: int | None = None,
        unique: str | None = None,
        on_commit: bool = False,
    ) -> Any:
        """Adds a task and returns its id, 16 bytes. What is left out is as `@task` says.

        `scheduled_time_unix_ms` is when it is due; among due tasks of one priority the earliest
        goes first, so a small number goes before all that have none. With `trigger=False` no idle
        node is woken: it starts within a second. With `on_commit` it is added when Django's
        transaction commits, and the id is there at once. `*old` are 0.1.x's last two of seven
        positional arguments: whether it is a coroutine function, which Puff sees by itself, and
        `trigger`.

        ValueError and TypeError say what cannot be a task; nothing was added then. ConnectionError
        may come when it was added."""
        if old:
            trigger = old[-1]
        path = path_of(func)
        options = self._options(func, timeout_ms, keep_results_for_ms, priority, max_attempts)
        text = _to_json(path, param)
        if _task_inline.active():
            return _task_inline.run(path, func, text)
        order = self._order(path, options, param, text, scheduled_time_unix_ms, unique)
        if on_commit:
            return self._on_commit(order, trigger)
        return self._send([order], trigger, _first)

    def add_tasks(
        self,
        func: Function,
        params: Iterable[Any],
        scheduled_time_unix_ms: int | None = None,
        *,
        trigger: bool = True,
        **more: Any,
    ) -> Any:
        """Adds a task for each parameter, many with one call of Redis; their ids in order. Much
        faster than one by one."""
        path = path_of(func)
        options = self._options(
            func,
            more.pop("timeout_ms", None),
            more.pop("keep_results_for_ms", None),
            more.pop("priority", None),
            more.pop("max_attempts", None),
        )
        if more:
            raise TypeError(f"add_tasks() knows no {', '.join(more)}")
        if options.plain and not _task_inline.active():
            due, prefix = _due(scheduled_time_unix_ms), self._prefix(path, options)
            new_id = _puff.task_new_id
            orders = [
                (new_id(), due, "", prefix + _to_json(path, param).encode()) for param in params
            ]
            return self._send(orders, trigger, None)
        if _task_inline.active():
            return [_task_inline.run(path, func, _to_json(path, param)) for param in params]
        orders = [
            self._order(path, options, p, _to_json(path, p), scheduled_time_unix_ms, None)
            for p in params
        ]
        return self._send(orders, trigger, None)

    def chain(self, *functions: Function, param: Any = None) -> Any:
        """Adds tasks of which each gets the result of the one before; the first gets `param`. The
        id is that of the last, so waiting for it gives the last result. If one fails, so does the
        chain. What comes next is added in the same moment in which a step ends."""
        if not functions:
            raise ValueError("a chain needs a function")
        later: list[bytes] = []
        step = b""
        for function in reversed(functions[1:]):
            id_ = _puff.task_new_id()
            later.append(id_)
            step = id_ + self._record(function, step, b"", "")
        first = _puff.task_new_id()
        record = self._record(functions[0], step, b"", _to_json("chain", param))
        words: list[bytes | str | int] = [len(later), *later, 0] if later else []
        last = later[0] if later else first
        return self._send([(first, -1, "", record)], True, lambda _: last, words)

    def group(
        self,
        steps: Iterable[Step | tuple[Function, Any]],
        then: Function | None = None,
        keep_results_for_ms: int = DEFAULT_KEEP_RESULTS_FOR,
    ) -> Any:
        """Adds tasks that run side by side. Waiting for the id gives the list of their results, in
        order; or, with `then`, the result of that function of the list. If one fails, so does the
        group, when all have ended."""
        members = [s if isinstance(s, Step) else Step(*s) for s in steps]
        if not members:
            raise ValueError("a group needs a task")
        group_id = _puff.task_new_id()
        last = _puff.task_new_id() if then is not None else b""
        step = last + self._record(then, b"", b"", "") if then is not None else b""
        orders = [
            (
                _puff.task_new_id(),
                -1,
                "",
                self._record(
                    m.function, b"", group_id + str(place).encode(), _to_json("group", m.param)
                ),
            )
            for place, m in enumerate(members)
        ]
        later = [last] if last else []
        words: list[bytes | str | int] = [
            len(later), *later, 1, group_id, len(members), keep_results_for_ms, step,
        ]  # fmt: skip
        return self._send(orders, True, lambda _: last or group_id, words)

    def task_result(self, task_id: bytes) -> Any:
        """The result of a task if it has ended, else None. TaskFailed if it failed."""
        if _task_inline.knows(task_id):
            return _task_inline.result(task_id, _value)
        return _puff.task_wait(self._queue, task_id, 0, _value)

    def wait_for_task_result(
        self, task_id: bytes, poll_interval_ms: int = 100, timeout_ms: int = 10_000
    ) -> Any:
        """Waits for a task's end: its result, which Redis tells when it is there; None if the time
        is over or nobody knows the task (any more). TaskFailed if it failed. `poll_interval_ms` is
        accepted for programs of 0.1.x and not needed."""
        if _task_inline.knows(task_id):
            return _task_inline.result(task_id, _value)
        return _puff.task_wait(self._queue, task_id, max(timeout_ms, 0), _value)

    def cancel(self, task_id: bytes) -> Any:
        """Takes a task out of the queue, or cancels it where it runs. False if it does neither."""
        return self._run("cancel", (task_id,), bool)

    def progress(self, task_id: bytes) -> Any:
        """What the running task told by `current_task().progress`, or None."""
        return self._run("show", (task_id,), lambda reply: _json_or_none(reply[2]))

    def state(self, task_id: bytes) -> Any:
        """ "ready", "scheduled", "running", "parked" (a limit holds it), "later" (a step of a
        chain), "dead", "finished", or None if nobody knows it."""
        return self._run("show", (task_id,), lambda reply: reply[0].decode() or None)

    def stats(self) -> Any:
        """How many tasks are in which state, and what was done since the queue exists."""
        return self._run("manage", ("stats",), _stats)

    def pause(self) -> Any:
        """No node claims tasks of this queue any more; what runs goes on."""
        return self._run("manage", ("pause",), bool)

    def resume(self) -> Any:
        """Ends `pause`."""
        return self._run("manage", ("resume",), bool)

    def limit(self, concurrency: int = 0, rate: str | None = None) -> Any:
        """Bounds the queue on all nodes together: how many tasks run at once, how many begin, as
        "100/s". Without arguments there is no bound."""
        times, per = _rate_of(rate) if rate else (0, 0)
        return self._run("manage", ("limit", concurrency, times, per), bool)

    def retry(self, task_id: bytes) -> Any:
        """Runs a scheduled or dead task now. False if it is neither."""
        return self._run("manage", ("retry", task_id), bool)

    def replay(self, task_id: bytes | None = None) -> Any:
        """Puts a dead letter back into the queue with all its attempts, or up to 500 of them; how
        many those were."""
        return self._run("manage", ("replay", task_id or "all"), None)

    def purge(self, state: str) -> Any:
        """Forgets up to 500 "ready", "scheduled" or "dead" tasks; how many those were."""
        if state not in ("ready", "scheduled", "dead"):
            raise ValueError(f"purge: the state is ready, scheduled or dead, not {state!r}")
        return self._run("manage", ("purge", state), None)

    # -- inside --

    def _run(
        self,
        script: str,
        words: tuple[bytes | str | int, ...],
        decode: Callable[[Any], Any] | None,
    ) -> Any:
        return _puff.task_call(self._queue, script, words, self._timeout_ms, decode)

    def _send(
        self,
        orders: list[tuple[bytes, int, str, bytes]],
        wake: bool,
        decode: Callable[[list[bytes]], Any] | None,
        later: list[bytes | str | int] | None = None,
    ) -> Any:
        return _puff.task_add(self._queue, orders, later or [], wake, self._timeout_ms, decode)

    def _options(self, func: Function, *changes: int | None) -> Options:
        options: Options = getattr(func, _tasks.MARK, _DEFAULTS)
        if changes == _UNCHANGED:
            return options
        names = ("timeout_ms", "keep_results_for_ms", "priority", "max_attempts")
        values = {name: getattr(options, name) for name in Options.__slots__}
        values.update((n, v) for n, v in zip(names, changes, strict=True) if v is not None)
        return Options(**values)

    def _prefix(self, path: str, o: Options) -> bytes:
        """A record without its parameter."""
        key = (path, o.timeout_ms, o.keep_results_for_ms, o.priority, o.max_attempts)
        found = self._prefixes.get(key)
        if found is None:
            found = _puff.task_encode(path, b"", *key[1:], None)
            if len(self._prefixes) < 10_000:
                self._prefixes[key] = found
        return found

    def _order(
        self,
        path: str,
        o: Options,
        param: Any,
        text: str,
        scheduled: int | None,
        unique: str | None,
    ) -> tuple[bytes, int, str, bytes]:
        id_, due = _puff.task_new_id(), _due(scheduled)
        if o.plain and unique is None:
            return (id_, due, "", self._prefix(path, o) + text.encode())
        key = f"{path}:{unique}" if unique is not None else _unique_key(o, path, param, text)
        return (id_, due, key, _encode(path, o, text, key, _limit_key(o, path, param)))

    def _record(self, func: Function, step: bytes, member: bytes, text: str) -> bytes:
        path = path_of(func)
        options = self._options(func, *_UNCHANGED)
        limit = _limit_key(options, path, None) if not callable(options.key) else path
        return _encode(path, options, text, "", limit, step, member)

    def _on_commit(self, order: tuple[bytes, int, str, bytes], trigger: bool) -> bytes:
        from django.db import transaction

        transaction.on_commit(lambda: self._send([order], trigger, None))
        return order[0]


_UNCHANGED = (None, None, None, None)


def _first(ids: list[bytes]) -> bytes:
    return ids[0]


def _to_json(path: str, param: Any) -> str:
    try:
        text = encode(param)
    except (TypeError, ValueError) as failure:
        raise type(failure)(f"the parameter of {path}: {failure}") from None
    if len(text) > MAX_PARAM_BYTES:
        raise ValueError(f"the parameter of {path} takes more than 64 MiB")
    return text


def _due(scheduled: int | None) -> int:
    if not scheduled:
        return -1
    if scheduled < 0:
        raise ValueError(f"scheduled_time_unix_ms must not be negative, as {scheduled} is")
    return int(scheduled)


def _unique_key(o: Options, path: str, param: Any, text: str) -> str:
    if o.unique is False:
        return ""
    if o.unique is True:
        sorted_ = json.dumps(param, sort_keys=True, separators=(",", ":"))
        return f"{path}:{hashlib.sha1(sorted_.encode(), usedforsecurity=False).hexdigest()}"
    return f"{path}:{o.unique(param) if callable(o.unique) else o.unique}"


def _limit_key(o: Options, path: str, param: Any) -> str:
    if not (o.concurrency or o.rate):
        return ""
    if o.key is None:
        return path
    return str(o.key(param)) if callable(o.key) else o.key


def _rate_of(text: str) -> tuple[int, int]:
    times, slash, period = text.partition("/")
    unit = period.lstrip("0123456789")
    count = period[: len(period) - len(unit)] or "1"
    if not slash or not times.isdigit() or int(times) < 1 or unit not in _PERIODS:
        raise ValueError(f'a rate is like "10/s" or "3/5m" (ms, s, m, h, d), not {text!r}')
    return int(times), int(count) * _PERIODS[unit]


def _encode(
    path: str,
    o: Options,
    text: str,
    unique: str,
    limit: str,
    step: bytes = b"",
    member: bytes = b"",
) -> bytes:
    times, per = _rate_of(o.rate) if o.rate else (0, 0)
    again = (o.retries, o.backoff_ms, o.max_backoff_ms)
    extras = (unique, limit, o.concurrency, times, per, *again, step, member)
    # Retries after exceptions count as attempts too.
    attempts = max(o.max_attempts, o.retries + 1)
    return _puff.task_encode(
        path, text, o.timeout_ms, o.keep_results_for_ms, o.priority, attempts, extras
    )


def _value(data: bytes | None) -> Any:
    if data is None:
        return None
    value = json.loads(data[1:])
    if data[:1] == b"+":
        return value
    raise TaskFailed(value.get("type", ""), value.get("text", ""), value.get("traceback", ""))


def _json_or_none(data: bytes) -> Any:
    return json.loads(data) if data else None


def _stats(reply: Sequence[Any]) -> Mapping[str, int]:
    pairs = zip(reply[::2], reply[1::2], strict=True)
    return {name.decode(): int(value) for name, value in pairs}


def _announce_cron(queue: str) -> None:
    _running_queues.add(queue)
    for path, options in _cron:
        if options.queue == queue:
            _announce(path, options)


def _announce(path: str, options: Options) -> None:
    assert options.cron is not None
    text = _to_json(path, options.cron_param)
    limit = _limit_key(options, path, options.cron_param)
    record = _encode(path, options, text, "", limit)
    _puff.task_rhythm(options.queue, path, options.cron, record)


@functools.cache
def named_client(name: str) -> TaskQueue:
    """The queue of the `[[task_queue]]` table of that name."""
    return TaskQueue(name)


global_task_queue = named_client("default")
