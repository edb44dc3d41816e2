"""Greenlets and waiting, in both worlds. These run inside Puff: see test_inside.py."""

import ast
import asyncio
import contextvars
import gc
import inspect
import threading
import time
import weakref
from pathlib import Path

import pytest
from worlds import log_of, on_asyncio

import puff
from puff import _puff
from puff.errors import Cancelled, Overloaded, PuffError

place = contextvars.ContextVar("place", default="nowhere")


def fail(text="failed"):
    raise LookupError(text)


def sleeping(ms, value=None):
    puff.sleep_ms(ms)
    return value


# -- where code runs


def test_a_test_runs_in_a_greenlet():
    assert puff.is_greenlet()
    assert not puff.is_asyncio()


def test_a_coroutine_runs_on_the_asyncio_thread():
    async def where():
        return puff.is_greenlet(), puff.is_asyncio()

    assert on_asyncio(where) == (False, True)


def test_a_call_that_waits_is_refused_on_another_thread_with_a_helpful_text():
    def call():
        with pytest.raises(RuntimeError, match=r"sleep_ms\(\) .*greenlet.*asyncio"):
            puff.sleep_ms(1)
        return True

    assert puff.spawn_blocking(call).join()


# -- sleeping


def test_sleep_lasts_at_least_as_long_as_told():
    start = time.monotonic()
    assert puff.sleep_ms(20) is None
    assert time.monotonic() - start >= 0.02


def test_sleepers_wait_side_by_side():
    start = time.monotonic()
    puff.join_all([puff.spawn(puff.sleep_ms, 100) for _ in range(50)])
    assert time.monotonic() - start < 2.5  # one after the other: 5 s


def test_sleep_is_awaitable_on_the_asyncio_thread():
    async def sleep():
        start = time.monotonic()
        await asyncio.gather(*(puff.sleep_ms(20) for _ in range(10)))
        return time.monotonic() - start

    assert on_asyncio(sleep) >= 0.02


def test_a_sleep_of_nothing_lets_others_run():
    order = []
    other = puff.spawn(order.append, "other")
    puff.sleep_ms(0)
    puff.sleep_ms(0)
    order.append("me")
    other.join()
    assert order == ["other", "me"]


@pytest.mark.parametrize("ms", [-1, float("nan"), float("inf")])
def test_a_sleep_that_makes_no_sense_is_refused(ms):
    with pytest.raises(ValueError, match="milliseconds"):
        puff.sleep_ms(ms)


# -- spawn and join


def test_join_returns_the_result_again_and_again():
    greenlet = puff.spawn(sleeping, 1, value="x")
    assert not greenlet.finished
    assert greenlet.join() == "x"
    assert greenlet.join() == "x"
    assert (greenlet.finished, greenlet.result, greenlet.exception) == (True, "x", None)


def test_join_raises_the_exception():
    greenlet = puff.spawn(fail, "no such thing")
    with pytest.raises(LookupError, match="no such thing"):
        greenlet.join()
    assert isinstance(greenlet.exception, LookupError)


def test_many_may_join_one():
    slow = puff.spawn(sleeping, 10, 7)
    assert puff.join_all([puff.spawn(slow.join) for _ in range(5)]) == [7] * 5


def test_a_greenlet_is_joined_from_the_asyncio_thread():
    async def join(one, failing):
        with pytest.raises(LookupError):
            await failing.join()
        return await one.join(), await one.join()

    assert on_asyncio(join, puff.spawn(sleeping, 5, "v"), puff.spawn(fail)) == ("v", "v")


def test_spawn_works_from_the_asyncio_thread_and_from_any_other():
    async def from_asyncio():
        return await puff.spawn(puff.is_greenlet).join()

    assert on_asyncio(from_asyncio)
    on_thread = puff.spawn_blocking(lambda: puff.spawn(puff.is_greenlet)).join()
    assert on_thread.join()


def test_a_greenlet_sees_a_copy_of_its_parents_context():
    place.set("parent")

    def child():
        seen = place.get()
        place.set("child")
        return seen

    assert puff.spawn(child).join() == "parent"
    assert place.get() == "parent"


def test_pooled_greenlets_do_not_leak_context():
    def leave_a_trace():
        place.set("trace")

    fresh = contextvars.Context()
    for _ in range(10):
        puff.spawn(leave_a_trace).join()
    assert fresh.run(puff.spawn, place.get).join() == "nowhere"


def test_join_all_keeps_the_order_and_takes_none():
    assert puff.join_all(puff.spawn(sleeping, ms, ms) for ms in (9, 1, 5)) == [9, 1, 5]
    assert puff.join_all([]) == []


def test_join_all_raises_the_first_failure_after_all_ended():
    slow = puff.spawn(sleeping, 30)
    second = puff.spawn(lambda: (puff.sleep_ms(20), fail("second")))
    first = puff.spawn(lambda: (puff.sleep_ms(5), fail("first")))
    with pytest.raises(LookupError, match="first"):
        puff.join_all([slow, second, first])
    assert slow.finished
    assert second.finished


def test_join_all_is_awaitable():
    async def join():
        same = puff.spawn(sleeping, 1, "a")
        return await puff.join_all([same, same, puff.spawn(lambda: "b")])

    assert on_asyncio(join) == ["a", "a", "b"]


def test_join_iter_gives_results_in_order_of_completion():
    greenlets = [puff.spawn(sleeping, ms, ms) for ms in (40, 1, 20)]
    assert list(puff.join_iter(greenlets)) == [1, 20, 40]
    assert list(puff.join_iter([])) == []


def test_join_iter_goes_on_after_a_failure():
    results = puff.join_iter([puff.spawn(sleeping, 10, "late"), puff.spawn(fail)])
    with pytest.raises(LookupError):
        next(results)
    assert list(results) == ["late"]


def test_join_iter_works_with_async_for():
    async def collect():
        greenlets = [puff.spawn(sleeping, ms, ms) for ms in (20, 1)]
        return [each async for each in puff.join_iter(greenlets)]

    assert on_asyncio(collect) == [1, 20]


def test_thousands_of_greenlets_live_at_once():
    assert sum(puff.join_all([puff.spawn(sleeping, 20, 1) for _ in range(3000)])) == 3000


# -- failures that nobody asks for


def test_a_failure_that_nobody_joins_is_reported_once_with_its_name():
    with log_of("puff") as lines:
        puff.spawn(fail, "in the dark")
        puff.sleep_ms(5)
        gc.collect()
    (line,) = lines
    assert "test_runtime.fail failed" in line.replace("tests.integration.", "")
    assert line.endswith("LookupError: in the dark")


def test_a_failure_that_is_joined_is_not_reported():
    with log_of("puff") as lines:
        with pytest.raises(LookupError):
            puff.spawn(fail).join()
        gc.collect()
    assert lines == []


def test_system_exit_in_a_greenlet_is_raised_where_it_is_joined():
    def leave():
        raise SystemExit(3)

    with pytest.raises(SystemExit):
        puff.spawn(leave).join()


# -- cancellation


def test_cancel_raises_where_the_greenlet_waits():
    cleaned = []

    def wait():
        try:
            puff.sleep_ms(60_000)
        except Exception:
            cleaned.append("swallowed")
        finally:
            cleaned.append("cleaned")

    greenlet = puff.spawn(wait)
    puff.sleep_ms(1)
    greenlet.cancel("no longer needed")
    with pytest.raises(Cancelled, match="no longer needed"):
        greenlet.join()
    assert cleaned == ["cleaned"]


def test_cancel_after_the_answer_raises_at_the_next_wait():
    handed_out, seen = [], []

    def wait_twice():
        seen.append(puff.wrap_async(handed_out.append))
        puff.sleep_ms(60_000)

    greenlet = puff.spawn(wait_twice)
    puff.sleep_ms(1)
    handed_out[0]("answer")
    greenlet.cancel("too late for the first")
    with pytest.raises(Cancelled, match="too late"):
        greenlet.join()
    assert seen == ["answer"]


def test_what_a_failed_greenlet_held_goes_with_its_exception():
    class Held:
        pass

    def hold_and_fail(held):
        puff.sleep_ms(1)
        raise ValueError("after a wait")

    held = Held()
    gone = weakref.ref(held)
    greenlet = puff.spawn(hold_and_fail, held)
    del held
    gc.disable()
    try:
        try:  # pytest.raises would keep the traceback
            greenlet.join()
        except ValueError:
            del greenlet
        assert gone() is None
    finally:
        gc.enable()


def test_cancel_raises_once():
    handed_out, seen = [], []

    def clean_up():
        puff.wrap_async(handed_out.append)
        try:
            puff.sleep_ms(60_000)
        finally:
            puff.sleep_ms(1)
            seen.append("cleaned")

    greenlet = puff.spawn(clean_up)
    puff.sleep_ms(1)
    handed_out[0]()
    greenlet.cancel()
    with pytest.raises(Cancelled):
        greenlet.join()
    assert seen == ["cleaned"]


def test_cancel_before_the_start_runs_nothing():
    ran = []
    greenlet = puff.spawn(ran.append, 1)
    greenlet.cancel()
    with pytest.raises(Cancelled):
        greenlet.join()
    assert ran == []


def test_cancel_after_the_end_changes_nothing():
    greenlet = puff.spawn(sleeping, 0, 5)
    greenlet.join()
    greenlet.cancel()
    puff.sleep_ms(1)
    assert greenlet.join() == 5


def test_a_cancelled_task_lets_go_of_its_wait():
    async def cancel():
        task = asyncio.ensure_future(puff.sleep_ms(60_000))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await puff.sleep_ms(1)
        return "goes on"

    assert on_asyncio(cancel) == "goes on"


def test_cancelling_a_greenlet_cancels_the_coroutine_that_it_waits_for():
    began, ended = threading.Event(), threading.Event()

    async def forever():
        began.set()
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    greenlet = puff.spawn(on_asyncio, forever)
    assert puff.spawn_blocking(began.wait, 10).join()
    greenlet.cancel()
    with pytest.raises(Cancelled):
        greenlet.join()
    assert puff.spawn_blocking(ended.wait, 10).join()


# -- wrap_async


def test_wrap_async_returns_what_another_thread_hands_in():
    def start(ret):
        threading.Timer(0.01, ret, ("from afar",)).start()

    assert puff.wrap_async(start) == "from afar"

    async def on_loop():
        return await puff.wrap_async(start)

    assert on_asyncio(on_loop) == "from afar"


def test_wrap_async_may_be_answered_at_once_and_only_once():
    def start(ret):
        ret("first")
        ret("second")
        ret(None, ValueError("third"))

    assert puff.wrap_async(start) == "first"

    async def on_loop():
        return await puff.wrap_async(start)

    assert on_asyncio(on_loop) == "first"


def test_wrap_async_raises_the_exception_it_is_given():
    with pytest.raises(ValueError, match="bad"):
        puff.wrap_async(lambda ret: ret(None, ValueError("bad")))
    with pytest.raises(ValueError, match="bad"):
        puff.wrap_async(lambda ret: ret(exception=ValueError("bad")))
    with pytest.raises(TypeError, match="no exception"):
        puff.wrap_async(lambda ret: ret(None, "text"))

    async def on_loop():
        await puff.wrap_async(lambda ret: ret(None, StopIteration()))

    with pytest.raises(RuntimeError, match="StopIteration"):
        on_asyncio(on_loop)


def test_wrap_async_raises_what_its_function_raises():
    with pytest.raises(LookupError, match="at once"):
        puff.wrap_async(lambda ret: fail("at once"))


def test_a_callback_that_is_dropped_ends_the_wait():
    with pytest.raises(PuffError, match="dropped"):
        puff.wrap_async(lambda ret: None)


def test_wrap_return_changes_the_value_in_both_worlds():
    assert puff.wrap_async(lambda ret: ret(20), wrap_return=lambda v: v + 1) == 21

    async def on_loop():
        return await puff.wrap_async_asyncio(lambda ret: ret(20), lambda v: v + 1)

    assert on_asyncio(on_loop) == 21


def test_wrap_async_without_join_returns_a_greenlet():
    pending = puff.wrap_async(
        lambda ret: threading.Timer(0.01, ret, (3,)).start(),
        join=False,
        wrap_return=lambda v: v * 2,
    )
    assert not pending.finished
    assert pending.join() == 6


def test_the_world_of_a_wrapper_is_checked():
    with pytest.raises(RuntimeError, match="asyncio thread"):
        puff.wrap_async_asyncio(lambda ret: ret(1))
    assert puff.wrap_async_greenlet(lambda ret: ret(1)) == 1


# -- files


def test_a_file_is_read_in_both_worlds(tmp_path):
    content = bytes(range(256)) * 5000
    file = tmp_path / "data"
    file.write_bytes(content)

    async def read():
        return await puff.read_file_bytes(file)

    assert puff.read_file_bytes(file) == content
    assert puff.read_file_bytes(str(file)) == content
    assert on_asyncio(read) == content
    assert puff.read_file_bytes("/proc/self/status").startswith(b"Name:")


def test_a_file_that_is_not_there_raises_what_open_raises(tmp_path):
    with pytest.raises(FileNotFoundError) as info:
        puff.read_file_bytes(tmp_path / "none")
    assert info.value.filename == str(tmp_path / "none")
    with pytest.raises(IsADirectoryError):
        puff.read_file_bytes(tmp_path)


# -- names


def test_import_string_finds_attributes():
    assert puff.import_string("os.path.join") is __import__("os").path.join
    assert puff.import_string("collections:OrderedDict.fromkeys")
    for wrong in ("os", "os.nothing", "no_such_module.x", ""):
        with pytest.raises(ImportError):
            puff.import_string(wrong)


def test_stacks_show_waiting_greenlets():
    def waits_here():
        puff.sleep_ms(60_000)

    greenlet = puff.spawn(waits_here)
    puff.sleep_ms(1)
    try:
        text = _puff.stacks()
    finally:
        greenlet.cancel()
    assert "in waits_here" in text
    assert "test_stacks_show_waiting_greenlets" in text


def test_the_stub_describes_the_compiled_module():
    stub = ast.parse(Path(puff.__file__).with_name("_puff.pyi").read_text())
    described = {
        node.name: [each.arg for each in node.args.posonlyargs + node.args.args]
        for node in stub.body
        if isinstance(node, ast.FunctionDef)
    }
    classes = {node.name for node in stub.body if isinstance(node, ast.ClassDef)}
    compiled = {
        name: list(inspect.signature(value).parameters)
        for name, value in vars(_puff).items()
        if inspect.isbuiltin(value)
    }
    assert described == compiled
    assert classes == {
        name
        for name, value in vars(_puff).items()
        if inspect.isclass(value) and not name.startswith("__")
    }


def test_spawn_refuses_what_can_never_be_served():
    ran = []
    for _ in range(100_000):
        puff.spawn(ran.append, None)
    with pytest.raises(Overloaded):
        puff.spawn(ran.append, None)
    puff.sleep_ms(0)
    puff.spawn(ran.append, "later").join()
    assert len(ran) == 100_001
