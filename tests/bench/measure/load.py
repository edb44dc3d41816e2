"""HTTP load by wrk, and what it cost the server."""

import re
import resource
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from measure import places, process_tree
from measure.servers import Running

UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}


@dataclass(frozen=True)
class Load:
    """What wrk does: GET / of 64 connections, unless told otherwise."""

    connections: int = 64
    script: Path | None = None

    def options(self) -> list[str]:
        return [f"-c{self.connections}", *(["-s", str(self.script)] if self.script else [])]


HELLO = Load()


def wrk(port: int, seconds: float, cores: str | None, load: Load = HELLO) -> dict[str, float]:
    """Rate and latencies. Missing if anything but successes was answered."""
    command = ["taskset", "-c", cores] if cores else []
    command += ["wrk", "-t1", f"-d{max(1, round(seconds))}s", "--latency"]
    command += ["--timeout", "30s", *load.options()]
    began = time.perf_counter()
    out = subprocess.run(
        [*command, f"http://127.0.0.1:{port}/"], check=True, capture_output=True, text=True
    ).stdout
    took = time.perf_counter() - began
    trouble = re.search(r"Non-2xx.*|Socket errors.*", out)
    if trouble:
        raise places.Missing(f"wrk says: {trouble[0]}")
    return {
        "requests": _number(r"(\d+) requests in", out),
        "rps": _number(r"Requests/sec:\s+([\d.]+)", out),
        "p50_ms": _milliseconds("50%", out),
        "p99_ms": _milliseconds("99%", out),
        "seconds": took,
    }


def cost_under_load(
    server: Running,
    seconds: float,
    cores: str | None,
    load: Load = HELLO,
    beside: int | None = None,
) -> dict[str, float]:
    """Warms the server up, then measures it. `others` is the share of one core that processes
    other than the server and wrk took meanwhile: what a quiet machine has near nothing of. What the
    process `beside` took, a database's, is told apart from them."""
    wrk(server.port, min(1.0, seconds), cores, load)
    busy, own = process_tree.machine_busy_seconds(), process_tree.cpu_seconds(server.pid)
    helped = process_tree.cpu_seconds(beside) if beside else 0.0
    load_before = _children_seconds()
    figures = wrk(server.port, seconds, cores, load)
    cost = process_tree.cpu_seconds(server.pid) - own
    load_cost = _children_seconds() - load_before
    helped = process_tree.cpu_seconds(beside) - helped if beside else 0.0
    foreign = process_tree.machine_busy_seconds() - busy - cost - load_cost - helped
    took, requests = figures.pop("seconds"), figures.pop("requests")
    return figures | {
        "cpu_us": cost / requests * 1e6,
        "rss_mib": process_tree.rss_mib(server.pid),
        "others": max(0.0, foreign / took),
        **({"beside_us": helped / requests * 1e6} if beside else {}),
    }


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _number(pattern: str, text: str) -> float:
    found = re.search(pattern, text)
    if not found:
        raise places.Missing(f"wrk printed something else:\n{text}")
    return float(found[1])


def _milliseconds(percentile: str, text: str) -> float:
    found = re.search(rf"^\s+{percentile}\s+([\d.]+)(us|ms|s|m)\s*$", text, re.MULTILINE)
    if not found:
        raise places.Missing(f"wrk printed something else:\n{text}")
    return float(found[1]) * UNITS[found[2]]
