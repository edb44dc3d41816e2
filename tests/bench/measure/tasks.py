"""Task queues on a private Redis: one worker process with Puff, BullMQ, huey and celery in turn. A
task that runs adds a byte to a file, which is how they are counted."""

import contextlib
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from measure import places
from measure.cases import Case, Measure, Sample
from measure.process_tree import cpu_seconds, rss_mib
from measure.programs import figures
from measure.redis import command_of, private_folder, redis_on_port
from measure.servers import end, environment, write_puff_toml
from measure.targets import Limit, Ratio

LIMIT = 100.0
WORKER_CORES = {"pinned": "0", "free": None}
NODE = places.BENCH / "node_modules"


@dataclass
class Queue:
    """A contender: its worker and its producer, for the folder of a run."""

    worker: Callable[[Path, str], list[str]]  # of the folder and how many tasks at once
    producer: Callable[[Path], list[str]]
    at_once: str
    settings: str = ""  # of puff.toml
    variables: dict[str, str] = field(default_factory=dict)


def _puff(file: str, first: str, *more: str) -> Callable[[Path], list[str]]:
    return lambda folder: [places.PUFF, first, "--config", str(folder / file), *more]


def _python(*words: str) -> Callable[[Path], list[str]]:
    return lambda _: [str(places.PEERS / "python"), *words]


def _bullmq(*words: str) -> list[str]:
    if not NODE.is_dir():
        raise places.Missing("no node_modules: run.sh installs them where npm is")
    return ["node", str(places.APPS / "tasks_by_bullmq.cjs"), *words]


def queues(at_once: str) -> dict[str, Queue]:
    huey = [str(places.PEERS / "huey_consumer"), "tasks_by_huey.huey", "-k", "thread", "-q", "-w"]
    celery = [str(places.PEERS / "celery"), "-A", "tasks_by_celery", "worker", "-l", "ERROR"]
    celery += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    return {
        "puff": Queue(
            lambda folder, _: _puff("puff.toml", "worker")(folder),
            _puff("producer.toml", "run", "tasks_by_puff.main"),
            at_once,
            "asyncio = true\n" if at_once == "1000" else "",
        ),
        "bullmq": Queue(
            lambda _, many: _bullmq("worker", many),
            lambda _: _bullmq(),
            "1000" if at_once == "1000" else "50",
            variables={"NODE_PATH": str(NODE)},
        ),
        "huey": Queue(
            lambda _, many: [*huey, many],
            _python(str(places.APPS / "task_producer.py"), "tasks_by_huey"),
            "500" if at_once == "1000" else "8",
        ),
        "celery": Queue(
            lambda _, many: [*celery, "-P", "threads" if int(many) > 1 else "prefork", "-c", many],
            _python(str(places.APPS / "task_producer.py"), "tasks_by_celery"),
            "500" if at_once == "1000" else "1",
        ),
    }


def tasks(seconds: float) -> list[Case]:
    quick = queues("64")
    slow = queues("1000")
    count = {"puff": 60_000, "bullmq": 4_000, "huey": 1_500, "celery": 300}

    def each(of: dict[str, Queue], measure: Callable[[Queue, int], Measure]) -> dict[str, Measure]:
        return {name: measure(q, round(count[name] * seconds)) for name, q in of.items()}

    return [
        Case(
            "no-op tasks, results kept",
            each(quick, lambda q, n: processing(q, "noop", n)),
            (
                Ratio("rps", ("bullmq",), at_least=3),
                Ratio("rps", ("celery",), at_least=35),
                Limit("cpu_us", at_most=25, placement="pinned"),
                Limit("redis_us", at_most=15, placement="pinned"),
                Limit("rss_mib", at_most=35),
            ),
        ),
        Case(
            "no-op tasks, results ignored",
            {
                "puff": processing(quick["puff"], "forgotten", round(60_000 * seconds)),
                "puff, kept": processing(quick["puff"], "noop", round(60_000 * seconds)),
            },
            (Ratio("rps", ("puff, kept",), at_least=1.3),),
        ),
        Case(
            "tasks that sleep 10 ms",
            each(slow, lambda q, n: processing(q, "sleep10", n))
            | {"puff, async": processing(slow["puff"], "sleep10_async", round(60_000 * seconds))},
            (
                Limit("rps", at_least=25_000),
                Limit("rps", at_least=20_000, of="puff, async"),
            ),
            placements=("free",),
        ),
        Case(
            "adding tasks",
            {name: _asked(q, "enqueue") for name, q in quick.items()},
            (
                Ratio("one_by_one", ("bullmq", "huey", "celery"), at_least=1.5, best=True),
                Ratio("bulk", ("bullmq",), at_least=7),
            ),
            placements=("free",),
        ),
        Case(
            "from adding to the result",
            {
                name: _asked(q, "round_trips", str(round(200 * seconds)), working=True)
                for name, q in quick.items()
            },
            (Limit("p50_ms", at_most=0.4), Limit("p99_ms", at_most=3)),
            placements=("free",),
        ),
        Case(
            "picked up by an idle worker, and 1,000 tasks due in one second",
            {"puff": _asked(quick["puff"], "punctuality", "1000", working=True)},
            (Limit("p50_ms", at_most=0.3), Limit("late_ms", at_most=50)),
            placements=("free",),
        ),
    ]


@dataclass
class World:
    """A Redis, a folder, and what the programs are told of them."""

    queue: Queue
    folder: Path
    redis: subprocess.Popen[bytes]
    placement: str

    @property
    def ran(self) -> int:
        return os.stat(self.folder / "ran").st_size

    def produce(self, *words: str) -> Sample:
        command = [*self.queue.producer(self.folder), *words]
        return figures(command, "free", self.folder, self.queue.variables)

    @contextlib.contextmanager
    def worker(self) -> Iterator[subprocess.Popen[bytes]]:
        command = self.queue.worker(self.folder, self.queue.at_once)
        places.OUTPUT.joinpath("logs").mkdir(parents=True, exist_ok=True)
        with open(places.OUTPUT / "logs" / f"tasks-{Path(command[0]).name}.log", "ab") as log:
            process = subprocess.Popen(
                command_of(command, WORKER_CORES[self.placement]),
                cwd=places.APPS,
                env=environment(command[0], str(self.folder)) | self.queue.variables,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            yield process
        finally:
            end(process)

    def wait_for(self, count: int, process: subprocess.Popen[bytes]) -> None:
        give_up = time.monotonic() + LIMIT
        while self.ran < count:
            if process.poll() is not None:
                raise places.Missing(f"the worker ended with status {process.returncode}")
            if time.monotonic() > give_up:
                raise places.Missing(f"only {self.ran} of {count} tasks ran in {LIMIT:g} s")
            time.sleep(0.002)


@contextlib.contextmanager
def _world(queue: Queue, placement: str) -> Iterator[World]:
    with private_folder() as folder, redis_on_port(placement) as (redis, url):
        (folder / "ran").touch()
        queue.variables |= {"TASK_LOG": str(folder / "ran"), "TASK_REDIS": url}
        settings = f'[[task_queue]]\nurl = "{url}"\n'
        adds_only = write_puff_toml(folder, f"{settings}run_tasks = false\n")
        adds_only.rename(folder / "producer.toml")
        more = f"max_concurrent_tasks = {queue.at_once}\n"
        write_puff_toml(folder, f"{queue.settings}{settings}{more}")
        yield World(queue, folder, redis, placement)


def processing(queue: Queue, kind: str, count: int) -> Measure:
    """From a tenth of the tasks on, so that the start of the worker does not count."""

    def run(placement: str) -> Sample:
        with _world(queue, placement) as world:
            world.produce("fill", kind, str(count))
            with world.worker() as process:
                world.wait_for(count // 10, process)
                began, first = time.perf_counter(), world.ran
                worker, redis = cpu_seconds(process.pid), cpu_seconds(world.redis.pid)
                world.wait_for(count, process)
                done = count - first
                return {
                    "rps": done / (time.perf_counter() - began),
                    "cpu_us": (cpu_seconds(process.pid) - worker) / done * 1e6,
                    "redis_us": (cpu_seconds(world.redis.pid) - redis) / done * 1e6,
                    "rss_mib": rss_mib(process.pid),
                }

    return run


def _asked(queue: Queue, *words: str, working: bool = False) -> Measure:
    """What the producer says, beside a worker or alone."""

    def run(placement: str) -> Sample:
        with _world(queue, placement) as world:
            if not working:
                return world.produce(*words)
            world.produce("fill", "noop", "1")
            with world.worker() as process:
                world.wait_for(1, process)
                return world.produce(*words)

    return run
