"""Many subscriptions on one channel, over WebSockets."""

import json
import subprocess
from pathlib import Path

from measure import places, process_tree
from measure.cases import Case, Sample
from measure.http import CORES
from measure.redis import redis_server
from measure.servers import Server, running, write_puff_toml
from measure.targets import Limit

SUBSCRIPTIONS = 1_000
EACH = Limit("kib_each", at_most=12)
FAST = Limit("rps", at_least=100_000)


def live(seconds: float) -> list[Case]:
    """A channel field is the documented way; generators are quicker where they share sockets."""
    return [
        _case("channel", SUBSCRIPTIONS, (FAST, EACH), seconds),
        _case("heard", 16, (FAST, EACH), seconds),
        _case("heard", SUBSCRIPTIONS, (EACH,), seconds),
    ]


def _case(field: str, sockets: int, targets: tuple[Limit, ...], seconds: float) -> Case:
    how = "as a field of its own" if field == "channel" else "by generators"
    return Case(
        f"GraphQL, {SUBSCRIPTIONS:,} subscriptions on one channel {how}, {sockets:,} sockets",
        {"puff": lambda placement: _measured(placement, field, sockets, seconds)},
        targets,
        placements=("pinned",),
    )


def _measured(placement: str, field: str, sockets: int, seconds: float) -> Sample:
    server_cores, load_cores = CORES[placement]
    with redis_server(placement) as redis:

        def command(port: int, folder: Path) -> list[str]:
            settings = (
                f'[server]\nbind = ["127.0.0.1:{port}"]\n[[pubsub]]\nurl = "unix://{redis}"\n'
            )
            served = 'schema = "graphql_live_by_puff.Schema"\nurl = "/graphql"\n'
            settings += f'[[graphql]]\n{served}subscriptions_url = "/graphql"\n'
            return [places.PUFF, "serve", "--config", str(write_puff_toml(folder, settings))]

        with running(Server("graphql-live", command, READY), server_cores) as alive:
            asked = [field, str(sockets), str(SUBSCRIPTIONS), str(seconds)]
            sample = _listen(alive.port, alive.pid, asked, load_cores)
            return sample | {"rss_mib": process_tree.rss_mib(alive.pid)}


READY = (
    b"GET /graphql?query=%7Bready%7D HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n"
    b"Accept: application/json\r\n\r\n"
)


def _listen(port: int, pid: int, asked: list[str], cores: str | None) -> Sample:
    pin = ["taskset", "-c", cores] if cores else []
    program = [str(places.PEERS / "python"), str(places.APPS / "graphql_listeners.py")]
    done = subprocess.run(
        [*pin, *program, str(port), str(pid), *asked],
        capture_output=True,
        text=True,
        timeout=120,
    )
    if done.returncode != 0:
        raise places.Missing(f"the listeners failed: {done.stderr[-500:]}")
    return dict(json.loads(done.stdout))
