"""Runs SQLAlchemy's own tests of its PostgreSQL dialect with Puff's, inside Puff, on a server of
its own; see `sqlalchemy.sh`."""

import argparse
import importlib.util
import os
import sys
import tempfile
from pathlib import Path

from outcome import run
from sources import fetch

from support.puff_process import PUFF, ROOT, clean_environment
from support.servers import PostgresServer

HERE = Path(__file__).resolve().parent
BUILD = ROOT / "build/suites"
VERSION = "SQLAlchemy==2.1.9"
TESTS = ["test/dialect/postgresql", "test/dialect/test_suite.py"]
# They look into the module psycopg2 itself.
DESELECTED = "not test_psycopg_non_standard_err and not test_update_fallback"


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests/suites/sqlalchemy.sh", description=__doc__)
    parser.add_argument("tests", nargs="*", metavar="TEST", help="as pytest takes them")
    parser.add_argument("--driver", choices=["puff", "psycopg2"], default="puff")
    parser.add_argument("--seconds", type=int, default=3600, help="it may take")
    parser.add_argument("-k", default="", metavar="EXPRESSION", help="only these tests")
    options = parser.parse_args()
    source = fetch(VERSION, BUILD)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with PostgresServer(folder, max_prepared_transactions=10) as postgres:
            prepare(postgres)
            url = f"postgresql+psycopg2://postgres:any@127.0.0.1:{postgres.port}/test"
            words = ["-p", "no:cacheprovider", "-p", "no:django", "-q", "--dburi", url]
            words += ["-k", f"({options.k}) and {DESELECTED}" if options.k else DESELECTED]
            words += options.tests or TESTS
            env = clean_environment({"VIRTUAL_ENV": sys.prefix, "PYTHONPATH": python_path(source)})
            if options.driver == "psycopg2":
                return run([sys.executable, "-m", "pytest", *words], env, source, options.seconds)
            (folder / "puff.toml").write_text("dotenv = false\nasyncio = true\n")
            pytest = importlib.util.find_spec("pytest.__main__")
            assert pytest is not None
            assert pytest.origin is not None
            inside = [str(PUFF), "run", "inside.main", str(source), pytest.origin]
            plugin = ["-p", "as_psycopg2"]
            return run([*inside, *plugin, *words], env, folder, options.seconds)


def prepare(postgres: PostgresServer) -> None:
    """What SQLAlchemy's README.unittests.rst wants of a database."""
    postgres.query("CREATE DATABASE test")
    for schema in ("test_schema", "test_schema_2"):
        postgres.query(f"CREATE SCHEMA {schema}", "test")
    for extension in ("hstore", "citext"):
        postgres.query(f"CREATE EXTENSION {extension}", "test")
    postgres.query("CREATE COLLATION \"en_US\" (provider = icu, locale = 'en-US')", "test")
    postgres.query("ALTER DATABASE test SET default_text_search_config = 'pg_catalog.english'")


def python_path(source: Path) -> str:
    return os.pathsep.join(map(str, (source / "lib", HERE)))


if __name__ == "__main__":
    sys.exit(main())
