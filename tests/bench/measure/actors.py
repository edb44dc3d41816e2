"""Actors: asks between them, and from greenlets to one."""

import json
import os
import re
import subprocess

from measure import places
from measure.cases import Case, Sample
from measure.targets import Limit


def actors(seconds: float) -> list[Case]:
    scale = str(max(1, round(seconds)))

    def from_greenlets(_placement: str) -> Sample:
        out = _run("bench_greenlet_ask", str(places.APPS), scale)
        return dict(json.loads(out.splitlines()[-1]))

    return [
        Case(
            "a greenlet asks an actor",
            {"puff": from_greenlets},
            (
                Limit("ask_p50_us", at_most=4),
                Limit("asks_per_s", at_least=500_000),
                Limit("answered_us", at_most=0.5),
                Limit("switch_us", at_most=0.5),
            ),
            placements=("free",),
        ),
        Case("actor kernel, us each", {"puff": _kernel}, (), placements=("free",)),
    ]


def _kernel(_placement: str) -> Sample:
    lines = re.findall(r"^(\S.*?)\s{2,}([\d.]+)\s+\d+$", _run("bench_actors"), re.MULTILINE)
    if not lines:
        raise places.Missing("bench_actors printed something else")
    return {what: float(each) for what, each in lines}


def _run(program: str, *arguments: str) -> str:
    """These programs embed Python as the command does, so they get its environment."""
    root = places.OUTPUT.parent.parent
    done = subprocess.run(
        [places.cpp_program(program), *arguments],
        env={"VIRTUAL_ENV": str(root / ".venv"), **os.environ},
        capture_output=True,
        text=True,
        timeout=300,
    )
    if done.returncode != 0:
        raise places.Missing(f"{program} ended with {done.returncode}: {done.stderr[-500:]}")
    return done.stdout
