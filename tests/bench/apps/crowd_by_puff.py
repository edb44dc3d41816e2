"""Many greenlets and few connections: puff run crowd_by_puff.main GREENLETS SECONDS"""

import json
import resource
import statistics
import time

import puff
from puff import postgres


def main(greenlets: str, seconds: str) -> None:
    """Each takes a connection, asks once and gives it back, again and again."""
    waits: list[float] = []
    ends = time.perf_counter() + float(seconds)

    def work() -> None:
        while time.perf_counter() < ends:
            connection = postgres.connect()
            began = time.perf_counter()
            connection.get_backend_pid()  # waits for a session
            waits.append(time.perf_counter() - began)
            connection.cursor().execute("SELECT 1")
            connection.close()

    def round_trips(count: int) -> None:
        puff.join_all([puff.spawn(work) for _ in range(count)])

    round_trips(int(greenlets))
    resident = _resident_mib()
    waits.clear()
    ends += float(seconds)
    round_trips(int(greenlets))
    ranks = statistics.quantiles(waits[int(greenlets) :], n=100)  # the first came all at once
    figures = {
        "rps": len(waits) / float(seconds),
        "p50_ms": ranks[49] * 1e3,
        "p99_ms": ranks[98] * 1e3,
        "p99/p50": ranks[98] / ranks[49],
        "growth_mib": _resident_mib() - resident,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(figures))


def _resident_mib() -> float:
    with open("/proc/self/statm") as memory:
        return int(memory.read().split()[1]) * resource.getpagesize() / 2**20
