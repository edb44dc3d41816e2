"""The actors written in Python that this node keeps. The C++ side calls `deliver`, `fence` and
`drain` on the greenlet thread, where they must not wait."""

from functools import partial
from typing import Any

from puff import _puff
from puff._actor_cell import LOST, Cell, living, monotonic, tell_ended
from puff._actor_kinds import KEYED, NAMED, SPAWNED, kinds
from puff._actor_words import ActorFailed, code_of, decode_call, described, encode_value

END = "__end__"  # asked by those who want to know when an actor ends
SWEEP_MS = 1_000

_sweeping = False


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
            _puff.cancel(cell.working, LOST)
        else:
            cell.refuse(LOST)
        tell_ended(cell, "its node has lost its leases")


def drain(all: bool) -> None:
    """All are put to rest: the node leaves its cluster. Or those that other nodes can have."""
    _puff.spawn(partial(_drain, all), None)


def _drain(all: bool) -> None:
    try:
        for cell in [each for each in living.values() if all or each.kind.life != NAMED]:
            while cell.working is not None:
                _puff.sleep_ms(1)
            if living.get(cell.name) is cell:
                cell.working = 0
                cell.rest("its node stops")
    finally:
        _puff.actor_rested(all)


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
