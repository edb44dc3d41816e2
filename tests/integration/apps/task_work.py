"""Tasks for tests."""

import asyncio
import os
import signal
import time

import puff
from puff.task_queue import Retry, current_task, task

notes = []


def add(numbers):
    return sum(numbers)


async def add_later(numbers):
    await asyncio.sleep(0.01)
    return sum(numbers)


@puff.blocking
def add_on_a_thread(numbers):
    time.sleep(0.01)
    return sum(numbers)


def pid(_):
    return os.getpid()


def fail(text):
    raise ValueError(text)


def unprintable(_):
    return object()


def sleep(ms):
    puff.sleep_ms(ms)
    return os.getpid()


async def sleep_async(ms):
    await asyncio.sleep(ms / 1000)
    return os.getpid()


def spin(ms):
    end = time.monotonic() + ms / 1000
    while time.monotonic() < end:
        pass
    return os.getpid()


def note(text):
    with open(os.environ["TASK_NOTES"], "a") as file:
        file.write(f"{text}\n")


def note_and_sleep(param):
    note(f"begin {param[0]} {current_task().attempt}")
    puff.sleep_ms(param[1])
    note(f"end {param[0]} {current_task().attempt}")
    return os.getpid()


def hang_once(name):
    note(f"begin {name} {current_task().attempt}")
    if current_task().attempt == 1:
        puff.sleep_ms(60_000)
    return os.getpid()


def die(_):
    note(f"die {current_task().attempt}")
    os.kill(os.getpid(), signal.SIGKILL)


@task(retries=2, backoff_ms=1)
def third_time_lucky(_):
    if current_task().attempt < 3:
        raise RuntimeError("not yet")
    return current_task().attempt


def retry_once(_):
    if current_task().attempt == 1:
        raise Retry("once more", delay_ms=1)
    return current_task().attempt


@task(unique=True)
def only_one(param):
    puff.sleep_ms(100)
    return param


@task(timeout_ms=50, max_attempts=2)
def too_long(_):
    note(f"try {current_task().attempt}")
    puff.sleep_ms(60_000)


@task(timeout_ms=50, max_attempts=1)
async def too_long_async(_):
    await asyncio.sleep(60)


def tell_progress(_):
    current_task().progress({"done": 1})
    puff.sleep_ms(60_000)


def context(_):
    here = current_task()
    return [here.name, here.queue, here.attempt, here.max_attempts, here.idempotency_key]


def double(number):
    return 2 * number


def total(numbers):
    return sum(numbers)
