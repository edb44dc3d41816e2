"""Tasks of Puff: what a worker runs, and `puff run tasks_by_puff.main` as the producer."""

import sys
import time

from task_log import parameter, ran

import puff
from puff.task_queue import global_task_queue, task


def noop(_):
    ran()


@task(keep_results_for_ms=0)
def forgotten(_):
    ran()


def sleep10(_):
    puff.sleep_ms(10)
    ran()


async def sleep10_async(_):
    import asyncio  # other workers do without it

    await asyncio.sleep(0.01)
    ran()


def echo(given):
    ran()
    return given["i"]


KINDS = {f.__name__: f for f in (noop, forgotten, sleep10, sleep10_async)}
KINDS["native"] = "bench.noop"


def add(i, kind):
    global_task_queue.add_task(KINDS[kind], parameter(i))


def add_many(ids, kind):
    more = {"keep_results_for_ms": 0} if kind == "native" else {}
    global_task_queue.add_tasks(KINDS[kind], [parameter(i) for i in ids], **more)


def ask(i):
    return global_task_queue.wait_for_task_result(global_task_queue.add_task(echo, parameter(i)))


def begun(_):
    ran()
    return time.time()


def pick_up():
    """Seconds from adding a task to its begin."""
    added = time.time()
    return global_task_queue.wait_for_task_result(global_task_queue.add_task(begun)) - added


def lateness(count):
    """Seconds that tasks begin after they were due, all of them within one second."""
    first = int(time.time() * 1000) + 1_000
    dues = [first + i * 1000 // count for i in range(count)]
    ids = [global_task_queue.schedule_function(begun, None, due) for due in dues]
    begins = [global_task_queue.wait_for_task_result(id_) for id_ in ids]
    return [begin - due / 1000 for begin, due in zip(begins, dues, strict=True)]


def main(*words):
    import task_producer

    task_producer.produce(sys.modules[__name__], *words)
