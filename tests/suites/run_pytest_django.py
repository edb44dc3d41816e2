"""Runs pytest-django's own tests with Puff's database backend, by `puff pytest`, on a server of its
own; see `pytest_django.sh`. What they start is `puff pytest` too."""

import argparse
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
VERSION = "pytest-django==4.14.0"
# Those that use a database.
TESTS = ("database", "db_setup", "db_access_in_repr", "fixtures", "unittest", "urls", "environment")
# The databases of its settings, and those of the projects that it makes.
POOLS = ("first", "second", "first_inner", "first_inner_second")


def main() -> int:
    options = arguments()
    source = fetch(VERSION, BUILD)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with PostgresServer(folder) as postgres:
            env = environment(options, source, folder, postgres)
            (folder / "puff.toml").write_text(
                "dotenv = false\n" + "".join(pool_of(postgres, name) for name in POOLS)
            )
            words = [str(PUFF), "pytest", "-p", "as_puff"]
            if options.driver == "psycopg2":
                words = [sys.executable, "-m", "pytest", "--import-mode=importlib"]
            words += ["-p", "no:cacheprovider", "-p", "no:timeout", "-q", "-rfE"]
            words += [f"--rootdir={source}", "-c", str(source / "pyproject.toml")]
            words += ["-k", options.k] if options.k else []
            tests = options.tests or [f"tests/test_{name}.py" for name in TESTS]
            words += [str(source / test) for test in tests]
            return run(words, env, folder, options.seconds)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests/suites/pytest_django.sh", description=__doc__)
    parser.add_argument("tests", nargs="*", metavar="TEST", help="as pytest takes them")
    parser.add_argument("--driver", choices=["puff", "psycopg2"], default="puff")
    parser.add_argument("--pooled", action="store_true", help="NAME is a pool of puff.toml")
    parser.add_argument("--quick", action="store_true", help="some seconds' worth of them")
    parser.add_argument("--seconds", type=int, default=1200, help="it may take")
    parser.add_argument("-k", default="", metavar="EXPRESSION", help="only these tests")
    return parser.parse_args()


def pool_of(postgres: PostgresServer, name: str) -> str:
    postgres.query(f"CREATE DATABASE {name}")
    return f'[[postgres]]\nname = "{name}"\nurl = "{postgres.url_of(name)}"\n'


def environment(
    options: argparse.Namespace, source: Path, folder: Path, postgres: PostgresServer
) -> dict[str, str]:
    engines = {"puff": "puff.contrib.django.postgres", "psycopg2": "django.db.backends.postgresql"}
    return clean_environment(
        {
            "SUITE_ENGINE": engines[options.driver],
            "SUITE_POOLED": "1" if options.pooled else "",
            "SUITE_QUICK": "1" if options.quick else "",
            "SUITE_PUFF": str(PUFF),
            "PUFF_CONFIG": str(folder / "puff.toml"),
            "PGHOST": postgres.socket_directory,
            "PGPORT": str(postgres.port),
            "PGUSER": "postgres",
            "DJANGO_SETTINGS_MODULE": "pytest_django_settings",
            "VIRTUAL_ENV": sys.prefix,
            "PYTHONPATH": os.pathsep.join(map(str, (source, HERE))),
        }
    )


if __name__ == "__main__":
    sys.exit(main())
