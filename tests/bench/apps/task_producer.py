"""Adds tasks to a queue and prints one JSON object:

task_producer.py MODULE fill KIND COUNT | enqueue | round_trips COUNT | punctuality COUNT

MODULE has `add(i, kind)`, `ask(i)`, which waits for the task's result, and, where the queue knows
how, `add_many(ids, kind)`."""

import importlib
import json
import sys
import time

AT_ONCE = 500


def fill(module, kind, count):
    for first in range(0, int(count), AT_ONCE):
        _add_some(module, range(first, min(first + AT_ONCE, int(count))), kind)
    return {}


def enqueue(module):
    figures = {"one_by_one": _rate(lambda i: module.add(i, "noop"), 1)}
    if hasattr(module, "add_many"):
        ids = range(AT_ONCE)
        figures["bulk"] = _rate(lambda _: module.add_many(ids, "noop"), AT_ONCE)
    return figures


def round_trips(module, count):
    times = []
    for i in range(-5, int(count)):
        began = time.perf_counter()
        module.ask(i)
        if i >= 0:
            times.append((time.perf_counter() - began) * 1e3)
    times.sort()
    return {"p50_ms": times[len(times) // 2], "p99_ms": times[len(times) * 99 // 100]}


def punctuality(module, count):
    picked_up = sorted(module.pick_up() for _ in range(200))
    late = sorted(module.lateness(int(count)))
    return {"p50_ms": picked_up[100] * 1e3, "late_ms": late[len(late) * 99 // 100] * 1e3}


def _add_some(module, ids, kind):
    if hasattr(module, "add_many"):
        module.add_many(ids, kind)
        return
    for i in ids:
        module.add(i, kind)


def _rate(call, each):
    call(0)
    began, calls = time.perf_counter(), 0
    while time.perf_counter() - began < 1.0:
        call(calls)
        calls += 1
    return calls * each / (time.perf_counter() - began)


def produce(module, what, *words):
    measured = (fill, enqueue, round_trips, punctuality)
    figures = {each.__name__: each for each in measured}[what]
    print(json.dumps(figures(module, *words)), flush=True)


if __name__ == "__main__":
    produce(importlib.import_module(sys.argv[1]), *sys.argv[2:])
