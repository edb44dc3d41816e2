"""From the start of the process to its first answer, and its memory then."""

from measure.cases import Case, Measure, Sample
from measure.process_tree import rss_mib
from measure.servers import Command, Server, fastpysgi, granian, puff, running, uvicorn
from measure.targets import Limit


def startup(_seconds: float) -> list[Case]:
    servers = {
        "puff": puff('wsgi = "hello.wsgi"'),
        "granian": granian("wsgi", "hello:wsgi"),
        "uvicorn": uvicorn("hello:asgi"),
        "fastpysgi": fastpysgi("hello:wsgi"),
    }
    return [
        Case(
            "start to first answer",
            {name: _first_answer(name, command) for name, command in servers.items()},
            (Limit("start_s", at_most=0.25), Limit("rss_mib", at_most=32)),
            placements=("free",),
        )
    ]


def _first_answer(name: str, command: Command) -> Measure:
    def run(_placement: str) -> Sample:
        with running(Server(f"startup-{name}", command), None) as alive:
            return {"start_s": alive.started_in, "rss_mib": rss_mib(alive.pid)}

    return run
