"""WebSockets: echoes of 64 bytes on 64 connections, and messages to 16 clients."""

import re
import subprocess
import time

from measure import places, process_tree
from measure.cases import Case, Measure, Sample
from measure.servers import Command, Server, puff, running, uvicorn
from measure.targets import Ratio

CORES = {"pinned": ("0", "1"), "free": (None, None)}  # of the server, of the load
UVICORN = ("websockets-sansio", "wsproto")


def websocket(seconds: float) -> list[Case]:
    peers = tuple(f"uvicorn {implementation}" for implementation in UVICORN)
    return [
        _case(
            "WebSocket echo in Python",
            seconds,
            ("echo", 64),
            {"puff": puff('asgi = "websocket_apps.echo"'), **_uvicorns("echo")},
            Ratio("cpu_us", peers, at_most=0.6, best=True),
        ),
        _case(
            "WebSocket echo in C++",
            seconds,
            ("echo", 64),
            {
                "puff's engine": _native("echo"),
                "plain Beast": _beast,
                "socketify": _socketify("echo"),
            },
            Ratio("cpu_us", ("plain Beast",), at_most=1.1),
        ),
        _case(
            "WebSocket broadcast to 16 in Python",
            seconds,
            ("broadcast", 16),
            {"puff": puff('asgi = "websocket_apps.room"'), **_uvicorns("room")},
            Ratio("rps", peers, at_least=1.0, best=True),
        ),
        _case(
            "WebSocket broadcast to 16 in C++",
            seconds,
            ("broadcast", 16),
            {"puff's engine": _native("broadcast"), "socketify": _socketify("broadcast")},
            Ratio("rps", ("socketify",), at_least=0.8),
        ),
    ]


def _uvicorns(app: str) -> dict[str, Command]:
    def of(implementation: str) -> Command:
        base = uvicorn(f"websocket_apps:{app}")
        return lambda port, folder: [*base(port, folder), "--ws", implementation]

    return {f"uvicorn {each}": of(each) for each in UVICORN}


def _native(how: str) -> Command:
    return lambda port, _: [places.cpp_program("native_hello"), f"127.0.0.1:{port}", how]


def _socketify(how: str) -> Command:
    python, script = places.PEERS / "python", places.APPS / "websocket_by_socketify.py"
    return lambda port, _: [str(python), str(script), str(port), how]


def _beast(port: int, _: object) -> list[str]:
    return [places.cpp_program("beast_echo"), str(port)]


def _case(
    name: str,
    seconds: float,
    load: tuple[str, int],
    servers: dict[str, Command],
    *targets: Ratio,
) -> Case:
    contenders = {
        who: _under_load(Server(f"{name}-{who}".replace(" ", "-"), command), seconds, load)
        for who, command in servers.items()
    }
    return Case(name, contenders, targets, placements=("pinned",))


def _under_load(server: Server, seconds: float, load: tuple[str, int]) -> Measure:
    def run(placement: str) -> Sample:
        server_cores, load_cores = CORES[placement]
        with running(server, server_cores) as alive:
            _load(alive.port, min(1.0, seconds), load, load_cores)
            own = process_tree.cpu_seconds(alive.pid)
            figures = _load(alive.port, seconds, load, load_cores)
            cost = process_tree.cpu_seconds(alive.pid) - own
            messages = figures.pop("messages")
            return figures | {
                "rps": messages / figures.pop("seconds"),
                "cpu_us": cost / messages * 1e6,
                "rss_mib": process_tree.rss_mib(alive.pid),
            }

    return run


def _load(port: int, seconds: float, load: tuple[str, int], cores: str | None) -> Sample:
    pin = ["taskset", "-c", cores] if cores else []
    program = places.cpp_program("websocket_load")
    how, clients = load
    command = [*pin, program, str(port), str(seconds), how, str(clients)]
    began = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    found = re.search(r"^(\d+) messages (\S+) seconds (\S+) p50 (\S+) p99", done.stdout)
    if not found or int(found[1]) == 0:
        took = time.perf_counter() - began
        raise places.Missing(f"{program} failed after {took:.1f} s: {done.stdout}{done.stderr}")
    figures = {"messages": float(found[1]), "seconds": float(found[2])}
    if how == "echo":
        figures |= {"p50_ms": float(found[3]), "p99_ms": float(found[4])}
    return figures
