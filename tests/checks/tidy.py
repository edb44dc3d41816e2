"""Runs clang-tidy on the sources that changed: tidy.py [BASE].

Changed is what differs, in the work tree too, from where this branch left BASE; without BASE from
origin/main, or from the parent of the last commit when that is where origin/main stands. A header
counts for the source beside it. A source that passed is looked at again only once it, a header of
ours below it, or the list of checks is another. Leaves with status 1 for any finding. No
source is begun after PUFF_TIDY_MINUTES (10); how many were left is said.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build/tidy"
PASSED = BUILD / "passed"  # an empty file per fingerprint of a source that passed
FLOORS = ("schemas", "services", "actors", "bridge", "cli")
TIDY = "clang-tidy-14"
OURS = re.compile(rf'^\s*#\s*include\s*"((?:{"|".join(FLOORS)})/[^"]+)"', re.MULTILINE)


def git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=ROOT, check=False, capture_output=True, text=True
    )
    return done.stdout.strip() if done.returncode == 0 else ""


def base_of(asked: str | None) -> str:
    """The commit that changes are counted from, empty if there is none."""
    base = git("merge-base", "HEAD", asked or "origin/main")
    if not asked and base in ("", git("rev-parse", "HEAD")):
        return git("rev-parse", "--verify", "--quiet", "HEAD~1")
    return base


def changed_sources(base: str) -> list[Path]:
    """The sources of the floors that differ from `base` or are new."""
    names = git("diff", "--name-only", "--diff-filter=d", base).splitlines()
    names += git("ls-files", "--others", "--exclude-standard").splitlines()
    files = {(ROOT / name).with_suffix(".cpp") for name in names if name.startswith(FLOORS)}
    return sorted(file for file in files if file.exists())


def configure() -> None:
    """Writes the compile commands; nothing is built."""
    subprocess.run(
        [
            "cmake",
            "--preset",
            "tidy",
            "--log-level=WARNING",
            "-DCMAKE_CXX_COMPILER_LAUNCHER=",
        ],
        cwd=ROOT,
        check=True,
    )
    PASSED.mkdir(exist_ok=True)


@cache
def below(file: Path) -> frozenset[Path]:
    """`file` and the headers of ours that it includes, at any depth."""
    found, left = {file}, [file]
    while left:
        for name in OURS.findall(left.pop().read_text()):
            header = ROOT / name
            if header not in found and header.exists():
                found.add(header)
                left.append(header)
    return frozenset(found)


def fingerprint(source: Path) -> str:
    """Names all of ours that clang-tidy's opinion of `source` depends on."""
    digest = hashlib.sha256()
    for file in [ROOT / ".clang-tidy", *sorted(below(source))]:
        digest.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return digest.hexdigest()


@cache
def compiled() -> frozenset[str]:
    """The sources that some target compiles."""
    commands = json.loads((BUILD / "compile_commands.json").read_text())
    return frozenset(command["file"] for command in commands)


class Verdict(NamedTuple):
    """What came of one source."""

    findings: str = ""
    looked_at: bool = True


def inspect(source: Path, deadline: float) -> Verdict:
    """clang-tidy's verdict on `source`, unless `deadline` has passed."""
    if str(source) not in compiled():
        return Verdict(f"{source.relative_to(ROOT)}: belongs to no target")
    stamp = PASSED / fingerprint(source)
    if stamp.exists():
        return Verdict()
    if time.monotonic() > deadline:
        return Verdict(looked_at=False)
    done = subprocess.run(
        [TIDY, "--quiet", "-p", str(BUILD), str(source)],
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode == 0:
        stamp.touch()
        return Verdict()
    return Verdict(done.stdout + "\n".join(done.stderr.splitlines()[-5:]))


def main(arguments: Sequence[str]) -> int:
    """The command line."""
    base = base_of(arguments[0] if arguments else os.environ.get("PUFF_TIDY_BASE"))
    sources = changed_sources(base) if base else []
    if not sources:
        print("no source has changed")
        return 0
    if not shutil.which(TIDY):
        print(f"{TIDY} is not installed: run deploy/test.sh")
        return 1
    configure()
    deadline = time.monotonic() + 60 * float(os.environ.get("PUFF_TIDY_MINUTES", "10"))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        verdicts = list(pool.map(lambda source: inspect(source, deadline), sources))
    findings = [verdict.findings for verdict in verdicts if verdict.findings]
    left = sum(not verdict.looked_at for verdict in verdicts)
    print(*findings, sep="\n")
    print(
        f"{len(sources)} sources changed since {base[:12]}, {len(findings)} with findings, "
        f"{left} left for want of time"
    )
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
