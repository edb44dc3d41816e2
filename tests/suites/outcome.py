"""Runs a test program and tells what came of it."""

import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path


def run(words: Sequence[str], env: Mapping[str, str], folder: Path, seconds: int) -> int:
    """Shows the program's output; its last line says how many tests passed, failed, were skipped,
    and failed as expected. The exit status."""
    said = ""
    with subprocess.Popen(
        words, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            said += line
            print(line, end="", flush=True)
        status = process.wait(seconds)
    counts = of_unittest(said) or of_pytest(said)
    if counts is None:
        print("nothing was run")
        return status or 1
    passed, failed, skipped, expected = counts
    print(f"{passed} passed, {failed} failed, {skipped} skipped, {expected} expected failures")
    return 1 if failed or status else 0


def of_unittest(said: str) -> tuple[int, int, int, int] | None:
    found = re.search(r"^Ran (\d+) tests? in .*\n\n(.*)$", said, re.MULTILINE)
    if found is None:
        return None
    told = {name.strip(): int(n) for name, n in re.findall(r"([a-z ]+)=(\d+)", found[2])}
    failed = sum(told.get(kind, 0) for kind in ("failures", "errors", "unexpected successes"))
    skipped, expected = told.get("skipped", 0), told.get("expected failures", 0)
    return int(found[1]) - failed - skipped - expected, failed, skipped, expected


def of_pytest(said: str) -> tuple[int, int, int, int] | None:
    lines = re.findall(r"^(?:=+ )?((?:\d+ \w+(?:, )?)+) in \d", said, re.MULTILINE)
    if not lines:
        return None
    told = {name: int(n) for n, name in re.findall(r"(\d+) (\w+)", lines[-1])}
    failed = told.get("failed", 0) + told.get("error", 0) + told.get("errors", 0)
    return told.get("passed", 0), failed, told.get("skipped", 0), told.get("xfailed", 0)
