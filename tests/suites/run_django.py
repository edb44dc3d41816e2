"""Runs labels of Django's own test suite with Puff's database backend and cache, inside Puff, on
servers of its own; see `django.sh`."""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from outcome import run
from sources import fetch

from support.puff_process import PUFF, ROOT, clean_environment
from support.servers import PostgresServer, RedisServer

HERE = Path(__file__).resolve().parent
BUILD = ROOT / "build/suites"
VERSIONS = {"5.2": "Django==5.2.19", "4.2": "Django==4.2.30"}
# What a driver and a cache are behind.
LABELS = (
    *("backends", "postgres_tests", "introspection", "inspectdb", "schema", "migrations"),
    *("transactions", "transaction_hooks", "queries", "aggregation", "annotations", "expressions"),
    *("lookup", "model_fields", "db_functions", "datetimes", "timezones", "select_for_update"),
    *("bulk_create", "get_or_create", "delete", "fixtures", "prefetch_related", "raw_query"),
    *("async", "handlers", "asgi", "wsgi", "cache"),
)


def main() -> int:
    options = arguments()
    source = fetch(VERSIONS[options.django], BUILD)
    tests = source / "tests"
    place_cache_tests(tests)
    labels = options.labels or [label for label in LABELS if (tests / label).is_dir()]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with RedisServer(folder / "redis") as redis, PostgresServer(folder) as postgres:
            words, env = command(options, source, folder, redis, postgres)
            words += ["--settings", "django_settings", "--parallel", "1", "--noinput"]
            words += [w for pattern in options.k for w in ("-k", pattern)]
            return run([*words, *labels], env, folder, options.seconds)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests/suites/django.sh", description=__doc__)
    parser.add_argument("labels", nargs="*", metavar="LABEL", help="all of a driver's if none")
    parser.add_argument("--django", choices=VERSIONS, default="5.2", help="the version")
    parser.add_argument("--driver", choices=["puff", "psycopg2"], default="puff")
    parser.add_argument("--pooled", action="store_true", help="NAME is a pool of puff.toml")
    parser.add_argument("--seconds", type=int, default=3600, help="it may take")
    parser.add_argument(
        "-k", action="append", default=[], metavar="PATTERN", help="only these tests"
    )
    return parser.parse_args()


def place_cache_tests(tests: Path) -> None:
    """Adds ours to the label `cache`."""
    shutil.copy(HERE / "django_cache.py", tests / "cache/tests_puff.py")


def command(
    options: argparse.Namespace,
    source: Path,
    folder: Path,
    redis: RedisServer,
    postgres: PostgresServer,
) -> tuple[list[str], dict[str, str]]:
    """What runs Django's program, and its environment."""
    tests = source / "tests"
    suite = {
        "SUITE_DRIVER": options.driver,
        "SUITE_POOLED": "1" if options.pooled else "",
        "SUITE_HOST": postgres.socket_directory,
        "SUITE_PORT": str(postgres.port),
        "VIRTUAL_ENV": sys.prefix,
        "PYTHONPATH": os.pathsep.join(map(str, (source, tests, HERE))),
        "RUNNING_DJANGOS_TEST_SUITE": "true",
    }
    if options.driver == "psycopg2":
        return [sys.executable, str(tests / "runtests.py")], clean_environment(suite)
    for name in ("django", "django_other"):
        postgres.query(f"CREATE DATABASE {name}")
    pools = "".join(
        f'[[postgres]]\nname = "{pool}"\nurl = "{postgres.url_of(name)}"\n'
        for pool, name in (("default", "django"), ("other", "django_other"))
    )
    (folder / "puff.toml").write_text(
        f'dotenv = false\nasyncio = true\n[[redis]]\nurl = "{redis.url}"\n'
        + (pools if options.pooled else "")
    )
    inside = ["run", "inside.main", str(tests), str(tests / "runtests.py")]
    return [str(PUFF), *inside], clean_environment(suite)


if __name__ == "__main__":
    sys.exit(main())
