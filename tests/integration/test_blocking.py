"""The blocking pool, in both worlds. These run inside Puff: see test_inside.py."""

import contextvars
import threading
import time

import pytest
from worlds import on_asyncio

import puff

place = contextvars.ContextVar("place", default="nowhere")


@puff.blocking
def ident(delay=0.0):
    time.sleep(delay)
    return threading.get_ident()


@puff.blocking
def fail():
    raise LookupError("off the thread")


def test_a_blocking_function_runs_on_another_thread():
    assert ident() != threading.get_ident()


def test_it_is_awaitable_on_the_asyncio_thread():
    async def call():
        return await ident() != threading.get_ident()

    assert on_asyncio(call)


def test_it_just_runs_on_a_thread_that_may_block():
    @puff.blocking
    def nested():
        return ident(), threading.get_ident()

    inner, outer = nested()
    assert inner == outer


def test_it_keeps_its_name():
    assert ident.__name__ == "ident"


def test_its_exception_is_raised_in_the_caller():
    with pytest.raises(LookupError, match="off the thread"):
        fail()

    async def call():
        await fail()

    with pytest.raises(LookupError, match="off the thread"):
        on_asyncio(call)


def test_blocking_calls_run_side_by_side_while_greenlets_go_on():
    turns = []

    def count():
        while len(turns) < 3:
            turns.append(1)
            puff.sleep_ms(10)

    counting = puff.spawn(count)
    start = time.monotonic()
    threads = puff.join_all([puff.spawn(ident, 0.2) for _ in range(8)])
    assert time.monotonic() - start < 1.4  # one after the other: 1.6 s
    assert len(set(threads)) == 8
    assert counting.finished


def test_an_idle_thread_is_used_again():
    threads = {ident() for _ in range(20)}
    assert len(threads) < 20


def test_threads_are_limited_and_the_rest_waits_its_turn():
    threads = puff.join_all([puff.spawn(ident, 0.001) for _ in range(300)])
    assert len(set(threads)) <= 64


def test_it_sees_a_copy_of_the_callers_context():
    place.set("caller")

    @puff.blocking
    def look():
        seen = place.get()
        place.set("thread")
        return seen

    assert look() == "caller"
    assert look() == "caller"
    assert place.get() == "caller"


def test_spawn_blocking_returns_a_greenlet():
    greenlet = puff.spawn_blocking(time.sleep, 0.01)
    assert not greenlet.finished
    assert greenlet.join() is None
    with pytest.raises(LookupError):
        puff.spawn_blocking(fail).join()


def test_a_cancelled_caller_does_not_wait_for_the_thread():
    gate = threading.Event()
    greenlet = puff.spawn(puff.blocking(gate.wait), 30)
    puff.sleep_ms(5)
    greenlet.cancel()
    with pytest.raises(puff.Cancelled):
        greenlet.join()
    gate.set()
