"""PostgreSQL servers that are not there, die and come back; and a Python that is not Puff's."""

import os
import re
import subprocess
import time

import pytest

from support.puff_process import ROOT, clean_environment, run_puff
from support.servers import PostgresServer, free_port

PYTHON = os.environ.get("PUFF_PYTHON", str(ROOT / ".venv/bin/python"))

LOAD = """
import puff
from puff import _puff

def whole():
    sessions = [_puff.pg_lease("default", "load", 5000) for _ in range(10)]
    return all(s.simple(b"SELECT 1", 5000).results[0].kind == "rows" for s in sessions)

def busy():
    while True:
        try:
            _puff.pg_run("default", "SELECT 1", (), str, True, 5000)
        except _puff.PgFailure:
            puff.sleep_ms(1)

def main():
    for _ in range(20):
        puff.spawn(busy)
    last = None
    while True:
        try:
            now = whole()
        except _puff.PgFailure as failure:
            now = False
        if now != last:
            print("whole" if now else "broken", flush=True)
        last = now
        puff.sleep_ms(10)
"""

PLAIN = """
import contextlib, os, signal, sys, threading, time
from puff import _puff

def value(session, sql):
    return session.simple(sql, 5000).results[0].value(0, 0).decode()

conninfo = sys.argv[1]
session = _puff.pg_open(conninfo, "plain", 5000)
print("main", value(session, b"SELECT 1"))

def work():
    print("thread", value(_puff.pg_open(conninfo, "thread", 5000), b"SELECT 2"), flush=True)

thread = threading.Thread(target=work)
thread.start()
thread.join()

child = os.fork()
if child == 0:
    print("parent's", session.closed)
    print("child", value(_puff.pg_open(conninfo, "child", 5000), b"SELECT 3"), flush=True)
    os._exit(0)
print("status", os.waitpid(child, 0)[1])
print("still", value(session, b"SELECT 4"))

threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
try:
    session.simple(b"SELECT pg_sleep(60)", -1)
except KeyboardInterrupt:
    print("interrupted", value(session, b"SELECT 5"), flush=True)

def sleeps():
    # Nothing is printed: a daemon thread may hold stdout's lock while the interpreter ends.
    with contextlib.suppress(_puff.PgFailure):
        _puff.pg_open(conninfo, "daemon", 5000).simple(b"SELECT pg_sleep(60)", -1)

threading.Thread(target=sleeps, daemon=True).start()
while value(session, b"SELECT count(*) FROM pg_stat_activity WHERE query ~ '^SELECT pg_sl'") != "1":
    time.sleep(0.01)
"""


@pytest.fixture
def own_server(tmp_path):
    """A PostgreSQL that the test may end."""
    with PostgresServer(tmp_path / "own_postgres") as server:
        yield server


def test_a_pool_is_whole_again_within_two_seconds_of_a_restart(project, puff, own_server):
    project.write("puff.toml", f'[[postgres]]\nurl = "{own_server.unix_url}"\n')
    project.write("load.py", LOAD)
    process = puff("run", "load.main", PYTHONPATH=str(project.folder))
    process.wait_for_line("^whole")
    own_server.kill()
    process.wait_for_line("^broken")
    own_server.start()
    begun = time.monotonic()
    while process.stdout.split()[-1] != "whole":
        assert time.monotonic() - begun < 2
        time.sleep(0.01)
    assert "Traceback" not in process.output


def refusal(project, *arguments):
    done = run_puff([*arguments], project.folder, {"PUFF_LOG": "error"})
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    return line


def test_a_server_that_is_not_there_is_named_at_start(project):
    project.write("puff.toml", '[[postgres]]\nname = "main"\n')
    url = f"postgres://me:secret@127.0.0.1:{free_port()}/shop"
    line = refusal(project, f"--main-postgres-url={url}", "run", "os.getcwd")
    assert "PostgreSQL pool 'main'" in line
    assert url.replace(":secret", "") in line
    assert "Connection refused" in line
    assert "secret" not in line


def test_a_database_that_is_not_there_is_named_at_once(project, postgres_server):
    url = postgres_server.url_of("no_such_database")
    project.write("puff.toml", f'[[postgres]]\nurl = "{url}"\n')
    begun = time.monotonic()
    line = refusal(project, "run", "os.getcwd")
    assert 'database "no_such_database" does not exist' in line
    assert time.monotonic() - begun < 4


def test_a_url_that_nobody_can_read_is_refused(project):
    project.write("puff.toml", '[[postgres]]\nurl = "postgres://h/d?sslmod=require"\n')
    line = refusal(project, "run", "os.getcwd")
    assert "sslmod" in line


def test_the_doctor_looks_at_the_pools(project, postgres_server):
    project.write(
        "puff.toml",
        f'[[postgres]]\nurl = "{postgres_server.url}"\n'
        f'[[postgres]]\nname = "gone"\nurl = "postgres://u:secret@127.0.0.1:{free_port()}/d"\n',
    )
    done = run_puff(["doctor"], project.folder, timeout=60)
    assert done.returncode == 1
    assert re.search(r"PostgreSQL.*pool 'default' answers at postgres://", done.stdout)
    assert re.search(r"PostgreSQL pool 'gone' \(postgres://u@", done.stdout)
    assert "--gone-postgres-url" in done.stdout
    assert "secret" not in done.stdout


def test_a_plain_python_has_connections_too(tmp_path, postgres_server):
    done = subprocess.run(
        [PYTHON, "-c", PLAIN, postgres_server.unix_url],
        cwd=tmp_path,
        env=clean_environment({"PYTHONPATH": os.environ.get("PYTHONPATH", "")}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.split("\n") == [
        "main 1",
        "thread 2",
        "parent's True",
        "child 3",
        "status 0",
        "still 4",
        "interrupted 5",
        "",
    ], done.stderr
    assert (done.returncode, done.stderr) == (0, "")
