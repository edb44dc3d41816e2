"""What cpp/greenlet_ask.cpp runs: asks an actor from greenlets and prints the times as JSON."""

import json
import time
from statistics import median, quantiles

import bench_actor  # made by the program

import puff

now = time.perf_counter_ns


def one_by_one(times: int) -> dict[str, float]:
    took = []
    for i in range(times):
        began = now()
        answer = bench_actor.ask(i)
        took.append((now() - began) / 1e3)
        if answer != i:
            raise RuntimeError("the actor answers something else")
    return {"ask_p50_us": median(took), "ask_p99_us": quantiles(took, n=100)[98]}


def side_by_side(call, greenlets: int, each: int) -> float:
    """Microseconds a call."""

    def often() -> None:
        for i in range(each):
            call(i)

    began = now()
    puff.join_all([puff.spawn(often) for _ in range(greenlets)])
    return (now() - began) / 1e3 / (greenlets * each)


def alone(call, times: int) -> float:
    """Microseconds a call, without what the loop itself takes. The hub runs in between."""
    took = 0
    batch = 1000
    for _ in range(times // batch):
        began = now()
        for i in range(batch):
            call(i)
        middle = now()
        for _i in range(batch):
            pass
        took += (middle - began) - (now() - middle)
        puff.sleep_ms(0)
    return took / 1e3 / times


def main(scale: str) -> None:
    factor = int(scale)
    one_by_one(1000)
    figures = one_by_one(20_000 * factor)
    figures["asks_per_s"] = 1e6 / side_by_side(bench_actor.ask, 64, 4_000 * factor)
    figures["answered_us"] = alone(bench_actor.answered, 200_000 * factor)
    figures["switch_us"] = side_by_side(bench_actor.yielded, 64, 4_000 * factor)
    print(json.dumps(figures), flush=True)
