"""What the fault table of tasks runs inside Puff: a producer, and tasks that note what happens.

Each line of the file `notes` is one step: begin or end, number, attempt, pid, seconds. Numbers of
tasks that Redis has confirmed stand in the file `accepted`."""

import collections
import os
import signal
import time

import puff
from puff.task_queue import TaskFailed, current_task, global_task_queue

FOLDER = os.environ["TASK_FOLDER"]
_files: dict[str, int] = {}


def _write(name: str, text: str) -> None:
    if name not in _files:
        _files[name] = os.open(f"{FOLDER}/{name}", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(_files[name], text.encode())


def _note(what: str, number: int) -> None:
    now = time.clock_gettime(time.CLOCK_MONOTONIC)
    _write("notes", f"{what} {number} {current_task().attempt} {os.getpid()} {now:.4f}\n")


def work(given):
    number, ms = given
    _note("begin", number)
    if ms:
        puff.sleep_ms(ms)
    _note("end", number)
    return os.getpid()


def die(given):
    _note("begin", given[0])
    os.kill(os.getpid(), signal.SIGKILL)


def burn(given):
    """Keeps the interpreter for itself."""
    _note("begin", given[0])
    until = time.monotonic() + given[1] / 1000
    while time.monotonic() < until:
        pass
    _note("end", given[0])


def produce(rate: str, ms: str) -> None:
    """Adds `rate` tasks of `ms` each second, until there is a file `stop`; says how many times
    Redis confirmed nothing."""
    step, number, refused = max(1, int(rate) // 100), 0, 0
    began = time.monotonic()
    while not os.path.exists(f"{FOLDER}/stop"):
        numbers = range(number, number + step)
        number += step
        try:
            global_task_queue.add_tasks(work, [[n, int(ms)] for n in numbers])
        except Exception as failure:
            refused += 1
            _write("refusals", f"{type(failure).__name__}: {failure}\n")
        else:
            _write("accepted", "".join(f"{n}\n" for n in numbers))
        ahead = began + number / int(rate) - time.monotonic()
        if ahead > 0:
            puff.sleep_ms(int(ahead * 1000) + 1)
    print(f"produced {number}, {refused} refusals")


def add(name: str, *words: str) -> None:
    """Adds one task: its function, number, milliseconds, and further keywords as k=v."""
    number, ms = int(words[0]), int(words[1])
    more = {k: int(v) for k, v in (w.split("=") for w in words[2:])}
    id_ = global_task_queue.add_task(globals()[name], [number, ms], **more)
    _write("accepted", f"{number}\n")
    print(f"added {id_.hex()}")


def native(name: str, count: str, parameter: str) -> None:
    """Adds tasks of an add-on, waits for all of them, and says how many ended in which way."""
    ids = global_task_queue.add_tasks(name, [int(parameter)] * int(count))
    ends = collections.Counter[str]()
    for id_ in ids:
        try:
            ends[f"gave {global_task_queue.wait_for_task_result(id_)}"] += 1
        except TaskFailed as failure:
            ends[f"failed: {failure.text}"] += 1
    print("; ".join(f"{count} {how}" for how, count in ends.items()))


def fill(count: str) -> None:
    for first in range(0, int(count), 1000):
        global_task_queue.add_tasks(work, [[n, 0] for n in range(first, first + 1000)])
    print("filled")
