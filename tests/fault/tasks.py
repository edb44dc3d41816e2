"""The fault table of the task queue: what breaks, and what became of the tasks.

    .venv/bin/python tests/fault/tasks.py [--seconds N] [CASE..]

Each case prints how many tasks were accepted, how many ran, how many were lost (none may be), how
many ran twice, and how long the tasks of what broke waited. `--seconds` is how long the faults of
a case go on: 180 for the killed workers and 20 for the others if it is not given. Leaves with
status 1 if a task was lost or a case expected something else."""

import argparse
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from task_failover import OPTIONS, fail_over
from task_field import HEADING, LEASE, TAG, Field, Outcome

from support.clients import RedisError
from support.faults import FaultyProxy
from support.puff_process import PuffProcess
from support.redis_topologies import SentinelWorld
from support.servers import RedisServer, wait_until
from support.skewed_clock import skewed_clock

ADDONS = Path(__file__).resolve().parents[2] / "build/release/tests/support/addons"
CORRUPT = b"\x07junk"
Case = Callable[[Field, float], None]
Servers = type[RedisServer] | type[SentinelWorld]
CASES: dict[str, tuple[Case, Servers, tuple[str, ...]]] = {}


def case(*redis_options: str, on: Servers = RedisServer) -> Callable[[Case], Case]:
    def add(function: Case) -> Case:
        CASES[function.__name__] = (function, on, redis_options)
        return function

    return add


@contextmanager
def under_load(field: Field, workers: int = 3, rate: int = 2_000) -> Iterator[list[PuffProcess]]:
    """Workers, and a producer until the block ends; then everything runs out."""
    running = field.workers(workers)
    producer = field.produce(rate)
    wait_until(lambda: len(field.accepted()) > 200, "a load", 20)
    yield running
    field.stop_producing(producer)
    field.wait_for_all()


def pace(seconds: float, each: float) -> Iterator[float]:
    """A fault `each` so many seconds."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        time.sleep(each)
        yield Field.now()


@case()
def killed_workers(field: Field, seconds: float) -> None:
    faults = []
    with under_load(field) as workers:
        for now in pace(seconds, LEASE + 2.5):
            victim = workers.pop(random.randrange(len(workers)))
            faults.append(now)
            victim.kill()
            workers.append(field.worker())
    field.recovered = field.recovery(faults)
    field.expect(field.recovered < LEASE + 1, f"{len(faults)} kills, each made good in lease + 1 s")


@case()
def frozen_workers(field: Field, seconds: float) -> None:
    faults = []
    with under_load(field) as workers:
        for now in pace(seconds, LEASE + 2.5):
            faults.append(now)
            workers[0].send_signal(signal.SIGSTOP)
            time.sleep(LEASE + 1.2)
            workers[0].send_signal(signal.SIGCONT)
            workers.append(workers.pop(0))
    field.recovered = field.recovery(faults)
    field.expect(field.recovered < LEASE + 1, f"{len(faults)} times frozen past the lease")


@case()
def late_finish(field: Field, seconds: float) -> None:
    first = field.worker()
    id_ = field.add("work", 1, 5_000)
    wait_until(lambda: len(field.notes()) == 1, "it runs")
    first.send_signal(signal.SIGSTOP)
    second = field.worker()
    wait_until(lambda: field.notes()[-1][2] == 2, "it runs again")
    first.send_signal(signal.SIGCONT)
    field.wait_for_all()
    result = field.command("GET", f"{TAG}R:".encode() + bytes.fromhex(id_))
    field.expect(result == f"+{second.pid}".encode(), "the result is that of the second attempt")
    first.stop()
    field.expect(sum(n[0] == "end" for n in field.notes()) == 1, "the first one was cancelled")


@case("--appendonly", "yes", "--appendfsync", "always")
def redis_killed(field: Field, seconds: float) -> None:
    with under_load(field):
        for _ in pace(seconds, 3):
            field.redis.kill()
            field.redis.start()


@case("--appendonly", "yes", "--appendfsync", "everysec")
def redis_restarted(field: Field, seconds: float) -> None:
    with under_load(field):
        for _ in pace(seconds, 3):
            field.redis.restart()


@case()
def connections_killed(field: Field, seconds: float) -> None:
    with under_load(field):
        kills = 0
        for _ in pace(seconds, 0.3):
            for kind in ("normal", "pubsub"):
                killed = field.command("CLIENT", "KILL", "TYPE", kind, "SKIPME", "yes")
                kills += killed if isinstance(killed, int) else 0
    field.expect(kills > 10, f"{kills} connections")


@case(*OPTIONS, on=SentinelWorld)
def master_killed(field: Field, seconds: float) -> None:
    assert isinstance(field.redis, SentinelWorld)
    passed, faults = -1, 0
    with under_load(field):
        for _ in pace(seconds, 4):
            passed = fail_over(field, field.redis, passed)
            faults += 1
    field.expect(faults > 0, f"{faults} fail-overs")


@case()
def two_of_one_name(field: Field, seconds: float) -> None:
    twin = {"PUFF_NAME": "twin"}
    with under_load(field, workers=0):
        workers = [field.worker(twin), field.worker(twin)]
        for _ in pace(min(seconds, 10), 3):
            workers.pop(0).kill()
            workers.append(field.worker(twin))
    field.expect(True, "two workers that say that they are the same, and are killed in turn")


def behind_proxy(field: Field, seconds: float, how: Callable[[FaultyProxy], None]) -> None:
    with FaultyProxy(field.redis.socket_path) as proxy:
        field.set_url(f"redis://127.0.0.1:{proxy.port}")
        with under_load(field):
            for _ in pace(seconds, 2):
                how(proxy)
                proxy.heal()
        field.close()


@case()
def network_cut(field: Field, seconds: float) -> None:
    behind_proxy(field, seconds, FaultyProxy.cut)


@case()
def network_gone(field: Field, seconds: float) -> None:
    def refuse(proxy: FaultyProxy) -> None:
        proxy.refuse()
        time.sleep(1)

    behind_proxy(field, seconds, refuse)


@case()
def network_half_open(field: Field, seconds: float) -> None:
    def stall(proxy: FaultyProxy) -> None:
        proxy.stall()
        time.sleep(LEASE + 1.5)
        proxy.cut()

    behind_proxy(field, seconds, stall)


@case()
def clocks_apart(field: Field, seconds: float) -> None:
    for skew in (300, -300):
        field.worker(skewed_clock(field.folder, skew))
    producer = field.produce(ms=30)
    time.sleep(min(seconds, 5))
    victim = field.worker()
    time.sleep(1)
    now = Field.now()
    victim.kill()
    time.sleep(LEASE + 1.5)
    field.stop_producing(producer)
    field.wait_for_all()
    field.recovered = field.recovery([now])
    attempts = sum(1 for n in field.notes() if n[0] == "begin" and n[2] > 1)
    field.expect(
        attempts <= 64 * 3, f"{attempts} tasks ran again, all of the worker that was killed"
    )
    field.expect(field.recovered < LEASE + 1, "two workers whose clocks are 10 minutes apart")


def wait_for_either(worker: PuffProcess, field: Field) -> None:
    """The worker's end, or the task's."""
    wait_until(
        lambda: worker.process.poll() is not None or field.size("ZCARD", "x") == 1, "an end", 20
    )


@case()
def poison_task(field: Field, seconds: float) -> None:
    field.add("die", 1, max_attempts=3)
    while field.size("ZCARD", "x") == 0:
        wait_for_either(field.worker(), field)
    deaths = sum(1 for n in field.notes() if n[0] == "begin")
    field.expect(deaths == 3, f"in the dead letters after {deaths} workers")
    field.add("work", 2)
    field.wait_for_all(dead=1)


@case()
def longer_than_the_lease(field: Field, seconds: float) -> None:
    field.workers(2)
    field.add("work", 1, int(LEASE * 3_500))
    field.add("burn", 2, int(LEASE * 2_500))
    field.wait_for_all()
    begins = sum(1 for n in field.notes() if n[0] == "begin")
    field.expect(begins == 2, "each ran once, one of them without a pause for others")


@case()
def no_time_at_all(field: Field, seconds: float) -> None:
    refused = field.run("task_load.add", "work", "1", "0", "timeout_ms=0")
    field.expect(refused.wait() == 1 and "timeout_ms" in refused.output, "timeout_ms=0 is refused")
    field.worker()
    field.add("work", 2)
    field.wait_for_all()


@case()
def corrupted_records(field: Field, seconds: float) -> None:
    ids = [bytes.fromhex(field.add("work", n)) for n in range(4)]
    sound = field.command("HGET", f"{TAG}t", ids[1])
    assert isinstance(sound, bytes)
    for id_, bad in zip(ids, (CORRUPT, sound[:10], sound[:-6], b""), strict=True):
        field.command("HSET", f"{TAG}t", id_, bad)
    field.worker()
    field.add("work", 9)
    wait_until(lambda: any(n[1] == 9 for n in field.notes()), "the sound one runs")
    wait_until(lambda: field.size("ZCARD", "l") == 0, "none runs")
    dead = field.size("ZCARD", "x")
    results = [field.command("GET", f"{TAG}R:".encode() + id_) for id_ in ids]
    told = sum(1 for r in results if isinstance(r, bytes) and r.startswith(b"-"))
    field.expect(told == 4, f"{dead} of 4 in the dead letters, {told} told as failures")
    # The one whose parameter alone was cut is no failure of the queue's.
    field.command("DEL", f"{TAG}x", f"{TAG}t")
    (field.folder / "accepted").write_text("9\n")


@case()
def full_redis(field: Field, seconds: float) -> None:
    with under_load(field):
        for _ in pace(min(seconds, 10), 2):
            field.command("CONFIG", "SET", "maxmemory", 1)
            wait_until(lambda: field.size("HLEN", "t") == 0, "what was accepted runs", 20)
            field.command("CONFIG", "SET", "maxmemory", 0)
    refusals = (field.folder / "refusals").read_text()
    field.expect("maxmemory" in refusals, "adding is refused with Redis' words, the rest goes on")


@case()
def a_million_waiting(field: Field, seconds: float) -> None:
    count = 1_000_000 if seconds >= 20 else 100_000
    before = used_memory(field)
    filler = field.run("task_load.fill", str(count))
    filler.wait_for_line("filled", 120)
    filler.wait()
    each = (used_memory(field) - before) / count
    began, speeds = Field.now(), []
    field.worker()
    for part in (0.9, 0.1):
        wait_until(lambda limit=count * part: field.size("HLEN", "t") < limit, "the tasks run", 170)
        speeds.append((field.size("HLEN", "t"), Field.now()))
    field.wait_for_all()
    first = (count - speeds[0][0]) / (speeds[0][1] - began)
    middle = (speeds[0][0] - speeds[1][0]) / (speeds[1][1] - speeds[0][1])
    field.expect(each < 1_000, f"{count} tasks, {each:.0f} bytes each with a payload of 10")
    field.expect(middle > first * 0.7, f"{first:.0f}/s at first, {middle:.0f}/s later")
    (field.folder / "accepted").write_text("".join(f"{n}\n" for n in range(count)))


def used_memory(field: Field) -> int:
    info = field.command("INFO", "memory")
    assert isinstance(info, bytes)
    return int(info.split(b"used_memory:")[1].split(b"\r")[0])


@case()
def drained_under_load(field: Field, seconds: float) -> None:
    with under_load(field) as workers:
        for _ in pace(min(seconds, 12), 1.5):
            workers.pop(0).stop()
            workers.append(field.worker())
    again = sum(1 for n in field.notes() if n[0] == "begin" and n[2] > 1)
    field.expect(again == 0, f"{again} attempts used up")


@case()
def add_ons(field: Field, seconds: float) -> None:
    def brings(library: str) -> None:
        settings = f'[[addons]]\npath = "{ADDONS / library}"\n'
        field.set_url(field.redis.unix_url, settings)

    brings("trial.so")
    with under_load(field):
        thrown = field.run("task_load.native", "trial.throws", "50", "0")
        blocked = field.run("task_load.native", "trial.blocks", "6", str(int(LEASE * 3000)))
        for each, how in ((thrown, "50 failed: no tea"), (blocked, f"6 gave {LEASE * 3000:.0f}")):
            each.wait()
            field.expect(how in each.stdout, each.stdout.strip())
        brings("old.so")
        refused = field.start("worker")
        says = "was built for add-on ABI 0"
        field.expect(refused.wait() != 0 and says in refused.output, f"a worker says: {says}")
        brings("trial.so")


def play(name: str, seconds: float) -> Outcome:
    function, servers, options = CASES[name]
    with (
        tempfile.TemporaryDirectory(prefix="puff-fault-") as folder,
        servers(Path(folder) / "redis", *options) as redis,
    ):
        field = Field(Path(folder) / "field", redis)
        try:
            function(field, seconds)
            return field.outcome(name)
        except (TimeoutError, AssertionError, RedisError) as failure:
            field.expect(False, f"{failure}")
            return field.outcome(name)
        finally:
            field.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="*", metavar="CASE", help=", ".join(CASES))
    parser.add_argument("--seconds", type=float)
    given = parser.parse_args()
    print(HEADING, flush=True)
    good = True
    for name in given.cases or CASES:
        usual = 180.0 if name == "killed_workers" else 20.0
        outcome = play(name, given.seconds or usual)
        print(outcome, flush=True)
        good = good and outcome.good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
