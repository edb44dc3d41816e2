"""GraphQL over HTTP: 16 connections ask one question each after the other."""

import http.client
import tempfile
from pathlib import Path

from measure import graphql_servers as servers
from measure import places
from measure.cases import Case, Measure, Sample
from measure.graphql_questions import OURS, POSTGRAPHILE, Question, first_body, wrk_script
from measure.http import CORES
from measure.load import Load, cost_under_load
from measure.servers import Command, Server, running
from measure.targets import Limit, Ratio

CONNECTIONS = 16
SINGLE_REQUESTS = 20
SLOW_SECONDS = 8.0
"""Of a measurement where few requests a second are answered."""

COMMITTING = "puff, autocommit"
RETURNED, FLOOR, RUST = "puff, returned SQL", "C++ floor", "async-graphql"
MERCURIUS = ("mercurius, pg", "mercurius, postgres")
STRAWBERRY, POSTGRAPHILE_5 = "strawberry", "PostGraphile"

SERVERS: dict[str, tuple[Command, dict[str, Question]]] = {
    "puff": (servers.puff("Declared"), OURS),
    RETURNED: (servers.puff("Returned"), OURS),
    COMMITTING: (servers.puff("Committing"), OURS),
    FLOOR: (servers.floor, OURS),
    RUST: (servers.async_graphql, OURS),
    MERCURIUS[0]: (servers.mercurius("pg"), OURS),
    MERCURIUS[1]: (servers.mercurius("postgres"), OURS),
    POSTGRAPHILE_5: (servers.postgraphile, POSTGRAPHILE),
    STRAWBERRY: (servers.strawberry, OURS),
}
ALL = tuple(name for name in SERVERS if name != COMMITTING)


def over_http(seconds: float) -> list[Case]:
    few_rows = (
        Ratio("rps", (FLOOR,), at_least=0.7),
        Ratio("rps", (RUST,), at_least=1.8),
        Ratio("rps", (RUST,), at_least=1.1, of=RETURNED),
        Ratio("rps", (STRAWBERRY,), at_least=8, of=RETURNED),
    )
    without_floor = tuple(name for name in ALL if name not in (FLOOR, RETURNED))
    return [
        _case("one row", seconds, ALL, *few_rows),
        _case("64 rows", seconds, ALL, *few_rows),
        _case(
            "three levels",
            seconds,
            ALL,
            Ratio("rps", (FLOOR,), at_least=0.85),
            Ratio("rps", (FLOOR,), at_least=0.75, of=RETURNED),
            Ratio("rps", (POSTGRAPHILE_5,), at_least=8),
            Ratio("rps", (RUST,), at_least=5),
            Ratio("rps", (STRAWBERRY,), at_least=70),
            Limit("statements", at_most=3),
        ),
        _case(
            "introspection",
            seconds,
            without_floor,
            Ratio("rps", MERCURIUS, at_least=1.5, best=True),
        ),
        _case(
            "insert",
            seconds,
            tuple(SERVERS),
            Ratio("rps", (RUST,), at_least=1.0),
            Ratio("rps", (RUST,), at_least=1.0, of=COMMITTING),
        ),
        _case(
            "hello",
            seconds,
            tuple(name for name in ALL if name != RETURNED),
            Ratio("rps", (RUST,), at_least=0.8),
        ),
    ]


def _case(name: str, seconds: float, who: tuple[str, ...], *targets: Ratio | Limit) -> Case:
    contenders = {each: _under_load(each, name, seconds) for each in who}
    return Case(f"GraphQL, {name}", contenders, targets, placements=("pinned",))


def _under_load(who: str, name: str, seconds: float) -> Measure:
    command, questions = SERVERS[who]
    question = questions[name]
    is_slow = (who, name) == (STRAWBERRY, "three levels")
    server = Server(f"graphql-{who}".replace(" ", "-").replace(",", ""), command, _hello())

    def run(placement: str) -> Sample:
        server_cores, load_cores = CORES[placement]
        with (
            running(server, server_cores) as alive,
            tempfile.NamedTemporaryFile("w", suffix=".lua") as script,
        ):
            statements = _single_requests(alive.port, question)
            script.write(wrk_script(question))
            script.flush()
            load = Load(CONNECTIONS, Path(script.name))
            took = max(seconds, SLOW_SECONDS) if is_slow else seconds
            database = servers.database().pid
            sample = cost_under_load(alive, took, load_cores, load, database)
            if name == "insert":
                servers.database().query("truncate mut")
            sample["postgres_us"] = sample.pop("beside_us")
            return sample | {"statements": statements}

    return run


def _hello() -> bytes:
    body = b'{"query":"query Q6{__typename}"}'
    head = "POST /graphql HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def _single_requests(port: int, question: Question) -> float:
    """Asks some times one after the other, looks at the answers, and tells how many statements
    the last of them cost."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"content-type": "application/json"}
    asked = first_body(question).encode()

    def ask() -> None:
        connection.request("POST", question.path, asked, headers)
        fault = question.fault_of(connection.getresponse().read())
        if fault:
            raise places.Missing(fault)

    ask()
    before = servers.statements()
    for _ in range(SINGLE_REQUESTS):
        ask()
    connection.close()
    return (servers.statements() - before) / SINGLE_REQUESTS
