"""Hurts the nodes of a cluster while one of them asks the actors of the others.

    .venv/bin/python tests/fault/cluster_faults.py [CASE..]

Three nodes share a Redis that writes everything down; two keep counters, the third asks them to add
one, eight askers at once. Each case hurts something, heals it, and prints a line:

- asked: asks that were made; failed: those that raised, each of which may have been done;
- accepted: asks that were answered; run: what the counters say in the end;
- lost: accepted and not run; twice: run more often than was asked;
- back after: seconds from the blow to the first of a second's worth of asks without a failure.

Leaves with status 1 if an accepted ask was lost, something ran twice, or a case did not recover.
`clock skew` needs a compiler."""

import json
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from faulty_node import APPS, Node

from support.servers import RedisServer, wait_until
from support.skewed_clock import skewed_clock

SKEWS = {"late": -300, "early": 300}  # seconds
LEASE_MS = 2_000
KEYS = 16
ASKERS = 8
RECOVERY = 30.0
QUIET = 1.0  # seconds without a failure


class Traffic:
    """Asks counters from one node until it ends, and keeps account."""

    def __init__(self, node: Node, run: str) -> None:
        self.node = node
        self.prefix = run
        self.asked = self.accepted = self.failed = 0
        self.last_failure = time.monotonic()
        self.slowest = 0.0
        self.reasons: dict[str, int] = {}
        self._lock = threading.Lock()
        self._ends = threading.Event()
        self._threads = [threading.Thread(target=self._work, args=(n,)) for n in range(ASKERS)]

    def _work(self, number: int) -> None:
        while not self._ends.is_set():
            number += ASKERS
            began = time.monotonic()
            answer = self.node.ask(
                f'Counter.ref("{self.prefix}-{number % KEYS}").ask("add", 1, timeout_ms=10000)'
            )
            self._count(answer, time.monotonic() - began)

    def _count(self, answer: dict[str, Any], took: float) -> None:
        with self._lock:
            self.asked += 1
            self.slowest = max(self.slowest, took)
            if "value" in answer:
                self.accepted += 1
                return
            self.failed += 1
            self.last_failure = time.monotonic()
            why = f"{answer['type']}: {answer['text']}"
            self.reasons[why] = self.reasons.get(why, 0) + 1

    def __enter__(self) -> "Traffic":
        for each in self._threads:
            each.start()
        wait_until(lambda: self.accepted > 50, "there is traffic", 30)
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        for each in self._threads:
            each.join(30)

    def recovered(self, since: float) -> float:
        """Seconds from `since` until asks went through again."""
        accepted = self.accepted

        def goes_on() -> bool:
            quiet_since = max(self.last_failure, since)
            return time.monotonic() - quiet_since > QUIET and self.accepted > accepted + 50

        wait_until(goes_on, "asks go through again", RECOVERY)
        return max(0.0, self.last_failure - since)

    def run(self) -> int:
        """What the counters say."""
        total = 0
        for key in range(KEYS):
            ask = f'Counter.ref("{self.prefix}-{key}").ask("add", 0)'
            wait_until(lambda ask=ask: "value" in self.node.ask(ask), "the counters answer", 30)
            total += self.node.ask(ask)["value"]
        return total


@dataclass
class World:
    folder: Path
    redis: RedisServer
    stack: ExitStack
    nodes: dict[str, Node]

    def add(self, name: str, config: str = "puff.toml", **env: str) -> Node:
        node = Node(self.folder, self.redis, name, config, **env)
        self.stack.callback(node.end)
        return node


def same_name(world: World) -> None:
    """A second node of a name is refused; the first goes on."""
    other = world.add("a")
    assert other.process.wait(30) == 1, "a second node of the name was not refused"
    assert "has a node named 'a' already" in other.process.stderr


def clock_skew(world: World) -> None:
    """Two more nodes whose wall clocks are five minutes off, and then no others."""
    for name, skew in SKEWS.items():
        node = world.nodes[name] = world.add(name, **skewed_clock(world.folder, skew))
        node.wait()
        off = node.ask("time.time()")["value"] - time.time()
        assert abs(off - skew) < 5, f"its clock is {off:.0f} s off, not {skew}"
    for name in ("a", "b"):
        world.nodes[name].process.stop()
    time.sleep(3 * LEASE_MS / 1000)  # leases are renewed and counted meanwhile


def killed_connections(world: World) -> None:
    """CLIENT KILL of every connection, a few times: commands, the waiting reads, all nodes."""
    for _ in range(5):
        world.redis.command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        time.sleep(0.3)


def half_open(world: World) -> None:
    """A node's connections stay open and carry nothing, for longer than its lease."""
    world.nodes["b"].proxy.stall()
    time.sleep(2 * LEASE_MS / 1000)
    world.nodes["b"].proxy.heal()


def killed_node(world: World) -> None:
    """kill -9; another one of its name comes back."""
    world.nodes["b"].process.kill()
    world.nodes["b"].process = world.nodes["b"].start()
    world.nodes["b"].wait()


def frozen_node(world: World) -> None:
    world.nodes["b"].process.send_signal(signal.SIGSTOP)
    time.sleep(2 * LEASE_MS / 1000)
    world.nodes["b"].process.send_signal(signal.SIGCONT)


def restarted_redis(world: World) -> None:
    """Redis ends at once and comes back with what it wrote down."""
    world.redis.kill()
    time.sleep(0.5)
    world.redis.start()


def keep_actors(asker: Node) -> bool:
    """Whether the two nodes do."""
    asks = [f'Counter.ref("{time.monotonic_ns()}-{n}").ask("where")' for n in range(4)]
    return {asker.ask(ask).get("value") for ask in asks} == {"a", "b"}


CASES: dict[str, Callable[[World], None]] = {
    "two of one name": same_name,
    "clock skew": clock_skew,
    "CLIENT KILL": killed_connections,
    "half-open": half_open,
    "kill -9": killed_node,
    "frozen": frozen_node,
    "Redis restart": restarted_redis,
}


def play(case: str) -> bool:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        options = ("--appendfsync", "always")
        redis = stack.enter_context(RedisServer(folder / "redis", *options, persist=True))
        settings = (
            f'python_path = [{json.dumps(str(APPS))}]\nwsgi = "actor_console.application"\n'
            f'[cluster]\nname = "faults"\nlease_ms = {LEASE_MS}\n'
        )
        (folder / "puff.toml").write_text(settings)
        (folder / "asker.toml").write_text(settings + "hosts = false\n")
        (folder / "notes").touch()
        world = World(folder, redis, stack, {})
        for name in ("a", "b"):
            world.nodes[name] = world.add(name)
        asker = world.add("asker", "asker.toml")
        for node in (*world.nodes.values(), asker):
            node.wait()
        wait_until(partial(keep_actors, asker), "both keep actors", 30)
        with Traffic(asker, "k") as traffic:
            began = time.monotonic()
            CASES[case](world)
            took = traffic.recovered(began)
        run = traffic.run()
    lost = max(0, traffic.accepted - run)
    twice = max(0, run - traffic.asked)
    print(
        f"{case:16} asked {traffic.asked:6}  accepted {traffic.accepted:6}  run {run:6}"
        f"  failed {traffic.failed:4}  lost {lost}  twice {twice}  back after {took:5.2f} s"
        f"  longest wait {traffic.slowest:5.2f} s",
        flush=True,
    )
    for why, times in traffic.reasons.items():
        print(f"    {times:5} {why}", flush=True)
    return lost == 0 and twice == 0


if __name__ == "__main__":
    results = [play(case) for case in sys.argv[1:] or CASES]
    sys.exit(0 if all(results) else 1)
