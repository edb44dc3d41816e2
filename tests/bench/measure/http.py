"""HTTP: who serves what, and what Puff must reach. wrk keeps 64 connections busy."""

from measure.cases import Case, Measure, Sample
from measure.load import cost_under_load
from measure.servers import (
    Command,
    Server,
    fastpysgi,
    granian,
    gunicorn,
    native_hello,
    plain_beast,
    puff,
    running,
    uvicorn,
)
from measure.targets import Limit, Ratio

CORES = {"pinned": ("0", "1"), "free": (None, None)}  # of the server, of wrk


def hello(seconds: float) -> list[Case]:
    asgi_peers = ("granian", "uvicorn", "fastpysgi")
    return [
        _case(
            "WSGI hello",
            seconds,
            {
                "puff": puff('wsgi = "hello.wsgi"'),
                "fastpysgi": fastpysgi("hello:wsgi"),
                "granian": granian("wsgi", "hello:wsgi"),
            },
            Ratio("cpu_us", ("fastpysgi",), at_most=1.1, placement="pinned"),
            Ratio("cpu_us", ("granian",), at_most=0.75, placement="pinned"),
            Ratio("rps", ("granian",), at_least=1.2),
        ),
        _case(
            "ASGI hello",
            seconds,
            {
                "puff": puff('asgi = "hello.asgi"'),
                "granian": granian("asgi", "hello:asgi"),
                "uvicorn": uvicorn("hello:asgi"),
                "fastpysgi": fastpysgi("hello:asgi"),
            },
            Ratio("cpu_us", asgi_peers, at_most=0.6, placement="pinned"),
            Ratio("rps", asgi_peers, at_least=1.6),
        ),
        _case(
            "native route",
            seconds,
            {"puff's engine": native_hello, "plain Beast": plain_beast},
            Ratio("cpu_us", ("plain Beast",), at_most=1.0, placement="pinned"),
        ),
    ]


def frameworks(seconds: float) -> list[Case]:
    return [
        *(_wsgi_framework(name, seconds) for name in ("Flask", "Django")),
        _case(
            "FastAPI hello",
            seconds,
            {
                "puff": puff('asgi = "fastapi_hello.app"'),
                "uvicorn": uvicorn("fastapi_hello:app"),
                "granian": granian("asgi", "fastapi_hello:app"),
            },
            Ratio("cpu_us", ("granian", "uvicorn"), at_most=0.95, placement="pinned", best=True),
        ),
    ]


def _wsgi_framework(name: str, seconds: float) -> Case:
    """uvicorn speaks no WSGI, so granian is the one to beat; the others are there to compare."""
    app = f"{name.lower()}_hello"
    return _case(
        f"{name} hello",
        seconds,
        {
            "puff": puff(f'wsgi = "{app}.app"'),
            "granian": granian("wsgi", f"{app}:app"),
            "fastpysgi": fastpysgi(f"{app}:app"),
            "gunicorn": gunicorn(f"{app}:app"),
        },
        Ratio("cpu_us", ("granian",), at_most=0.95, placement="pinned"),
    )


def _case(name: str, seconds: float, servers: dict[str, Command], *targets: Ratio | Limit) -> Case:
    contenders = {
        who: _under_load(Server(f"{name}-{who}".replace(" ", "-"), command), seconds)
        for who, command in servers.items()
    }
    return Case(name, contenders, targets)


def _under_load(server: Server, seconds: float) -> Measure:
    def run(placement: str) -> Sample:
        server_cores, load_cores = CORES[placement]
        with running(server, server_cores) as alive:
            return cost_under_load(alive, seconds, load_cores)

    return run
