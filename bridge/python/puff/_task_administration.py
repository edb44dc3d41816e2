"""What can be asked of a queue and done to it, besides adding tasks."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from puff import _puff
from puff._clients import TimedClient
from puff._task_options import rate_of


class Administration(TimedClient):
    """A queue as those see it who look after it."""

    _kind = "queue"

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
        times, per = rate_of(rate) if rate else (0, 0)
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

    def _run(
        self,
        script: str,
        words: tuple[bytes | str | int, ...],
        decode: Callable[[Any], Any] | None,
    ) -> Any:
        return _puff.task_call(self._name, script, words, self._timeout_ms, decode)


def _json_or_none(data: bytes) -> Any:
    return json.loads(data) if data else None


def _stats(reply: Sequence[Any]) -> Mapping[str, int]:
    pairs = zip(reply[::2], reply[1::2], strict=True)
    return {name.decode(): int(value) for name, value in pairs}
