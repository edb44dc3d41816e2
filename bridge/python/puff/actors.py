"""Actors: objects with a name that take one message at a time, on this node or another of the
cluster.

    from puff.actors import actor

    @actor(state=("value",))
    class Counter:
        def __init__(self, key):
            self.value = 0

        def add(self, n):
            self.value += n
            return self.value

    Counter.ref("user-42").ask("add", 1)

Asks return their value in a greenlet and an awaitable on Puff's asyncio thread. Arguments and
results are bytes, or what JSON knows; on the own node they are handed over as they are. What is
promised, and what is not, stands in docs/cluster.md."""

import itertools
from collections.abc import Callable
from typing import Any, TypeVar, overload

from puff import _puff
from puff._actor_cell import Cell, living
from puff._actor_here import Here, Timer, current_actor
from puff._actor_kinds import KEYED, NAMED, SINGLETON, SPAWNED, Kind, announce, kinds, verbs_of
from puff._actor_ref import Ref, ref_of, watch
from puff._actor_state import CHOICES
from puff._actor_words import ActorFailed
from puff.errors import Unavailable

__all__ = [
    "ActorFailed", "Here", "Ref", "Timer", "actor", "current_actor", "node_name", "ref", "spawn",
    "watch",
]  # fmt: skip

C = TypeVar("C", bound=type)
_numbers = itertools.count(1)


@overload
def actor(cls: C, /) -> C: ...
@overload
def actor(cls: None = None, /, **options: Any) -> Callable[[C], C]: ...
def actor(cls: Any = None, /, **options: Any) -> Any:
    """Makes a class one of actors: `Class.ref(key)` is that of the key, which comes to life with
    its first message, on one node at a time. Options:

    - `name`: the kind in the cluster; the class's name if there is none.
    - `singleton=True`: there is one, `Class.ref()`, on one of the nodes that know the class. It
      lives without being asked and moves when its node ends.
    - `state`: names of attributes that JSON knows. They are saved after each message that changes
      them, before it is answered, and set when the actor comes to life again.
    - `store`: where, "redis" or "postgres"; else what `state` of `[cluster]` in puff.toml says.
    - `idle_ms`: after so long without a message it is put to rest; 60,000.
    - `max_waiting`: messages that may wait for it; 10,000, then `Overloaded`.
    - `on_error`: "keep" the object when a method raises, or "restart": make a new one.

    Messages may name all methods that do not begin with `_`; sync or `async`. `_started` is called
    when it comes to life, `_stopping` when it is put to rest in order."""
    if cls is None:
        return lambda decorated: _mark(decorated, **options)
    return _mark(cls)


def _mark(
    cls: Any,
    *,
    name: str | None = None,
    singleton: bool = False,
    state: tuple[str, ...] | list[str] = (),
    idle_ms: int = 60_000,
    max_waiting: int = 10_000,
    on_error: str = "keep",
    store: str | None = None,
) -> Any:
    kind = name or cls.__name__
    if "/" in kind or kind == SPAWNED:
        raise ValueError(f"{kind!r} cannot be the name of an actor class")
    if on_error not in ("keep", "restart"):
        raise ValueError(f'on_error is "keep" or "restart", not {on_error!r}')
    if store is not None and store not in CHOICES:
        raise ValueError(f'store is "redis" or "postgres", not {store!r}')
    life = SINGLETON if singleton else KEYED

    def ref_of_class(key: object = None) -> Ref:
        if singleton:
            return Ref(kind)
        if key is None or key == "":
            raise ValueError(f"{kind}.ref() needs a key")
        return Ref(f"{kind}/{key}")

    cls.ref = staticmethod(ref_of_class)
    cls.__puff_actor__ = kind
    made = Kind(kind, cls, cls, life, tuple(state), idle_ms, max_waiting, on_error, store)
    made.verbs = verbs_of(cls) - {"ref"}
    announce(made)
    return cls


def ref(name: str, node: str = "") -> Ref:
    """The actor of that name, wherever it is, or on that node: "mailer", "Counter/user-42", or what
    an add-on in C++ registers."""
    return Ref(name, node)


def spawn(cls: Callable[..., Any], /, *args: Any, name: str | None = None, **kwargs: Any) -> Ref:
    """Makes an actor on this node that lives until `stop` or the end of the node: an object of any
    class. With `name` others find it by `ref(name)`, the nearest of that name; without, by the
    reference, which names this node."""
    if not _puff.is_puff():
        raise RuntimeError("spawn() needs Puff's runtime: run the program under puff")
    if name is not None and ("/" in name or name in kinds):
        raise ValueError(f"an actor of this node cannot be named {name!r}")
    make = lambda: cls(*args, **kwargs)  # noqa: E731
    of = cls if isinstance(cls, type) else None
    kind = Kind(name or SPAWNED, make, of, NAMED)
    full = name or f"{SPAWNED}/{next(_numbers)}"
    living[full] = cell = Cell(kind, full, 0, b"")
    if not _puff.actor_announce(kind.name, NAMED):
        del living[full]
        raise Unavailable("this node keeps no actors: see [cluster] hosts in puff.toml")
    if name is not None:
        kinds[name] = kind
    return ref_of(cell)


def node_name() -> str:
    """The name of this node."""
    return _puff.node_name()
