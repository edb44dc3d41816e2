"""asgiref, which Django builds on, between greenlets and the asyncio thread. These run inside Puff:
see test_inside.py."""

import asyncio
import contextvars
import sys
import threading
import time

import pytest
from asgiref.local import Local
from asgiref.sync import ThreadSensitiveContext, async_to_sync, sync_to_async
from worlds import on_asyncio

import puff

place = contextvars.ContextVar("place", default="nowhere")


# -- Local


def test_a_critical_local_is_local_to_a_greenlet():
    local = Local(thread_critical=True)
    local.value = "mine"

    def child():
        seen = getattr(local, "value", None)
        local.value = "child's"
        puff.sleep_ms(2)
        return seen, local.value

    assert puff.join_all([puff.spawn(child) for _ in range(3)]) == [(None, "child's")] * 3
    assert local.value == "mine"
    del local.value
    with pytest.raises(AttributeError):
        _ = local.value
    with pytest.raises(AttributeError):
        del local.value


def test_a_critical_local_stays_when_code_runs_in_another_context():
    local = Local(thread_critical=True)

    def work():
        contextvars.copy_context().run(setattr, local, "value", 1)
        return local.value

    assert puff.spawn(work).join() == 1


def test_a_critical_local_is_empty_for_the_next_work_of_a_pooled_greenlet():
    local = Local(thread_critical=True)
    for _ in range(10):
        puff.spawn(setattr, local, "value", 1).join()
    assert not puff.spawn(hasattr, local, "value").join()


def test_a_critical_local_is_local_to_a_thread_elsewhere():
    local = Local(thread_critical=True)
    local.value = "greenlet's"
    assert puff.spawn_blocking(getattr, local, "value", None).join() is None


def test_an_ordinary_local_is_inherited_by_a_greenlet():
    local = Local()
    local.value = "parent's"

    def child():
        seen = local.value
        local.value = "child's"
        return seen

    assert puff.spawn(child).join() == "parent's"
    assert local.value == "parent's"


# -- sync_to_async on the asyncio thread


def test_sync_code_runs_in_a_greenlet_and_may_wait():
    def sync():
        puff.sleep_ms(1)
        return puff.is_greenlet()

    assert on_asyncio(sync_to_async(sync))


def test_sync_code_does_not_hold_up_the_loop():
    async def both():
        ticks = 0
        call = asyncio.ensure_future(sync_to_async(puff.sleep_ms)(50))
        while not call.done():
            await asyncio.sleep(0.001)
            ticks += 1
        return ticks

    assert on_asyncio(both) > 5


def test_sync_codes_exception_comes_back():
    def fail():
        raise LookupError("in the greenlet")

    with pytest.raises(LookupError, match="in the greenlet"):
        on_asyncio(sync_to_async(fail))


def test_context_variables_go_both_ways():
    def sync():
        seen = place.get()
        place.set("sync")
        return seen

    async def asynchronous():
        place.set("async")
        return await sync_to_async(sync)(), place.get()

    assert on_asyncio(asynchronous) == ("async", "sync")


def test_thread_sensitive_code_runs_one_after_the_other_with_the_same_locals():
    local = Local(thread_critical=True)
    running = []

    def step(number):
        assert not running
        running.append(number)
        puff.sleep_ms(2)
        local.steps = [*getattr(local, "steps", []), number]
        running.clear()
        return local.steps

    async def steps():
        return await asyncio.gather(*(sync_to_async(step)(i) for i in range(4)))

    assert on_asyncio(steps)[-1] == [0, 1, 2, 3]


def test_each_thread_sensitive_context_has_its_own_place():
    local = Local(thread_critical=True)

    def step():
        local.count = getattr(local, "count", 0) + 1
        puff.sleep_ms(40)
        return local.count

    async def request():
        async with ThreadSensitiveContext():
            async with ThreadSensitiveContext():
                first = await sync_to_async(step)()
            return first, await sync_to_async(step)()

    async def requests():
        start = time.monotonic()
        counts = await asyncio.gather(*(request() for _ in range(10)))
        return counts, time.monotonic() - start

    counts, seconds = on_asyncio(requests)
    assert counts == [(1, 2)] * 10
    assert seconds < 0.75  # one after the other: 0.8 s


def test_code_that_is_not_thread_sensitive_runs_on_a_thread():
    async def where():
        return await sync_to_async(puff.is_greenlet, thread_sensitive=False)()

    assert not on_asyncio(where)


# -- async_to_sync in a greenlet


async def double(value):
    await asyncio.sleep(0.001)
    return puff.is_asyncio(), value * 2


def test_a_coroutine_runs_on_puffs_asyncio_thread():
    assert async_to_sync(double)(21) == (True, 42)


def test_the_greenlet_waits_without_blocking_others():
    start = time.monotonic()
    calls = [puff.spawn(async_to_sync(asyncio.sleep), 0.1) for _ in range(20)]
    puff.join_all(calls)
    assert time.monotonic() - start < 1.5  # one after the other: 2 s


def test_a_coroutines_exception_comes_back():
    async def fail():
        await asyncio.sleep(0)
        raise LookupError("on the loop")

    with pytest.raises(LookupError, match="on the loop"):
        async_to_sync(fail)()


def test_context_variables_and_locals_go_both_ways():
    local = Local()
    local.value = place.set("sync") and "sync"

    async def asynchronous():
        seen = place.get(), local.value
        place.set("async")
        local.value = "async"
        return seen

    assert async_to_sync(asynchronous)() == ("sync", "sync")
    assert (place.get(), local.value) == ("async", "async")


def test_the_exception_that_is_handled_is_seen_by_the_coroutine():
    async def handled():
        return sys.exception()

    failure = KeyError("k")
    try:
        raise failure
    except KeyError:
        seen = async_to_sync(handled)()
    assert seen is failure


def test_thread_sensitive_code_below_runs_in_the_waiting_greenlet():
    local = Local(thread_critical=True)
    local.value = "connection"

    async def asynchronous():
        first = await sync_to_async(getattr)(local, "value")
        await sync_to_async(setattr)(local, "value", "changed")
        return first

    assert async_to_sync(asynchronous)() == "connection"
    assert local.value == "changed"


def test_the_two_nest_deeply():
    def sync(depth):
        return async_to_sync(asynchronous)(depth) if depth else ["bottom"]

    async def asynchronous(depth):
        return [depth, *await sync_to_async(sync)(depth - 1)]

    assert sync(4) == [4, 3, 2, 1, "bottom"]
    assert on_asyncio(asynchronous, 3) == [3, 2, 1, "bottom"]


def test_many_nest_at_once():
    async def asynchronous(value):
        return await sync_to_async(lambda: (puff.sleep_ms(1), value)[1])()

    calls = [puff.spawn(async_to_sync(asynchronous), i) for i in range(100)]
    assert puff.join_all(calls) == list(range(100))


def test_a_task_that_outlives_the_call_still_finds_a_place():
    done = threading.Event()

    async def outlive():
        await asyncio.sleep(0.02)
        await sync_to_async(done.set)()

    async def start():
        keep.append(asyncio.ensure_future(outlive()))

    keep = []
    async_to_sync(start)()
    assert puff.spawn_blocking(done.wait, 10).join()


def test_a_new_loop_may_be_forced():
    async def where():
        return puff.is_asyncio()

    assert async_to_sync(where, force_new_loop=True)() is False


def test_a_cancelled_greenlet_cancels_its_coroutine():
    ended = threading.Event()

    async def forever():
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    greenlet = puff.spawn(async_to_sync(forever))
    puff.sleep_ms(10)
    greenlet.cancel()
    with pytest.raises(puff.Cancelled):
        greenlet.join()
    assert puff.spawn_blocking(ended.wait, 10).join()


# -- Django


def test_djangos_connections_are_local_to_a_greenlet(tmp_path):
    django = pytest.importorskip("django")
    from django.conf import settings

    if not settings.configured:
        database = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(tmp_path / "db")}
        settings.configure(DATABASES={"default": database})
        django.setup()
    from django.db import connection

    def identity():
        connection.ensure_connection()
        puff.sleep_ms(1)
        raw = connection.connection
        connection.close()
        return id(raw), raw

    mine = identity()
    others = puff.join_all([puff.spawn(identity) for _ in range(5)])
    assert len({mine[0], *(each[0] for each in others)}) == 6

    async def asynchronous():
        return await sync_to_async(identity)()

    assert on_asyncio(asynchronous)[0] not in {each[0] for each in [mine, *others]}
