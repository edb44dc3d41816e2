"""GraphQL: over HTTP beside peers, and resolvers in Python that give many objects."""

import os
import subprocess
import sys

from measure import places
from measure.cases import Case, Sample
from measure.graphql_engine import engine
from measure.graphql_http import over_http
from measure.graphql_live import live
from measure.targets import Ratio

PROGRAM = places.APPS / "graphql_objects.py"


def graphql(seconds: float) -> list[Case]:
    return [*over_http(seconds), *live(seconds), _objects(seconds), *engine(seconds)]


def _objects(seconds: float) -> Case:
    """What one execution costs, without any network."""

    def puff(_placement: str) -> Sample:
        command = [places.PUFF, "run", "graphql_objects.by_puff", str(seconds)]
        return _sample(command, {"PYTHONPATH": str(places.APPS)})

    def strawberry(_placement: str) -> Sample:
        return _sample([sys.executable, str(PROGRAM), str(seconds)], {})

    return Case(
        "1,000 objects x 5 fields by a resolver in Python",
        {"puff": puff, "strawberry": strawberry},
        (Ratio("executions_per_s", ("strawberry",), at_least=15),),
        placements=("free",),
    )


def _sample(command: list[str], env: dict[str, str]) -> Sample:
    done = subprocess.run(
        command,
        cwd=places.APPS,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=120,
    )
    if done.returncode != 0:
        raise places.Missing(f"{command[0]} ended with {done.returncode}: {done.stderr[-500:]}")
    milliseconds = float(done.stdout.split()[-1])
    return {"ms": milliseconds, "executions_per_s": 1000 / milliseconds}
