"""Adds up a test runner's JUnit files: tally.py FOLDER STATUS prints "PASSED FAILED". With a
runner's log in FOLDER's place it is the last line with "N passed, N failed" that tells.

FOLDER holds pytest's file, or ctest's (one case per program) beside one of GoogleTest per program.
A program that GoogleTest's files tell in full is not counted again; one that died, or a runner that
left with STATUS other than 0 and no failed test to show for it, or no test at all, is a failure.
Skipped tests count as neither. A runner with a log that leaves with 0 answers for what has failed.
"""

import re
import sys
from pathlib import Path
from xml.etree import ElementTree


def cases(file: Path) -> list[tuple[str, str]]:
    """(name, "passed" | "failed" | "skipped") of each test in `file`; a broken file raises."""
    found = []
    for case in ElementTree.parse(file).iter("testcase"):
        tags = {child.tag for child in case}
        if tags & {"failure", "error"} or case.get("status") == "fail":
            outcome = "failed"
        elif "skipped" in tags or case.get("status") in ("notrun", "disabled"):
            outcome = "skipped"
        else:
            outcome = "passed"
        found.append((case.get("name", ""), outcome))
    return found


def tally(folder: Path, status: int) -> tuple[int, int]:
    """(passed, failed) of all files in `folder`, written by a runner that left with `status`."""
    outcomes: list[str] = []
    for file in sorted(folder.glob("*.xml")):
        if file.name == "ctest.xml":
            outcomes += [o for name, o in cases(file) if not _is_told(folder, name, o)]
            continue
        try:
            outcomes += [outcome for _, outcome in cases(file)]
        except ElementTree.ParseError:
            continue  # its program died while writing: ctest's file tells
    passed, failed = outcomes.count("passed"), outcomes.count("failed")
    if failed == 0 and (status != 0 or passed == 0):
        failed = 1
    return passed, failed


def told(log: Path, status: int) -> tuple[int, int]:
    """(passed, failed) by the last line of `log` that says so."""
    lines = re.findall(r"^(\d+) passed, (\d+) failed", log.read_text(), re.MULTILINE)
    passed, failed = map(int, lines[-1]) if lines else (0, 0)
    if status == 0 and passed:
        return passed, 0
    return passed, max(failed, 1)


def _is_told(folder: Path, program: str, outcome: str) -> bool:
    try:
        told = [o for _, o in cases(folder / f"{program}.xml")]
    except (FileNotFoundError, ElementTree.ParseError):
        return False
    return outcome != "failed" or "failed" in told


if __name__ == "__main__":
    source = Path(sys.argv[1])
    print(*(told if source.is_file() else tally)(source, int(sys.argv[2])))
