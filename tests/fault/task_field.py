"""Where the fault table of tasks plays: a Redis, a producer, workers, and the count at the end."""

import json
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from support.puff_process import PuffProcess
from support.redis_topologies import SentinelWorld
from support.servers import RedisServer, wait_until

APPS = Path(__file__).parent / "apps"
LEASE = 1.0  # seconds
TAG = "{puff:tasks:default}:"


@dataclass
class Outcome:
    """What one fault did. A case that has no `recovered` ended nobody's lease."""

    case: str
    accepted: int
    run: int
    lost: int
    duplicated: int
    recovered: float | None
    dead: int
    remarks: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return self.lost == 0 and not any(r.startswith("FAILED") for r in self.remarks)

    def __str__(self) -> str:
        recovered = "-" if self.recovered is None else f"{self.recovered:.2f} s"
        figures = f"{self.accepted:8} {self.run:8} {self.lost:5} {self.duplicated:6} {recovered:>8}"
        return f"{self.case:24}{figures}  {'; '.join(self.remarks)}"


HEADING = f"{'fault':24}{'accepted':>8} {'run':>8} {'lost':>5} {'twice':>6} {'recover':>8}"


class Field:
    def __init__(
        self, folder: Path, redis: RedisServer | SentinelWorld, url: str = "", settings: str = ""
    ) -> None:
        self.folder = folder
        self.redis = redis
        self.remarks: list[str] = []
        self.recovered: float | None = None
        self.lost_by_redis: set[int] = set()  # confirmed, and gone with a server
        self._started: list[PuffProcess] = []
        self.set_url(url or redis.unix_url, settings)

    def set_url(self, url: str, settings: str = "") -> None:
        """For processes that start from now on."""
        self.folder.mkdir(parents=True, exist_ok=True)
        text = f'python_path = [{json.dumps(str(APPS))}]\n[[task_queue]]\nurl = "{url}"\n'
        text += f"lease_ms = {int(LEASE * 1000)}\nmax_concurrent_tasks = 64\n"
        (self.folder / "puff.toml").write_text(text + settings)
        (self.folder / "adds.toml").write_text(text + "run_tasks = false\n")

    def start(self, *words: str, env: Mapping[str, str] | None = None) -> PuffProcess:
        env = {"TASK_FOLDER": str(self.folder), **(env or {})}
        self._started.append(PuffProcess(words, self.folder, env))
        return self._started[-1]

    def worker(self, env: Mapping[str, str] | None = None) -> PuffProcess:
        worker = self.start("worker", env=env)
        worker.wait_for_line("is running")
        return worker

    def workers(self, count: int) -> list[PuffProcess]:
        return [self.worker() for _ in range(count)]

    def run(self, *words: str) -> PuffProcess:
        """A program that runs no tasks."""
        return self.start("run", *words, env={"PUFF_CONFIG": "adds.toml"})

    def produce(self, rate: int = 2_000, ms: int = 2) -> PuffProcess:
        return self.run("task_load.produce", str(rate), str(ms))

    def stop_producing(self, producer: PuffProcess) -> None:
        (self.folder / "stop").touch()
        producer.wait()
        (self.folder / "stop").unlink()

    def add(self, name: str, number: int, ms: int = 0, **more: int) -> str:
        """Adds a task of `task_load`, and gives its id."""
        words = [f"{k}={v}" for k, v in more.items()]
        adding = self.run("task_load.add", name, str(number), str(ms), *words)
        id_ = adding.wait_for_line(r"added (\w+)")[1]
        adding.wait()
        return id_

    def expect(self, fact: bool, what: str) -> None:
        self.remarks.append(what if fact else f"FAILED: {what}")

    def command(self, *parts: str | bytes | int) -> object:
        return self.redis.command(*parts)

    def size(self, command: str, name: str) -> int:
        size = self.command(command, TAG + name)
        assert isinstance(size, int)
        return size

    def notes(self) -> list[tuple[str, int, int, int, float]]:
        path = self.folder / "notes"
        lines = path.read_text().split("\n")[:-1] if path.exists() else []
        words = [line.split() for line in lines]
        return [(w[0], int(w[1]), int(w[2]), int(w[3]), float(w[4])) for w in words]

    def accepted(self) -> set[int]:
        path = self.folder / "accepted"
        return {int(line) for line in path.read_text().split()} if path.exists() else set()

    def wait_for_all(self, seconds: float = 90.0, dead: int = 0) -> None:
        """Until nothing waits or runs in Redis but the dead letters."""
        wait_until(lambda: self.size("HLEN", "t") <= dead, "an empty queue", seconds)

    def recovery(self, faults: Sequence[float]) -> float:
        """The longest time from a fault to the second attempt of a task that it interrupted."""
        worst = 0.0
        for what, _, attempt, _, at in self.notes():
            before = [fault for fault in faults if fault < at]
            if what == "begin" and attempt == 2 and before:
                worst = max(worst, at - before[-1])
        return worst

    def outcome(self, case: str) -> Outcome:
        accepted, ends = self.accepted(), Counter[int]()
        for what, number, *_ in self.notes():
            ends[number] += what == "end"
        dead = self.size("ZCARD", "x")
        gone = {n for n in self.lost_by_redis if not ends[n]}
        if self.lost_by_redis:
            self.remarks.append(f"Redis itself lost {len(gone)}")
        lost = sum(1 for n in accepted - gone if not ends[n]) - dead
        twice = sum(1 for n in ends if ends[n] > 1)
        run = sum(1 for n in ends if ends[n])
        return Outcome(
            case, len(accepted), run, lost, twice, self.recovered, dead, list(self.remarks)
        )

    def overlaps(self) -> int:
        """Tasks that began again before the earlier attempt had been ended."""
        open_: dict[int, int] = defaultdict(int)
        found = set()
        for what, number, *_ in self.notes():
            if what == "begin" and open_[number]:
                found.add(number)
            open_[number] += 1 if what == "begin" else -1
        return len(found)

    def close(self) -> None:
        for process in self._started:
            process.kill()

    @staticmethod
    def now() -> float:
        return time.clock_gettime(time.CLOCK_MONOTONIC)
