"""Tasks of Puff: what a worker runs, and the producer, which prints one JSON object."""

import json
import os
import sys
import time

import puff
from puff.task_queue import global_task_queue as queue


def noop(_):
    return 1


def sleep10(_):
    puff.sleep_ms(10)
    return 1


def work_off():
    """Runs until every task of `TASKS` has ended; how long that took, and the process's CPU."""
    total = int(os.environ["TASKS"])
    while queue.stats().get("total done", 0) < 1:
        puff.sleep_ms(1)
    begin, cpu = time.perf_counter(), time.process_time()
    done = queue.stats().get("total done", 0)
    while (now := queue.stats().get("total done", 0)) < total:
        puff.sleep_ms(20)
    took, spent = time.perf_counter() - begin, time.process_time() - cpu
    print(json.dumps({"per_second": (now - done) / took, "cpu_us": spent * 1e6 / (now - done)}))


def fill():
    function = {"noop": noop, "sleep10": sleep10}[os.environ["KIND"]]
    total = int(os.environ["TASKS"])
    for first in range(0, total, 2_000):
        queue.add_tasks(function, [{"i": i} for i in range(first, min(total, first + 2_000))])


def enqueue():
    begin, count = time.perf_counter(), 0
    while time.perf_counter() - begin < 1:
        queue.add_task(noop, {"i": count})
        count += 1
    single = count / (time.perf_counter() - begin)
    begin, count = time.perf_counter(), 0
    while time.perf_counter() - begin < 1:
        queue.add_tasks(noop, [{"i": i} for i in range(500)])
        count += 500
    bulk = count / (time.perf_counter() - begin)
    print(json.dumps({"one_by_one": single, "bulk": bulk}))


def round_trips():
    times = []
    for i in range(int(os.environ["TASKS"])):
        begin = time.perf_counter()
        queue.wait_for_task_result(queue.add_task(noop, {"i": i}))
        times.append((time.perf_counter() - begin) * 1e3)
    times.sort()
    print(json.dumps({"p50_ms": times[len(times) // 2], "p99_ms": times[len(times) * 99 // 100]}))
    sys.stdout.flush()
