"""Django's `test --parallel` under Puff: each worker is a Puff of its own.

A fork of a process takes its memory along and none of its threads: in it whatever waits for a
pool, a timer or the network waits for ever. So workers are started afresh, by multiprocessing's
method spawn, and as `puff run`: tests find there what they find without --parallel."""

import multiprocessing
import signal
import sys
from collections.abc import Sequence
from multiprocessing import resource_tracker, spawn
from multiprocessing.queues import SimpleQueue
from pathlib import Path
from types import ModuleType
from typing import Any

import puff


def install(runner: ModuleType) -> None:
    """Teaches the module django.test.runner."""
    start_processes_afresh()

    class ParallelTestSuite(runner.ParallelTestSuite):  # type: ignore[name-defined]
        """Waits for its workers on a thread, so that greenlets go on."""

        _is_ready = False

        def initialize_suite(self) -> None:
            if not self._is_ready:
                super().initialize_suite()
            self._is_ready = True

        def run(self, result: Any) -> Any:
            self.initialize_suite()  # reads the connections of this greenlet
            return puff.blocking(super().run)(result)

    vars(runner)["ParallelTestSuite"] = ParallelTestSuite
    vars(runner)["DiscoverRunner"].parallel_test_suite = ParallelTestSuite


def start_processes_afresh() -> None:
    """Processes of multiprocessing are Puffs from now on."""
    multiprocessing.set_start_method("spawn", force=True)
    resource_tracker.ensure_running()  # this one is a Python, since the next line comes later
    spawn.set_executable("/proc/self/exe")
    vars(spawn)["get_command_line"] = command_line


def command_line(**descriptors: int) -> list[str]:
    """What starts a process to which multiprocessing hands its work through `descriptors`."""
    words = Path("/proc/self/cmdline").read_text().split("\0")
    numbers = [f"{name}={number}" for name, number in descriptors.items()]
    return [words[0], *configuration(words), "run", f"{__name__}.work", *numbers]


def configuration(words: Sequence[str]) -> Sequence[str]:
    """The option of a command line that names Puff's configuration, as it stands there."""
    for place, word in enumerate(words):
        if word == "--config":
            return words[place : place + 2]
        if word.startswith("--config="):
            return [word]
    return []


def work(*descriptors: str) -> None:
    """The whole life of such a process; SystemExit at its end."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # by which a pool ends those it needs no more
    get = SimpleQueue.get
    setattr(SimpleQueue, "get", lambda queue: puff.blocking(get)(queue))  # noqa: B010  greenlets go on
    sys.argv[1:] = ["--multiprocessing-fork", *descriptors]
    spawn.freeze_support()
