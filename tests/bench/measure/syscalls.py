"""System calls per request, counted by strace. It slows the server down tenfold, which makes its
batches larger or smaller than they are without: the figures tell kinds rather than amounts."""

import re
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from measure.cases import Case, Measure, Sample
from measure.load import wrk
from measure.servers import Running, Server, puff, running


def syscalls(seconds: float) -> list[Case]:
    apps = {"WSGI": 'wsgi = "hello.wsgi"', "ASGI": 'asgi = "hello.asgi"'}
    return [
        Case(
            f"system calls a request, {name} hello", {"puff": _counted(name, app)}, (), ("pinned",)
        )
        for name, app in apps.items()
    ]


def _counted(name: str, settings: str, seconds: float = 3) -> Measure:
    def run(_placement: str) -> Sample:
        with running(Server(f"syscalls-{name}", puff(settings)), "0") as alive:
            wrk(alive.port, 1, "1")
            return _trace(alive, seconds)

    return run


def _trace(server: Running, seconds: float) -> Sample:
    with tempfile.TemporaryDirectory(prefix="puff-bench-") as folder:
        counts = Path(folder) / "counts"
        strace = subprocess.Popen(
            ["strace", "-c", "-f", "-p", str(server.pid), "-o", str(counts)],
            stderr=subprocess.PIPE,
        )
        try:
            _wait_until_traced(server.pid)
            requests = wrk(server.port, seconds, "1")["requests"]
        finally:
            strace.send_signal(signal.SIGINT)
            strace.communicate(timeout=30)
        found = _calls(counts.read_text())
    sample = {name: calls / requests for name, calls in found.items() if calls >= requests / 1000}
    return {"all": sum(found.values()) / requests, **sample}


def _wait_until_traced(pid: int) -> None:
    """Until every thread has a tracer."""
    give_up = time.monotonic() + 10
    while time.monotonic() < give_up:
        threads = [t.read_text() for t in Path(f"/proc/{pid}/task").glob("*/status")]
        if all(re.search(r"^TracerPid:\s+[1-9]", text, re.MULTILINE) for text in threads):
            return
        time.sleep(0.05)
    raise RuntimeError("strace does not attach: is tracing allowed?")


def _calls(table: str) -> dict[str, int]:
    rows = re.findall(r"^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(\w+)$", table, re.MULTILINE)
    return {name: int(calls) for calls, name in rows if name != "total"}
