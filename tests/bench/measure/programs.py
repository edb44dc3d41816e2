"""Programs that measure themselves and print their figures as JSON."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

from measure import places
from measure.cases import Sample
from measure.servers import environment

LIMIT = 120.0
CORES = {"pinned": "0", "free": None}  # of the program; servers take what is left


def figures(
    command: list[str], placement: str, folder: Path, variables: Mapping[str, str] | None = None
) -> Sample:
    """What the program printed last, as JSON. Missing if it failed."""
    return dict(json.loads(output(command, placement, folder, variables).splitlines()[-1]))


def output(
    command: list[str], placement: str, folder: Path, variables: Mapping[str, str] | None = None
) -> str:
    """All that the program printed; it lives in `folder`, with `variables` in its environment.
    Missing if it failed."""
    cores = CORES[placement]
    pin = ["taskset", "-c", cores] if cores else []
    done = subprocess.run(
        pin + command,
        cwd=places.APPS,
        env=environment(command[0], str(folder)) | dict(variables or {}),
        capture_output=True,
        text=True,
        timeout=LIMIT,
    )
    if done.returncode != 0:
        raise places.Missing(f"{command[0]} ended with {done.returncode}: {done.stderr[-500:]}")
    return done.stdout
