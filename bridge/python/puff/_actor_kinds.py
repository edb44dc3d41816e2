"""The kinds of actors that this node knows: how each is made, lives and keeps its state."""

from collections.abc import Callable
from typing import Any

from puff import _puff

NAMED, SINGLETON, KEYED = range(3)
SPAWNED = "spawned"


class Kind:
    """How the actors of one kind are made and live."""

    __slots__ = (
        "idle_ms", "life", "make", "max_waiting", "name", "on_error", "state", "store", "verbs",
    )  # fmt: skip

    def __init__(
        self,
        name: str,
        make: Callable[..., Any],
        cls: type | None,
        life: int,
        state: tuple[str, ...] = (),
        idle_ms: int = 60_000,
        max_waiting: int = 10_000,
        on_error: str = "keep",
        store: str | None = None,
    ) -> None:
        self.name = name
        self.make = make
        self.life = life
        self.state = state
        self.idle_ms = idle_ms
        self.max_waiting = max_waiting
        self.on_error = on_error
        #: None: what [cluster] says.
        self.store = store
        #: None: known when the first object is made.
        self.verbs = verbs_of(cls) if cls is not None else None


def verbs_of(cls: type) -> frozenset[str]:
    """The methods that messages may name."""
    return frozenset(
        name for name in dir(cls) if not name.startswith("_") and callable(getattr(cls, name))
    )


#: Actor classes and makers of named actors, by kind.
kinds: dict[str, Kind] = {}


def announce(kind: Kind) -> bool:
    """From now on this node keeps actors of that kind, if it keeps any."""
    kinds[kind.name] = kind
    return _puff.actor_announce(kind.name, kind.life)
