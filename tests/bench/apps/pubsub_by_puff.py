"""Publish and subscribe in greenlets: puff run pubsub_by_puff.latency COUNT, .fan_out COUNT"""

import json
import statistics
import time

import puff
from puff.pubsub import global_pubsub

SUBSCRIBERS = 100
BURST = 200


def latency(count: str) -> None:
    """From the call of publish to the return of receive, one message at a time."""
    room = global_pubsub.connection()
    room.subscribe("c")
    began: list[float] = []
    took: list[float] = []

    def listen() -> None:
        for _ in range(int(count)):
            room.receive()
            took.append(time.perf_counter() - began[-1])

    listener = puff.spawn(listen)
    for number in range(int(count)):
        began.append(time.perf_counter())
        room.publish("c", "x" * 256)
        while len(took) <= number:
            puff.sleep_ms(0)
    listener.join()
    print(json.dumps({"p50_ms": statistics.median(took) * 1e3}))


def fan_out(count: str) -> None:
    """Bursts that 100 subscribers receive, each in a greenlet."""
    rooms = [global_pubsub.connection() for _ in range(SUBSCRIBERS)]
    for room in rooms:
        room.subscribe("c")
    publisher = global_pubsub.connection()

    def listen(room: object) -> None:
        receive = room.receive  # type: ignore[attr-defined]
        for _ in range(BURST):
            receive()

    publish = publisher.publish
    bursts = max(1, int(count) // BURST)
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(bursts):
        listeners = [puff.spawn(listen, room) for room in rooms]
        puff.join_all([puff.spawn(publish, "c", "x" * 256) for _ in range(BURST)])
        puff.join_all(listeners)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    done = bursts * BURST * SUBSCRIBERS
    lost = sum(room.lost for room in rooms)
    if lost:
        raise RuntimeError(f"{lost} messages were lost")
    print(json.dumps({"rps": done / wall, "cpu_us": cpu / done * 1e6}))
