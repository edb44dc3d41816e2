"""An actor written in Python that lives on this node: its mailbox, and who works on it."""

import inspect
import json
import logging
import time
from collections import deque
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from puff import _puff
from puff._actor_kinds import KEYED, NAMED, Kind, verbs_of
from puff._actor_state import Store, store_of
from puff._actor_words import ActorFailed, decode_outcome, described, encode, encode_call
from puff._coroutines import result_of
from puff.errors import Cancelled, Overloaded, PuffError, Unavailable

_log = logging.getLogger("puff")

REST_TIMEOUT_MS = 10_000
MESSAGES_AT_ONCE = 64
LOST = "this node has lost its leases"

monotonic = time.monotonic
Ret = Callable[[Any, BaseException | None], object]


class Cell:
    """An actor that lives here, or is about to: its mailbox, and who works on it."""

    __slots__ = (
        "ended", "fenced", "instance", "kind", "last_used", "mailbox", "name", "saved", "state",
        "store", "timers", "token", "version", "working",
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
        self.store: Store | None = None
        self.version = 0  # of the row in PostgreSQL

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
            self.refuse(LOST)
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
                ret(None, Unavailable(LOST if self.fenced else "this node stops"))
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
            value = result_of(value)
        if kind.state:
            self.save()
        return value

    def _begin(self) -> None:
        kind = self.kind
        instance = kind.make(self.key) if kind.life == KEYED else kind.make()
        if kind.state:
            self._take_state(instance)
        if kind.verbs is None:
            kind.verbs = verbs_of(type(instance))
        self.instance = instance
        started = getattr(instance, "_started", None)
        if started is not None:
            value = started()
            if inspect.isawaitable(value):
                result_of(value)

    def _take_state(self, instance: Any) -> None:
        self.store = store_of(self.kind.store)
        self.saved = self.store.take(self)
        if self.saved:
            for name, value in json.loads(self.saved).items():
                setattr(instance, name, value)

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
        """Keeps the state if it has changed; on the actor's own greenlet. Unavailable if
        the actor lives elsewhere by now."""
        now = self.state_now()
        if now == self.saved:
            return
        try:
            assert self.store is not None
            self.store.save(self, now)
        except BaseException as failure:
            self._lost()
            raise Unavailable(f"the state of {self.name} could not be saved") from failure
        self.saved = now

    def _last_state(self) -> bytes | None:
        """Saves what has changed since the last message; what the name's release is to save."""
        if self.store is None or self.instance is None:
            return None
        now = self.state_now()
        if now == self.saved:
            return None
        if self.store.rests_apart:
            self.store.save(self, now)
            return None
        return now

    def _lost(self) -> None:
        """Nobody knows whether the state was saved: the next activation finds out."""
        self.instance = None
        self.fenced = True
        if living.get(self.name) is self:
            del living[self.name]
        tell_ended(self, "its lease is lost")
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
                    result_of(value)
            except Exception:
                _log.exception("actor %s failed in _stopping", self.name)
        try:
            if kind.life != NAMED and not self.fenced:
                state = self._last_state()
                _puff.actor_rest(self.name, self.token, state, True, None, REST_TIMEOUT_MS)
        except Exception as failure:
            _log.warning("actor %s was not put to rest in order: %s", self.name, failure)
        if living.get(self.name) is self:
            del living[self.name]
        for timer in list(self.timers):
            timer.cancel()
        tell_ended(self, why)
        self.working = None
        while self.mailbox:
            _send_again(self.name, *self.mailbox.popleft())

    def refuse(self, why: str) -> None:
        while self.mailbox:
            ret = self.mailbox.popleft()[3]
            if ret is not None:
                ret(None, Unavailable(why))


#: The actors that live here, by name.
living: dict[str, Cell] = {}
current: ContextVar[Cell | None] = ContextVar("puff_actor", default=None)


def tell_ended(cell: Cell, why: str) -> None:
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
