"""What an actor has of itself while it works: its timers, reminders and state."""

from typing import Any

from puff import _puff
from puff._actor_cell import Cell, current
from puff._actor_kinds import NAMED
from puff._actor_ref import Ref, ref_of
from puff._actor_words import encode_call

REMIND_TIMEOUT_MS = 5_000


class Timer:
    """A message that an actor sends itself later; see `current_actor`."""

    __slots__ = ("_cell", "_message", "_period")

    def __init__(self, cell: Cell, ms: int, period: int | None, message: Any) -> None:
        self._cell: Cell | None = cell
        self._period = period
        self._message = message
        cell.timers.add(self)
        _puff.call_after(ms, self._due)

    def cancel(self) -> None:
        if self._cell is not None:
            self._cell.timers.discard(self)
            self._cell = None

    def _due(self) -> None:
        cell = self._cell
        if cell is None:
            return
        verb, args, kwargs = self._message
        cell.put(verb, args, kwargs, None, 0)
        if self._period is None:
            self.cancel()
        else:
            _puff.call_after(self._period, self._due)


class Here:
    """The actor that the calling code is part of."""

    __slots__ = ("_cell",)

    def __init__(self, cell: Cell) -> None:
        self._cell = cell

    @property
    def ref(self) -> Ref:
        return ref_of(self._cell)

    @property
    def token(self) -> int:
        """Grows with each activation of this name in the cluster: services that remember the
        highest one can refuse what an older activation still does. 0 without a cluster."""
        return self._cell.token

    def after(self, ms: int, verb: str, /, *args: Any, **kwargs: Any) -> Timer:
        """Sends this actor a message in `ms` milliseconds, if it still lives."""
        return Timer(self._cell, ms, None, (verb, args, kwargs))

    def every(self, ms: int, verb: str, /, *args: Any, **kwargs: Any) -> Timer:
        """The same again and again. While an actor has timers it is not idle."""
        return Timer(self._cell, ms, max(ms, 1), (verb, args, kwargs))

    def remind(
        self, name: str, ms: int, verb: str, /, *args: Any, every_ms: int = 0, **kwargs: Any
    ) -> None:
        """Sends this actor a message in `ms` milliseconds, and then every `every_ms` if that is not
        0, wherever it lives by then and whether it lives or rests meanwhile: the cluster's Redis
        remembers it. It arrives at least once, so perhaps twice. One with the name of an earlier
        one replaces it. RuntimeError for an actor made by `spawn`."""
        content_type, body = encode_call(args, kwargs)
        _puff.actor_remind(
            self._movable(), name, ms, every_ms, verb, content_type, body, REMIND_TIMEOUT_MS
        )

    def forget(self, name: str) -> bool:
        """Takes a reminder back; False if there was none."""
        return _puff.actor_forget(self._movable(), name, REMIND_TIMEOUT_MS)

    def _movable(self) -> str:
        if self._cell.kind.life == NAMED:
            raise RuntimeError(f"{self._cell.name} ends with its node: it has no reminders")
        return self._cell.name

    def save(self) -> None:
        """Saves the state now, if the class has one; it is saved after each message anyhow."""
        if self._cell.kind.state:
            self._cell.save()


def current_actor() -> Here | None:
    """The actor that the calling code is part of, or None outside actors."""
    cell = current.get()
    return Here(cell) if cell is not None else None
