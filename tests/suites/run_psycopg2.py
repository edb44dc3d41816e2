"""Runs psycopg2's own tests with puff.postgres in psycopg2's place, on a server of its own; see
`psycopg2.sh`. Which of them cannot pass, and why, docs/compatibility/psycopg2.md says."""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from sources import fetch

from support.puff_process import PUFF, ROOT, clean_environment
from support.servers import PostgresServer

HERE = Path(__file__).resolve().parent
BUILD = ROOT / "build/suites"
VERSION = "psycopg2==2.9.13"
PACKAGE = ROOT / "bridge/python"
REASONS = ROOT / "docs/compatibility/psycopg2.md"
DATABASE = "psycopg2_test"
# The share of what psycopg2 passes that puff.postgres has to.
WANTED = 0.97
# What belongs to a quick look; the rest waits a lot, or is about streaming replication.
QUICK = ["cursor", "types_basic", "types_extras", "dates", "quote", "sql", "transaction", "with"]

Outcomes = dict[str, str]


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests/suites/psycopg2.sh", description=__doc__)
    parser.add_argument("tests", nargs="*", metavar="TEST", help="as unittest names them")
    parser.add_argument("--driver", choices=["puff", "psycopg2"], default="puff")
    parser.add_argument("--inside", action="store_true", help="in a greenlet of `puff run`")
    parser.add_argument("--quick", action="store_true", help="some seconds' worth of them")
    parser.add_argument("--compare", action="store_true", help="with what psycopg2 passes")
    parser.add_argument("--module", type=Path, help="the compiled module, if not the installed one")
    parser.add_argument("--seconds", type=int, default=600, help="it may take")
    options = parser.parse_args()
    source = fetch(VERSION, BUILD)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with PostgresServer(folder, max_prepared_transactions=10) as postgres:
            postgres.query(f"CREATE DATABASE {DATABASE}")
            postgres.query("CREATE EXTENSION hstore", DATABASE)
            runner = Runner(options, source, folder, postgres.port)
            outcomes = runner.run(options.driver)
            report(outcomes)
            if not options.compare:
                return 1 if unexplained(outcomes) else 0
            return compare(outcomes, runner.run("psycopg2"))


class Runner:
    def __init__(self, options: argparse.Namespace, source: Path, folder: Path, port: int) -> None:
        self.options = options
        self.source = source
        self.folder = folder
        self.port = port

    def run(self, driver: str) -> Outcomes:
        """How each test ended: "ok", "skipped", "FAIL" or "ERROR"."""
        inside = self.options.inside and driver == "puff"
        script = str(HERE / "psycopg2_tests.py")
        names = self.options.tests
        if not names and self.options.quick:
            names = [f"tests.test_{name}" for name in QUICK]
        words = [sys.executable, script, driver, *names]
        if inside:
            (self.folder / "puff.toml").write_text("dotenv = false\n")
            words = [str(PUFF), "run", "inside.main", str(self.source), script, driver, *names]
        with (self.folder / "said.txt").open("w+") as said:
            subprocess.run(
                words,
                cwd=self.folder if inside else self.source,
                env=self.environment(driver),
                stdout=said,
                stderr=subprocess.STDOUT,
                timeout=self.options.seconds,
                check=False,
            )
            said.seek(0)
            text = said.read()
        print(text)
        return outcomes_of(text)

    def environment(self, driver: str) -> dict[str, str]:
        path = [str(self.source), str(HERE)]
        if driver == "puff":
            # What the tests start shall import it too: sitecustomize.py does that.
            path += [str(self.children()), *map(str, self.package())]
        where = {"HOST": "127.0.0.1", "PORT": str(self.port), "USER": "postgres"}
        return clean_environment(
            {
                "VIRTUAL_ENV": sys.prefix,
                "PYTHONPATH": os.pathsep.join(path),
                "PYTHONWARNINGS": "ignore",
                "PSYCOPG2_TESTDB": DATABASE,
                **{f"PSYCOPG2_TESTDB_{name}": value for name, value in where.items()},
            }
        )

    def children(self) -> Path:
        folder = self.folder / "children"
        folder.mkdir(exist_ok=True)
        (folder / "sitecustomize.py").write_text(
            "from puff import postgres\npostgres.install_as_psycopg2()\n"
        )
        return folder

    def package(self) -> list[Path]:
        """Folders that hold the package, if it is not the installed one."""
        if self.options.module is None:
            return [find_installed()]
        folder = self.folder / "package/puff"
        folder.mkdir(parents=True, exist_ok=True)
        for entry in (*(PACKAGE / "puff").iterdir(), self.options.module.resolve()):
            if not (folder / entry.name).exists():
                (folder / entry.name).symlink_to(entry)
        return [folder.parent]


def find_installed() -> Path:
    """Where .venv has the package."""
    (found,) = (ROOT / ".venv/lib").glob("python3*/site-packages/puff/_puff*.so")
    return found.parents[1]


def outcomes_of(text: str) -> Outcomes:
    """By the lines of a verbose unittest; what a test prints may stand between name and outcome."""
    outcomes: Outcomes = {}
    name = None
    for line in text.splitlines():
        if found := re.match(r"(\w+) \(([\w.]+)\)", line):
            name = f"{found[2]}" if found[2].endswith(found[1]) else f"{found[2]}.{found[1]}"
        if name and (ended := re.search(r"(?:\.\.\. |^)(ok|skipped|FAIL|ERROR)\b(?!:)", line)):
            outcomes.setdefault(name, ended[1])
            name = None
    return outcomes


def report(outcomes: Outcomes) -> None:
    counts = {word: sum(how == word for how in outcomes.values()) for word in ("ok", "skipped")}
    failed = len(outcomes) - sum(counts.values())
    print(f"{counts['ok']} passed, {failed} failed, {counts['skipped']} skipped")
    for name in unexplained(outcomes):
        print(f"not in {REASONS.relative_to(ROOT)}: {name}")


def unexplained(outcomes: Outcomes) -> list[str]:
    """The failures for which the documentation gives no reason."""
    reasons = REASONS.read_text()
    return [
        name
        for name, how in outcomes.items()
        if how in ("FAIL", "ERROR") and not is_named(name, reasons)
    ]


def is_named(name: str, reasons: str) -> bool:
    _, _, case, test = name.rsplit(".", 3)
    return f"`{case}.{test}`" in reasons or f"`{case}`" in reasons


def compare(puff: Outcomes, psycopg2: Outcomes) -> int:
    passed = {name for name, how in psycopg2.items() if how == "ok"}
    lost = sorted(name for name in passed if puff.get(name) != "ok")
    share = 1 - len(lost) / max(len(passed), 1)
    for name in lost:
        print(f"psycopg2 passes, puff.postgres does not ({puff.get(name, 'not run')}): {name}")
    print(f"of {len(passed)} that psycopg2 passes, puff.postgres passes {share:.1%}")
    return 0 if share >= WANTED else 1


if __name__ == "__main__":
    sys.exit(main())
