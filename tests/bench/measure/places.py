"""Where things are."""

import os
import sys
from pathlib import Path

BENCH = Path(__file__).resolve().parent.parent
APPS = BENCH / "apps"
OUTPUT = BENCH.parent.parent / "build" / "bench"
PEERS = Path(sys.prefix) / "bin"  # this runs in the environment of the peers
PUFF = os.environ["PUFF"]


class Missing(Exception):
    """What a measurement needs is not there."""


def cpp_program(name: str) -> str:
    """A program or library of ../cpp; Missing if it was not built."""
    program = Path(os.environ["PUFF_BENCH_BUILD"]) / "tests" / "bench" / name
    if not program.exists():
        raise Missing(f"{program} is not built")
    return str(program)
