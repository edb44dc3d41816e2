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

from puff import _actors, _puff
from puff._actor_words import ActorFailed, decode_outcome, encode_call
from puff.errors import Unavailable

__all__ = [
    "ActorFailed", "Ref", "Timer", "actor", "current_actor", "node_name", "ref", "spawn", "watch",
]  # fmt: skip

DEFAULT_TIMEOUT_MS = 5_000
LONGEST_WATCH_MS = 365 * 86_400_000

C = TypeVar("C", bound=type)
_numbers = itertools.count(1)


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
        cell = _actors.living.get(self.name)
        if cell is not None and not self.node:
            until = _actors.monotonic() + timeout_ms / 1000
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
        cell = _actors.living.get(self.name)
        if cell is None or cell.kind.life != _actors.NAMED:
            raise LookupError(f"{self.name!r} was not spawned on this node")
        return _puff.wait_within(lambda ret: _stop(cell, ret), timeout_ms)

    def __repr__(self) -> str:
        return f"<Ref {self.name}{'@' + self.node if self.node else ''}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ref) and (self.name, self.node) == (other.name, other.node)

    def __hash__(self) -> int:
        return hash((self.name, self.node))


class Timer:
    """A message that an actor sends itself later; see `current_actor`."""

    __slots__ = ("_cell", "_message", "_period")

    def __init__(self, cell: _actors.Cell, ms: int, period: int | None, message: Any) -> None:
        self._cell: _actors.Cell | None = cell
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

    def __init__(self, cell: _actors.Cell) -> None:
        self._cell = cell

    @property
    def ref(self) -> Ref:
        return _ref_of(self._cell)

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

    def save(self) -> None:
        """Saves the state now, if the class has one; it is saved after each message anyhow."""
        if self._cell.kind.state:
            self._cell.save()


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
    - `state`: names of attributes that JSON knows. They are saved in Redis after each message that
      changes them, before it is answered, and set when the actor comes to life again.
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
) -> Any:
    kind = name or cls.__name__
    if "/" in kind or kind == _actors.SPAWNED:
        raise ValueError(f"{kind!r} cannot be the name of an actor class")
    if on_error not in ("keep", "restart"):
        raise ValueError(f'on_error is "keep" or "restart", not {on_error!r}')
    life = _actors.SINGLETON if singleton else _actors.KEYED

    def ref_of_class(key: object = None) -> Ref:
        if singleton:
            return Ref(kind)
        if key is None or key == "":
            raise ValueError(f"{kind}.ref() needs a key")
        return Ref(f"{kind}/{key}")

    cls.ref = staticmethod(ref_of_class)
    cls.__puff_actor__ = kind
    made = _actors.Kind(kind, cls, cls, life, tuple(state), idle_ms, max_waiting, on_error)
    made.verbs = _actors.verbs_of(cls) - {"ref"}
    _actors.announce(made)
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
    if name is not None and ("/" in name or name in _actors.kinds):
        raise ValueError(f"an actor of this node cannot be named {name!r}")
    make = lambda: cls(*args, **kwargs)  # noqa: E731
    of = cls if isinstance(cls, type) else None
    kind = _actors.Kind(name or _actors.SPAWNED, make, of, _actors.NAMED)
    full = name or f"{_actors.SPAWNED}/{next(_numbers)}"
    _actors.living[full] = cell = _actors.Cell(kind, full, 0, b"")
    if not _puff.actor_announce(kind.name, _actors.NAMED):
        del _actors.living[full]
        raise Unavailable("this node keeps no actors: see [cluster] hosts in puff.toml")
    if name is not None:
        _actors.kinds[name] = kind
    return _ref_of(cell)


def watch(whom: Ref, callback: Callable[[Ref, str], object]) -> None:
    """Calls `callback(ref, why)` on a greenlet when the actor has ended: it was stopped or put to
    rest, it lost its lease, or its node is gone."""
    _puff.spawn(lambda: callback(whom, _wait_for_end(whom)), None)


def current_actor() -> Here | None:
    """The actor that the calling code is part of, or None outside actors."""
    cell = _actors.current.get()
    return Here(cell) if cell is not None else None


def node_name() -> str:
    """The name of this node."""
    return _puff.node_name()


def _wait_for_end(whom: Ref) -> str:
    cell = _actors.living.get(whom.name) if not whom.node else None
    try:
        if cell is not None:
            why = _puff.wait_within(cell.ended.append, LONGEST_WATCH_MS)
        else:
            content_type, body = encode_call((), {})
            why = _puff.actor_ask(
                whom.name, whom.node, _actors.END, content_type, body, LONGEST_WATCH_MS,
                decode_outcome,
            )  # fmt: skip
    except Exception as failure:
        return str(failure)
    return str(why)


def _stop(cell: _actors.Cell, ret: Any) -> None:
    def end() -> None:
        while cell.working is not None:
            _puff.sleep_ms(1)
        cell.working = 0
        if cell.kind.name != _actors.SPAWNED:
            _actors.kinds.pop(cell.kind.name, None)
            _puff.actor_withdraw(cell.kind.name)
        cell.rest("it was stopped")
        ret(None, None)

    _puff.spawn(end, None)


def _ref_of(cell: _actors.Cell) -> Ref:
    spawned = cell.kind.name == _actors.SPAWNED
    return Ref(cell.name, _puff.node_name() if spawned else "")
