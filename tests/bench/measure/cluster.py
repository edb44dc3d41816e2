"""Nodes of one cluster over a private Redis on a unix socket."""

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from measure import places, process_tree
from measure.cases import Case, Measure, Sample
from measure.redis import figures, private_folder, redis_server
from measure.servers import end, environment, write_puff_toml
from measure.targets import Limit, Ratio

IDLE_NODES = 100
JOIN_LIMIT = 60.0  # seconds; all of them start at once
SETTLING = 3.0  # seconds, for the last one that joined to be known to all


def cluster(seconds: float) -> list[Case]:
    asks = round(2_000 * seconds)
    return [
        Case(
            "ask between nodes, 256 bytes",
            {"puff": _far(asks), "bare XADD + XREAD": _bare(asks)},
            (
                Ratio("p50_us", ("bare XADD + XREAD",), at_most=1.5),
                Limit("asks_per_s", at_least=30_000),
            ),
            placements=("free",),
        ),
        Case(
            "an actor of the own node",
            {"puff": _near(round(20_000 * seconds))},
            (Limit("call_us", at_most=5), Limit("activation_ms", at_most=2)),
            placements=("free",),
        ),
        Case(
            f"{IDLE_NODES} idle nodes: Redis",
            {"puff": _idle(max(seconds, 10))},
            (Limit("percent_of_a_core", at_most=3),),
            placements=("free",),
        ),
    ]


def _settings(redis: Path, name: str, more: str = "") -> str:
    return f'name = "{name}"\n[cluster]\nname = "bench"\nurl = "unix://{redis}"\n{more}'


Wait = Callable[[], None]


@contextmanager
def _node(redis: Path, name: str, more: str = "") -> Iterator[Wait]:
    """A worker; returns when it was started, and gives what waits until it has joined."""
    with private_folder() as folder:
        config = write_puff_toml(folder, _settings(redis, name, more))
        log = folder / "log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [places.PUFF, "worker", "--config", str(config)],
                cwd=places.APPS,
                env=environment(str(places.PUFF), str(folder)),
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

        def joined() -> None:
            give_up = time.monotonic() + JOIN_LIMIT
            while b"is running" not in log.read_bytes():
                if process.poll() is not None or time.monotonic() > give_up:
                    raise places.Missing(f"no node: {log.read_text()[-500:]}")
                time.sleep(0.02)

        try:
            yield joined
        finally:
            end(process)


def _run(redis: Path, function: str, count: int, placement: str, more: str = "") -> Sample:
    with private_folder() as folder:
        config = write_puff_toml(folder, _settings(redis, "here", more))
        command = [str(places.PUFF), "run", "--config", str(config), f"actors_by_puff.{function}"]
        return figures([*command, str(count)], placement, folder)


def _far(count: int) -> Measure:
    def run(placement: str) -> Sample:
        more = 'modules = ["far_node"]\n'
        with redis_server(placement) as redis, _node(redis, "there", more) as joined:
            joined()
            return _run(redis, "far", count, placement, "hosts = false\n")

    return run


def _near(count: int) -> Measure:
    def run(placement: str) -> Sample:
        with redis_server(placement) as redis:
            return _run(redis, "near", count, placement)

    return run


def _bare(count: int) -> Measure:
    def run(placement: str) -> Sample:
        with redis_server(placement) as redis:
            program = places.cpp_program("bench_stream_round_trip")
            done = subprocess.run(
                [program, str(redis), str(count)], capture_output=True, text=True, timeout=120
            )
            if done.returncode != 0:
                raise places.Missing(done.stderr[-500:])
            return dict(json.loads(done.stdout))

    return run


def _idle(seconds: float) -> Measure:
    def run(placement: str) -> Sample:
        with ExitStack() as stack:
            redis = stack.enter_context(redis_server(placement))
            nodes = [stack.enter_context(_node(redis, f"node-{n}")) for n in range(IDLE_NODES)]
            for joined in nodes:
                joined()
            time.sleep(SETTLING)
            pid = _pid_of(redis)
            before = process_tree.cpu_seconds(pid)
            time.sleep(seconds)
            used = process_tree.cpu_seconds(pid) - before
            return {"percent_of_a_core": 100 * used / seconds}

    return run


def _pid_of(redis: Path) -> int:
    import socket

    with socket.socket(socket.AF_UNIX) as link:
        link.connect(str(redis))
        link.sendall(b"INFO server\r\n")
        text = link.recv(65536).decode()
    return int(text.split("process_id:")[1].split("\r\n")[0])
