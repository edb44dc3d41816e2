"""What keeps actors written in Python: their mailboxes, how they come to life and go to rest. The
C++ side calls `deliver`, `fence` and `drain` on the greenlet thread, where they must not wait."""

import inspect
import json
import logging
import time
from collections import deque
from collections.abc import Callable
from contextvars import ContextVar
from functools import partial
from typing import Any

from puff import _puff
from puff._actor_words import (
    ActorFailed,
    code_of,
    decode_call,
    decode_outcome,
    described,
    encode,
    encode_call,
    encode_value,
)
from puff.errors import Cancelled, Overloaded, PuffError, Unavailable

_log = logging.getLogger("puff")

NAMED, SINGLETON, KEYED = range(3)
END = "__end__"  # asked by those who want to know when an actor ends
SPAWNED = "spawned"
REST_TIMEOUT_MS = 10_000
SWEEP_MS = 1_000
MESSAGES_AT_ONCE = 64

monotonic = time.monotonic
Ret = Callable[[Any, BaseException | None], object]

#: Actor classes and makers of named actors by kind, and the actors that live here by name.
kinds: dict[str, "Kind"] = {}
living: dict[str, "Cell"] = {}
current: ContextVar["Cell | None"] = ContextVar("puff_actor", default=None)
_sweeping = False
_LOST = "this node has lost its leases"


class Kind:
    """How the actors of one kind are made and live."""

    __slots__ = (
        "idle_ms", "life", "make", "max_waiting", "name", "on_error", "state", "verbs",
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
    ) -> None:
        self.name = name
        self.make = make
        self.life = life
        self.state = state
        self.idle_ms = idle_ms
        self.max_waiting = max_waiting
        self.on_error = on_error
        #: None: known when the first object is made.
        self.verbs = verbs_of(cls) if cls is not None else None


def verbs_of(cls: type) -> frozenset[str]:
    """The methods that messages may name."""
    return frozenset(
        name for name in dir(cls) if not name.startswith("_") and callable(getattr(cls, name))
    )


class Cell:
    """An actor that lives here, or is about to: its mailbox, and who works on it."""

    __slots__ = (
        "ended", "fenced", "instance", "kind", "last_used", "mailbox", "name", "saved", "state",
        "timers", "token", "working",
    )  # fmt: skip

    def __init__(self, kind: Kind, name: str, token: int, state: bytes) -> None:
        self.kind = kind
        self.name = name
        self.token = token
        self.state = state  # to begin with
        self.saved = state
        self.instance: Any = None
        self.mailbox: deque[tuple[str, Any, Any, Ret | None, float]] = deque()
        self.working: int | None = None  # the number of the greenlet that works
        self.ended: list[Ret] = []
        self.timers: set[Any] = set()
        self.fenced = False
        self.last_used = monotonic()

    @property
    def key(self) -> str:
        return self.name.partition("/")[2]

    def put(self, verb: str, args: Any, kwargs: Any, ret: Ret | None, until: float) -> None:
        """On the greenlet thread; never waits."""
        mailbox = self.mailbox
        if len(mailbox) >= self.kind.max_waiting:
            if ret is not None:
                ret(None, Overloaded(f"too many messages wait for {self.name}"))
            return
        mailbox.append((verb, args, kwargs, ret, until))
        if self.working is None:
            self.working = _puff.spawn(self._work, None)

    def _work(self) -> None:
        mailbox = self.mailbox
        current.set(self)
        done = 0
        while mailbox and not self.fenced:
            if not self._handle(*mailbox.popleft()):
                self.refuse("this node stops")
                break
            done += 1
            if done % MESSAGES_AT_ONCE == 0:
                _puff.sleep_ms(0)
        self.last_used = monotonic()
        self.working = None
        if self.fenced:
            self.refuse(_LOST)
        elif mailbox:
            self.working = _puff.spawn(self._work, None)

    def _handle(self, verb: str, args: Any, kwargs: Any, ret: Ret | None, until: float) -> bool:
        """False if the greenlet shall end."""
        if ret is not None and monotonic() >= until:
            return True  # nobody waits any more
        try:
            value = self._call(verb, args, kwargs)
        except Cancelled:
            if ret is not None:
                ret(None, Unavailable(_LOST if self.fenced else "this node stops"))
            return False
        except BaseException as failure:
            self._failed(verb, failure, ret)
        else:
            if ret is not None:
                ret(value, None)
        return True

    def _call(self, verb: str, args: Any, kwargs: Any) -> Any:
        kind = self.kind
        if kind.life != NAMED and not _puff.leases_valid():
            raise Unavailable("this node has lost its cluster")
        if self.instance is None:
            self._begin()
        if kind.verbs is None or verb not in kind.verbs:
            if verb == "":
                return None
            raise AttributeError(f"{kind.name} has no method {verb!r}")
        value = getattr(self.instance, verb)(*args, **kwargs)
        if inspect.isawaitable(value):
            value = _wait_for(value)
        if kind.state:
            self.save()
        return value

    def _begin(self) -> None:
        kind = self.kind
        instance = kind.make(self.key) if kind.life == KEYED else kind.make()
        if kind.state and self.state:
            for name, value in json.loads(self.state).items():
                setattr(instance, name, value)
        if kind.verbs is None:
            kind.verbs = verbs_of(type(instance))
        self.instance = instance
        started = getattr(instance, "_started", None)
        if started is not None:
            value = started()
            if inspect.isawaitable(value):
                _wait_for(value)

    def _failed(self, verb: str, failure: BaseException, ret: Ret | None) -> None:
        if isinstance(failure, PuffError) and not isinstance(failure, ActorFailed):
            why: BaseException = failure
        else:
            why = described(failure)
            if why is not failure:
                why.__cause__ = failure
        if ret is None:
            _log.error("actor %s failed in %s", self.name, verb, exc_info=failure)
        else:
            ret(None, why)
        if self.kind.on_error == "restart":
            self.state = self.saved
            self.instance = None

    def state_now(self) -> bytes:
        values = {name: getattr(self.instance, name) for name in self.kind.state}
        return encode(values).encode()

    def save(self) -> None:
        """Keeps the state in Redis if it has changed; on the actor's own greenlet. Unavailable if
        the actor lives elsewhere by now."""
        now = self.state_now()
        if now == self.saved:
            return
        try:
            _puff.actor_rest(self.name, self.token, now, False, None, REST_TIMEOUT_MS)
        except BaseException as failure:
            self._lost()
            raise Unavailable(f"the state of {self.name} could not be saved") from failure
        self.saved = now

    def _lost(self) -> None:
        """Nobody knows whether the state was saved: the next activation finds out."""
        self.instance = None
        self.fenced = True
        if living.get(self.name) is self:
            del living[self.name]
        _tell_ended(self, "its lease is lost")
        _forget_name(self)

    def rest(self, why: str) -> None:
        """Ends the activation; on a greenlet, while nobody works on it. What comes meanwhile is
        sent again, to wherever the actor comes to life next."""
        kind = self.kind
        current.set(self)
        ended = getattr(self.instance, "_stopping", None)
        if ended is not None and not self.fenced:
            try:
                value = ended()
                if inspect.isawaitable(value):
                    _wait_for(value)
            except Exception:
                _log.exception("actor %s failed in _stopping", self.name)
        state = self.state_now() if kind.state and self.instance is not None else None
        if state == self.saved:
            state = None
        try:
            if kind.life != NAMED and not self.fenced:
                _puff.actor_rest(self.name, self.token, state, True, None, REST_TIMEOUT_MS)
        except Exception as failure:
            _log.warning("actor %s was not put to rest in order: %s", self.name, failure)
        if living.get(self.name) is self:
            del living[self.name]
        for timer in list(self.timers):
            timer.cancel()
        _tell_ended(self, why)
        self.working = None
        while self.mailbox:
            _send_again(self.name, *self.mailbox.popleft())

    def refuse(self, why: str) -> None:
        while self.mailbox:
            ret = self.mailbox.popleft()[3]
            if ret is not None:
                ret(None, Unavailable(why))


def announce(kind: Kind) -> bool:
    """From now on this node keeps actors of that kind, if it keeps any."""
    kinds[kind.name] = kind
    return _puff.actor_announce(kind.name, kind.life)


def cell_for(name: str, token: int, fresh: bool, state: bytes) -> Cell | None:
    """The actor that a message is for."""
    cell = living.get(name)
    if cell is not None and not (fresh and cell.token != token):
        return cell
    kind = kinds.get(name.partition("/")[0])
    if kind is None or (kind.name == SPAWNED):
        return None
    cell = living[name] = Cell(kind, name, token, state)
    if kind.life == KEYED:
        _sweep_later()
    return cell


def deliver(
    handle: int,
    name: str,
    verb: str,
    content_type: str,
    body: bytes,
    left_ms: int,
    token: int,
    fresh: bool,
    state: bytes,
) -> None:
    """A message from the federation. Handle 0: nobody waits."""
    ret = _Answer(handle) if handle else None
    cell = cell_for(name, token, fresh, state)
    if cell is None:
        if ret is not None:
            ret(None, LookupError(f"there is no actor {name!r} on node {_puff.node_name()!r}"))
        return
    if verb == END and ret is not None:
        cell.ended.append(ret)
        return
    try:
        args, kwargs = decode_call(content_type, body)
    except ValueError as failure:
        if ret is not None:
            ret(None, described(failure))
        return
    cell.put(verb, args, kwargs, ret, monotonic() + left_ms / 1000)


def fence() -> None:
    """The node has lost its leases: what lives here for itself alone may live elsewhere by now."""
    for cell in [each for each in living.values() if each.kind.life != NAMED]:
        cell.fenced = True
        cell.instance = None if cell.working is None else cell.instance
        del living[cell.name]
        for timer in list(cell.timers):
            timer.cancel()
        if cell.working:
            _puff.cancel(cell.working, _LOST)
        else:
            cell.refuse(_LOST)
        _tell_ended(cell, "its node has lost its leases")


def drain() -> None:
    """The node leaves its cluster: all are put to rest."""
    _puff.spawn(_drain, None)


def _drain() -> None:
    try:
        for cell in list(living.values()):
            while cell.working is not None:
                _puff.sleep_ms(1)
            if living.get(cell.name) is cell:
                cell.working = 0
                cell.rest("its node stops")
    finally:
        _puff.actor_rested()


def _sweep_later() -> None:
    global _sweeping
    if not _sweeping:
        _sweeping = True
        _puff.call_after(SWEEP_MS, _sweep)


def _sweep() -> None:
    """Puts to rest who has been idle for long."""
    global _sweeping
    _sweeping = False
    now = monotonic()
    keyed = [each for each in living.values() if each.kind.life == KEYED]
    for cell in keyed:
        idle = (now - cell.last_used) * 1000 >= cell.kind.idle_ms
        if idle and cell.working is None and not cell.mailbox and not cell.timers:
            cell.working = 0
            _puff.spawn(partial(cell.rest, "it was idle"), None)
    if keyed:
        _sweep_later()


def _tell_ended(cell: Cell, why: str) -> None:
    while cell.ended:
        cell.ended.pop()(why, None)


def _forget_name(cell: Cell) -> None:
    def give_up() -> None:
        try:
            _puff.actor_rest(cell.name, cell.token, None, True, None, REST_TIMEOUT_MS)
        except Exception as failure:
            _log.info("actor %s: %s", cell.name, failure)

    _puff.spawn(give_up, None)


def _send_again(
    name: str, verb: str, args: Any, kwargs: Any, ret: Ret | None, until: float
) -> None:
    left = int((until - monotonic()) * 1000)
    content_type, body = encode_call(args, kwargs)
    if ret is None:
        _puff.actor_tell(name, "", verb, content_type, body)
    elif left > 0:

        def ask(ret: Ret = ret) -> None:
            try:
                value = _puff.actor_ask(name, "", verb, content_type, body, left, decode_outcome)
            except BaseException as failure:
                ret(None, failure)
            else:
                ret(value, None)

        _puff.spawn(ask, None)


def _wait_for(awaitable: Any) -> Any:
    from puff.asyncio_support import run_coroutine

    return run_coroutine(_awaited(awaitable))


async def _awaited(awaitable: Any) -> Any:
    return await awaitable


class _Answer:
    """What a message that came from the federation is answered by."""

    __slots__ = ("_handle",)

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def __call__(self, value: Any, failure: BaseException | None = None) -> None:
        handle = self._handle
        if failure is None:
            try:
                content_type, body = encode_value(value)
            except (TypeError, ValueError) as wrong:
                failure = described(wrong)
            else:
                _puff.actor_reply(handle, content_type, body)
                return
        if isinstance(failure, ActorFailed):
            _puff.actor_fail(handle, "python_failed", failure.type, failure.text, failure.traceback)
        else:
            _puff.actor_fail(handle, code_of(failure), "", str(failure), "")
