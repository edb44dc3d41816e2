"""Runs the compliance suite of DB-API 2.0 with puff.postgres, on a server of its own: in a plain
Python with a connection each, and in a greenlet with those of a pool; see `dbapi.sh`."""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from outcome import run
from run_psycopg2 import BUILD, HERE, find_installed
from sources import fetch

from support.puff_process import PUFF, clean_environment
from support.servers import PostgresServer

VERSION = "dbapi-compliance==1.15.0"


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests/suites/dbapi.sh", description=__doc__)
    parser.add_argument("tests", nargs="*", metavar="TEST", help="by name; all if none")
    parser.add_argument("--where", choices=["inside", "plain", "both"], default="both")
    parser.add_argument("--seconds", type=int, default=60, help="each may take")
    options = parser.parse_args()
    source = fetch(VERSION, BUILD)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with PostgresServer(folder) as postgres:
            path = os.pathsep.join(map(str, (source, HERE, find_installed())))
            env = clean_environment({"VIRTUAL_ENV": sys.prefix, "PYTHONPATH": path})
            (folder / "puff.toml").write_text(
                f'dotenv = false\n[[postgres]]\nurl = "{postgres.url}"\npool_size = 2\n'
            )
            script = str(HERE / "dbapi_tests.py")
            inside = [str(PUFF), "run", "inside.main", str(folder), script, ""]
            plain = [sys.executable, script, postgres.url]
            wanted = {"inside": [inside], "plain": [plain], "both": [plain, inside]}
            return max(
                run([*words, *options.tests], env, folder, options.seconds)
                for words in wanted[options.where]
            )


if __name__ == "__main__":
    sys.exit(main())
