"""Actors asked from greenlets: puff run actors_by_puff.far COUNT, .near COUNT"""

import json
import statistics
import time

import puff
from puff.actors import actor, ref

IN_FLIGHT = 64


@actor
class Near:
    def __init__(self, key: str) -> None:
        self.value = 0

    def add(self, n: int) -> int:
        self.value += n
        return self.value


class Far:
    def echo(self, body: bytes) -> bytes:
        return body


def far(count: str) -> None:
    """An actor of another node, which `far_node.py` keeps: one ask at a time, then 64."""
    whom = ref("far")
    body = b"x" * 256
    for _ in range(500):
        whom.ask("echo", body)
    took = []
    for _ in range(int(count)):
        began = time.perf_counter()
        whom.ask("echo", body)
        took.append(time.perf_counter() - began)
    took.sort()

    def ask() -> None:
        for _ in range(int(count) // 16):
            whom.ask("echo", body)

    began = time.perf_counter()
    puff.join_all([puff.spawn(ask) for _ in range(IN_FLIGHT)])
    rate = (int(count) // 16) * IN_FLIGHT / (time.perf_counter() - began)
    p50, p99 = statistics.median(took) * 1e6, took[len(took) * 99 // 100] * 1e6
    print(json.dumps({"p50_us": p50, "p99_us": p99, "asks_per_s": rate}))


def near(count: str) -> None:
    """Actors of this node: calls of a living one, and the first call of each of many."""
    whom = Near.ref("a")
    whom.ask("add", 1)
    rounds = []
    for _ in range(5):
        began = time.perf_counter()
        for _ in range(int(count)):
            whom.ask("add", 1)
        rounds.append((time.perf_counter() - began) / int(count))
    first = []
    for number in range(500):
        began = time.perf_counter()
        Near.ref(number).ask("add", 1)
        first.append(time.perf_counter() - began)
    print(
        json.dumps({"call_us": min(rounds) * 1e6, "activation_ms": statistics.median(first) * 1e3})
    )
