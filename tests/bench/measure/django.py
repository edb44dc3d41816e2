"""Django's ORM, on a private PostgreSQL over its unix socket: Puff's backend against Django's own
on psycopg2, or psycopg 3 with its pool. Contenders get as many connections as they can use; Puff a
tenth."""

import atexit
import contextlib
import functools
import json
import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from measure import places
from measure.cases import Case, Measure, Sample
from measure.http import CORES
from measure.load import cost_under_load
from measure.programs import figures
from measure.servers import Command, Server, running, write_puff_toml
from measure.targets import Limit, Ratio

sys.path.append(str(places.BENCH.parent))
from support.servers import PostgresServer

APP = "django_data:app"
CONNECTIONS = 6  # of Puff: a tenth of 64
CROWD = 2_000
TABLE = (
    "CREATE TABLE bench_item (id bigint PRIMARY KEY, name varchar(100) NOT NULL, "
    "price numeric(8, 2) NOT NULL, added timestamptz NOT NULL, seen int NOT NULL)",
    "CREATE INDEX ON bench_item (price)",
    "INSERT INTO bench_item SELECT i, 'item ' || i, i * 0.5, "
    "timestamptz '2024-01-01' + i * interval '1 minute', i FROM generate_series(1, 10000) i",
    "ANALYZE bench_item",
)


def django(seconds: float) -> list[Case]:
    threads = (4, 16, 64)
    gunicorns = {f"gunicorn, {n} threads": _gunicorn(n) for n in threads}
    granians = {f"granian, {n} threads": _granian(n) for n in threads}
    return [
        _work("get(pk=)", "get", 4_000, seconds, Ratio("rps", ("psycopg2",), at_least=1 / 0.85)),
        _work(
            "values_list of 10,000",
            "values_list",
            40,
            seconds,
            Ratio("rps", ("psycopg2",), at_least=1.1),
        ),
        Case(
            "Django, a view with five queries",
            {
                "puff": _served("puff", _puff, _pooled(), seconds),
                **{
                    name: _served(name, command, _by_psycopg2(), seconds)
                    for name, command in gunicorns.items()
                },
                **{
                    name: _served(name, command, _by_psycopg3(n), seconds)
                    for n, (name, command) in zip(threads, granians.items(), strict=True)
                },
            },
            (
                Ratio("rps", tuple(gunicorns), at_least=2.5, best=True),
                Ratio("rps", tuple(granians), at_least=1.8, best=True),
                Limit("connections", at_most=CONNECTIONS),
            ),
        ),
        Case(
            "Django, the view without a web server",
            {
                "puff": _run_by_puff("view", _count(600, seconds)),
                "psycopg2": _run_by_psycopg2("view", _count(600, seconds)),
                "no database": _run_by_psycopg2("view_alone", _count(600, seconds)),
            },
            (),
        ),
        Case(
            f"{CROWD:,} greenlets, 10 connections",
            {"puff": _crowd(seconds)},
            (Limit("p99/p50", at_most=3), Limit("growth_mib", at_most=2)),
        ),
    ]


def _work(name: str, work: str, units: float, seconds: float, *targets: Ratio) -> Case:
    count = _count(units, seconds)
    return Case(
        f"Django, {name}",
        {"puff": _run_by_puff(work, count), "psycopg2": _run_by_psycopg2(work, count)},
        targets,
    )


def _count(a_second: float, seconds: float) -> str:
    return str(max(round(a_second * seconds), 1))


def _run_by_puff(work: str, units: str) -> Measure:
    def run(placement: str) -> Sample:
        with _database(_pooled()) as (server, folder):
            config = write_puff_toml(folder, _pool(server, CONNECTIONS))
            command = [places.PUFF, "run", "--config", str(config), "django_work.main"]
            return figures([*command, work, units], placement, folder)

    return run


def _run_by_psycopg2(work: str, units: str) -> Measure:
    def run(placement: str) -> Sample:
        with _database(_by_psycopg2()) as (_, folder):
            command = [str(places.PEERS / "python"), str(places.APPS / "django_work.py")]
            return figures([*command, work, units], placement, folder)

    return run


def _crowd(seconds: float) -> Measure:
    def run(placement: str) -> Sample:
        with _database(_pooled()) as (server, folder):
            config = write_puff_toml(folder, _pool(server, 10))
            command = [places.PUFF, "run", "--config", str(config), "crowd_by_puff.main"]
            return figures([*command, str(CROWD), str(seconds)], placement, folder)

    return run


# Servers


def _served(name: str, command: Command, settings: dict[str, object], seconds: float) -> Measure:
    def run(placement: str) -> Sample:
        server_cores, load_cores = CORES[placement]
        with _database(settings) as (server, folder):
            (folder / "pool.toml").write_text(_pool(server, CONNECTIONS))
            os.environ["BENCH_POOL"] = str(folder / "pool.toml")
            who = Server(f"django-data-{name}".replace(" ", "-").replace(",", ""), command)
            with running(who, server_cores) as alive, _counting(server) as connections:
                sample = cost_under_load(alive, seconds, load_cores)
            return {**sample, "connections": float(max(connections))}

    return run


def _puff(port: int, folder: Path) -> list[str]:
    pool = Path(os.environ["BENCH_POOL"]).read_text()
    serve = f'wsgi = "django_data.app"\n[server]\nbind = ["127.0.0.1:{port}"]\n{pool}'
    return [places.PUFF, "serve", "--config", str(write_puff_toml(folder, serve))]


def _gunicorn(threads: int) -> Command:
    fixed = ["-k", "gthread", "--threads", str(threads), "--keep-alive", "75"]
    fixed += ["--log-level", "warning"]
    return lambda port, _: [_peer("gunicorn"), *fixed, "-b", f"127.0.0.1:{port}", APP]


def _granian(threads: int) -> Command:
    fixed = ["--host", "127.0.0.1", "--backlog", "2048", "--http", "1", "--loop", "uvloop"]
    fixed += ["--workers", "1", "--runtime-threads", "1", "--no-ws", "--no-access-log"]
    fixed += ["--log-level", "warning", "--interface", "wsgi", "--blocking-threads", str(threads)]
    return lambda port, _: [_peer("granian"), *fixed, "--port", str(port), APP]


def _peer(name: str) -> str:
    return str(places.PEERS / name)


# Databases


def _pool(server: PostgresServer, size: int) -> str:
    return f'[[postgres]]\nurl = "{server.unix_url}"\npool_size = {size}\n'


def _pooled() -> dict[str, object]:
    return {"ENGINE": "puff.contrib.django.postgres", "NAME": "global"}


def _by_psycopg2() -> dict[str, object]:
    """With a connection for each thread that stays open."""
    return {"ENGINE": "django.db.backends.postgresql", "CONN_MAX_AGE": None}


def _by_psycopg3(threads: int) -> dict[str, object]:
    pool = {"min_size": min(threads, 20), "max_size": threads}
    return {"ENGINE": "django.db.backends.postgresql", "OPTIONS": {"pool": pool}}


@functools.cache
def _server() -> PostgresServer:
    """The one of all cases, with the table; it ends with this program."""
    folder = tempfile.TemporaryDirectory(prefix="puff-bench-")
    server = PostgresServer(Path(folder.name), jit="off").start()
    atexit.register(folder.cleanup)
    atexit.register(server.stop)
    for statement in TABLE:
        server.query(statement)
    return server


@contextlib.contextmanager
def _database(settings: dict[str, object]) -> Iterator[tuple[PostgresServer, Path]]:
    """The server, a folder, and the settings that lead Django there in the environment."""
    server = _server()
    where = {"NAME": "postgres", "HOST": server.socket_directory, "PORT": server.port}
    found = settings if "NAME" in settings else {**where, "USER": "postgres", **settings}
    os.environ["BENCH_DATABASE"] = json.dumps(found)
    with tempfile.TemporaryDirectory(prefix="puff-bench-") as folder:
        yield server, Path(folder)


@contextlib.contextmanager
def _counting(server: PostgresServer) -> Iterator[list[int]]:
    """How many connections the server has, every half second."""
    counts = [0]
    ended = threading.Event()
    clients = "SELECT count(*) - 1 FROM pg_stat_activity WHERE backend_type = 'client backend'"

    def count() -> None:
        while not ended.wait(0.5):
            counts.append(int(server.query(clients)))

    counter = threading.Thread(target=count)
    counter.start()
    try:
        yield counts
    finally:
        ended.set()
        counter.join()
