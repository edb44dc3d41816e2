"""Actors by their names."""

from collections.abc import Callable
from typing import Any

from puff import _puff
from puff._actor_cell import Cell, living, monotonic
from puff._actor_kinds import NAMED, SPAWNED, kinds
from puff._actor_words import decode_outcome, encode_call
from puff._actors import END

DEFAULT_TIMEOUT_MS = 5_000
LONGEST_WATCH_MS = 365 * 86_400_000


class Ref:
    """An actor by its name; it holds no connection and costs nothing to make."""

    __slots__ = ("name", "node")

    def __init__(self, name: str, node: str = "") -> None:
        if not name or name.startswith("/"):
            raise ValueError(f"{name!r} is no name of an actor, as 'mailer' or 'Counter/user-42'")
        self.name = name
        self.node = node

    def ask(
        self, verb: str, /, *args: Any, timeout_ms: int = DEFAULT_TIMEOUT_MS, **kwargs: Any
    ) -> Any:
        """Calls a method and gives its result. The actor does it at most once; after TimeoutError
        and `Unavailable` it may have. Other errors: LookupError (nobody has the name),
        `Overloaded`, and `ActorFailed` for what the method raised."""
        cell = living.get(self.name)
        if cell is not None and not self.node:
            until = monotonic() + timeout_ms / 1000
            if _puff.is_asyncio():
                # Mailboxes belong to the greenlet thread.
                def start(ret: _puff.Returner) -> None:
                    _puff.call_after(0, lambda: cell.put(verb, args, kwargs, ret, until))

                return _puff.wait_within(start, timeout_ms)
            return _puff.wait_within(
                lambda ret: cell.put(verb, args, kwargs, ret, until), timeout_ms
            )
        content_type, body = encode_call(args, kwargs)
        return _puff.actor_ask(
            self.name, self.node, verb, content_type, body, timeout_ms, decode_outcome
        )

    def tell(self, verb: str, /, *args: Any, **kwargs: Any) -> None:
        """Sends a message and forgets it: it arrives at most once."""
        content_type, body = encode_call(args, kwargs)
        _puff.actor_tell(self.name, self.node, verb, content_type, body)

    def stop(self, timeout_ms: int = DEFAULT_TIMEOUT_MS) -> Any:
        """Ends an actor that `spawn` made on this node, after the messages that wait for it."""
        cell = living.get(self.name)
        if cell is None or cell.kind.life != NAMED:
            raise LookupError(f"{self.name!r} was not spawned on this node")
        return _puff.wait_within(lambda ret: _stop(cell, ret), timeout_ms)

    def __repr__(self) -> str:
        return f"<Ref {self.name}{'@' + self.node if self.node else ''}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ref) and (self.name, self.node) == (other.name, other.node)

    def __hash__(self) -> int:
        return hash((self.name, self.node))


def watch(whom: Ref, callback: Callable[[Ref, str], object]) -> None:
    """Calls `callback(ref, why)` on a greenlet when the actor has ended: it was stopped or put to
    rest, it lost its lease, or its node is gone."""
    _puff.spawn(lambda: callback(whom, _wait_for_end(whom)), None)


def _wait_for_end(whom: Ref) -> str:
    cell = living.get(whom.name) if not whom.node else None
    try:
        if cell is not None:
            why = _puff.wait_within(cell.ended.append, LONGEST_WATCH_MS)
        else:
            content_type, body = encode_call((), {})
            why = _puff.actor_ask(
                whom.name, whom.node, END, content_type, body, LONGEST_WATCH_MS,
                decode_outcome,
            )  # fmt: skip
    except Exception as failure:
        return str(failure)
    return str(why)


def _stop(cell: Cell, ret: Any) -> None:
    def end() -> None:
        while cell.working is not None:
            _puff.sleep_ms(1)
        cell.working = 0
        if cell.kind.name != SPAWNED:
            kinds.pop(cell.kind.name, None)
            _puff.actor_withdraw(cell.kind.name)
        cell.rest("it was stopped")
        ret(None, None)

    _puff.spawn(end, None)


def ref_of(cell: Cell) -> Ref:
    spawned = cell.kind.name == SPAWNED
    return Ref(cell.name, _puff.node_name() if spawned else "")
