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
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar, overload

from puff import _puff, _task_cron, _task_inline, _tasks
from puff._remote_error import RemoteError
from puff._task_administration import Administration
from puff._task_inline import inline
from puff._task_options import (
    DEFAULT_KEEP_RESULTS_FOR,
    DEFAULTS,
    Function,
    Options,
    options_of,
    path_of,
    rate_of,
)
from puff._task_records import Order, due_of, order_of, prefix_of, step_record, to_json
from puff._tasks import Attempt, NotAllowed, Retry

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

F = TypeVar("F", bound=Callable[..., Any])


class TaskFailed(RemoteError):
    """A task ended with an exception."""


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
        return _mark(function, DEFAULTS)
    try:
        given = Options(**options)
    except TypeError as failure:
        raise TypeError(f"@task: {str(failure).partition(' ')[2]}") from None
    if given.rate is not None:
        rate_of(given.rate)
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
        _task_cron.add(path_of(function), options)
    return function


def current_task() -> Attempt | None:
    """The attempt that the calling code is part of, or None outside tasks."""
    return _tasks.current.get()


@dataclass(frozen=True, slots=True)
class Step:
    """A function with its parameter and keywords, for groups."""

    function: Function
    param: Any = None


class TaskQueue(Administration):
    """The `[[task_queue]]` of a name."""

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
        options = options_of(func, timeout_ms, keep_results_for_ms, priority, max_attempts)
        text = to_json(path, param)
        if _task_inline.active():
            return _task_inline.run(path, func, text)
        order = order_of(path, options, param, text, scheduled_time_unix_ms, unique)
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
        options = options_of(func, **more)
        if options.plain and not _task_inline.active():
            due, prefix = due_of(scheduled_time_unix_ms), prefix_of(path, options)
            new_id = _puff.task_new_id
            orders = [
                (new_id(), due, "", prefix + to_json(path, param).encode()) for param in params
            ]
            return self._send(orders, trigger, None)
        if _task_inline.active():
            return [_task_inline.run(path, func, to_json(path, param)) for param in params]
        orders = [
            order_of(path, options, p, to_json(path, p), scheduled_time_unix_ms, None)
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
            step = id_ + step_record(function, step, b"", "")
        first = _puff.task_new_id()
        record = step_record(functions[0], step, b"", to_json("chain", param))
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
        step = last + step_record(then, b"", b"", "") if then is not None else b""
        orders = [
            (
                _puff.task_new_id(),
                -1,
                "",
                step_record(
                    m.function, b"", group_id + str(place).encode(), to_json("group", m.param)
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
        return _puff.task_wait(self._name, task_id, 0, _value)

    def wait_for_task_result(
        self, task_id: bytes, poll_interval_ms: int = 100, timeout_ms: int = 10_000
    ) -> Any:
        """Waits for a task's end: its result, which Redis tells when it is there; None if the time
        is over or nobody knows the task (any more). TaskFailed if it failed. `poll_interval_ms` is
        accepted for programs of 0.1.x and not needed."""
        if _task_inline.knows(task_id):
            return _task_inline.result(task_id, _value)
        return _puff.task_wait(self._name, task_id, max(timeout_ms, 0), _value)

    # -- inside --

    def _send(
        self,
        orders: list[Order],
        wake: bool,
        decode: Callable[[list[bytes]], Any] | None,
        later: list[bytes | str | int] | None = None,
    ) -> Any:
        return _puff.task_add(self._name, orders, later or [], wake, self._timeout_ms, decode)

    def _on_commit(self, order: Order, trigger: bool) -> bytes:
        from django.db import transaction

        transaction.on_commit(lambda: self._send([order], trigger, None))
        return order[0]


def _first(ids: list[bytes]) -> bytes:
    return ids[0]


def _value(data: bytes | None) -> Any:
    if data is None:
        return None
    value = json.loads(data[1:])
    if data[:1] == b"+":
        return value
    raise TaskFailed(value.get("type", ""), value.get("text", ""), value.get("traceback", ""))


@functools.cache
def named_client(name: str) -> TaskQueue:
    """The queue of the `[[task_queue]]` table of that name."""
    return TaskQueue(name)


global_task_queue = named_client("default")
