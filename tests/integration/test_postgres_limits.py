"""What is large, cut off, given up or left behind, seen from a program's side."""

import os
import re

import pytest
from fault import postgres_soak
from fault.postgres_large import MOST_KIB, read
from integration.apps.serving import served

from support.faults import FaultyProxy
from support.puff_process import ROOT, run_puff
from support.servers import wait_until

TESTS = ROOT / "tests"


def test_large_results_and_copies_need_little_memory(project, postgres_server):
    told = read(postgres_server, project.folder, mib=200, seconds=100)
    assert {way: size for way, (size, _) in told.items()} == {
        "named": 200,
        "streamed": 200,
        "copied": 200,
        "copied_by_cursor": 200,
    }
    assert max(grown for _, grown in told.values()) < MOST_KIB, told


def test_leases_that_are_left_or_given_up_leave_nothing_behind():
    assert postgres_soak.main("60000", "60") == 0


def in_folder(project):
    return {"PYTHONPATH": str(project.folder)}


BROKEN = """
from puff import postgres
from support import endless

def main(work):
    try:
        endless.run(work)
    except postgres.OperationalError as error:
        print("lost:", str(error).strip().replace("\\n", " "), flush=True)
    print("whole", endless.whole(), flush=True)
"""


@pytest.fixture
def proxy(postgres_server):
    with FaultyProxy(("127.0.0.1", postgres_server.port)) as faulty:
        yield faulty


@pytest.mark.parametrize("stalled", [False, True], ids=["cut", "stalled"])
@pytest.mark.parametrize(
    "work", ["named", "copy_out", "copy_in", "native_copy_out", "native_copy_in"]
)
def test_a_network_that_breaks_in_the_midst_is_told(
    project, puff, proxy, postgres_server, postgres_database, work, stalled
):
    url = f"postgres://postgres@127.0.0.1:{proxy.port}/{postgres_database}"
    project.write("puff.toml", f'[[postgres]]\nurl = "{url}"\npool_size = 4\n')
    project.write("work.py", BROKEN)
    path = f"{project.folder}{os.pathsep}{TESTS}"
    process = puff("run", "work.main", work, PYTHONPATH=path)
    process.wait_for_line("^midway")
    if stalled:
        proxy.stall()
        # Nobody moves any more: the server has nothing to read, or nowhere to write.
        sql = (
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Client'"
            f" AND datname = '{postgres_database}' AND query ~ '^(COPY|FETCH)'"
        )
        wait_until(lambda: postgres_server.query(sql) == "1", "a session that is stuck")
    proxy.cut()
    proxy.heal()
    closed = process.wait_for_line("^closed (.)")
    assert closed[1] == ("0" if work.startswith("native") else "2")
    process.wait_for_line("^lost: .+")
    process.wait_for_line("^whole True")
    assert process.wait() == 0
    assert "Traceback" not in process.output


LATE = """
import puff
from puff import postgres

db = postgres.pool("default")

def main():
    print(db.fetchval("SELECT $1::int", 1), flush=True)
    while True:
        try:
            db.fetchval("SELECT $1::int", 2, timeout=0.3)
            puff.sleep_ms(5)
        except TimeoutError:
            break
    print("late", flush=True)
    while True:
        try:
            print("again", db.fetchval("SELECT $1::int", 3, timeout=1), flush=True)
            break
        except (TimeoutError, postgres.OperationalError):
            pass
"""


def test_a_stalled_network_ends_at_the_time_limit(project, puff, proxy):
    url = f"postgres://postgres@127.0.0.1:{proxy.port}/postgres"
    project.write("puff.toml", f'[[postgres]]\nurl = "{url}"\npool_size = 2\n')
    project.write("work.py", LATE)
    process = puff("run", "work.main", **in_folder(project))
    process.wait_for_line("^1$")
    proxy.stall()
    process.wait_for_line("^late")
    proxy.heal()
    process.wait_for_line("^again 3")
    assert process.wait() == 0


HOLDERS = """
from puff import postgres

db = postgres.pool("default")
kept = []

def application(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/native":
        kept.append(db.acquire().get())
        text = ""
    elif path == "/dbapi":
        connection = postgres.connect(dbname="default")
        connection.cursor().execute("CREATE TABLE left_open (n int)")
        kept.append(connection)
        text = ""
    elif path == "/free":
        kept.clear()
        text = ""
    elif path == "/left":
        text = db.fetchval("SELECT to_regclass($1) IS NOT NULL", "left_open")
    else:
        try:
            text = db.acquire(timeout=0.1).get()
        except TimeoutError as error:
            text = str(error)
    start_response("200 OK", [])
    return [str(text).encode()]
"""


def test_an_exhausted_pool_names_its_holders(project, postgres_server, postgres_database):
    url = postgres_server.url_of(postgres_database)
    configuration = f'wsgi = "holding.application"\n[[postgres]]\nurl = "{url}"\npool_size = 2\n'
    project.write("holding.py", HOLDERS)
    with served(project.folder, configuration, **in_folder(project)) as site:
        site.get("/native?secret=1")
        site.get("/dbapi")
        told = site.get("/late").text
        assert "of 2 connections are held: " in told
        assert re.search(r"1 by GET /native at holding:\d+ \(for \d", told), told
        assert re.search(r"1 by GET /dbapi at holding:\d+ \(for \d", told), told
        assert "secret" not in told
        site.get("/free")
        assert site.get("/left").text == "False"


LEFT = """
import gc
import puff
from puff import postgres

db = postgres.pool("default")

def pid_and_state(connection):
    cursor = connection.cursor()
    cursor.execute("SELECT pg_backend_pid(), to_regclass('never') IS NULL,"
                   " current_setting('work_mem') = '77MB'")
    return cursor.fetchone()

def leaves():
    connection = postgres.connect(dbname="default")
    connection.cursor().execute("CREATE TABLE never (n int); SET work_mem = '77MB'")
    return pid_and_state(connection)

def sleeps(ready):
    connection = postgres.connect(dbname="default")
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE never (n int); SELECT pg_backend_pid()")
    ready.append(cursor.fetchone()[0])
    cursor.execute("SELECT pg_sleep(60)")

def native_sleeps(ready):
    with db.acquire() as connection, connection.transaction():
        ready.append(connection.get_server_pid())
        connection.execute("SELECT pg_sleep(60)")

def main():
    watcher = postgres.connect(dbname="watch")
    watcher.autocommit = True
    def states(pid):
        cursor = watcher.cursor()
        cursor.execute("SELECT state FROM pg_stat_activity WHERE pid = %s"
                       " AND (state <> 'active' OR query ~ 'pg_sleep')", (pid,))
        return cursor.fetchall()

    pid, *left = puff.spawn(leaves).join()
    print("left", left)
    next_holder = postgres.connect(dbname="default")
    print("next", [pid_and_state(next_holder)[0] == pid, *pid_and_state(next_holder)[1:]])
    next_holder.close()

    for work in (sleeps, native_sleeps):
        ready = []
        greenlet = puff.spawn(work, ready)
        while not ready or states(ready[0]) != [("active",)]:
            puff.sleep_ms(1)
        greenlet.cancel("enough")
        while not greenlet.finished:
            puff.sleep_ms(1)
        print(type(greenlet.exception).__name__, greenlet.exception)
        del greenlet
        gc.collect()  # the error and its traceback, which has the connection
        next_holder = postgres.connect(dbname="default")
        pid, *clean = pid_and_state(next_holder)
        print("clean", [pid == ready[0], *clean])
        next_holder.rollback()
        next_holder.close()
        while states(pid) != [("idle",)]:
            puff.sleep_ms(1)
        print("idle", flush=True)
"""


def test_what_a_holder_leaves_is_undone_before_the_next(
    project, postgres_server, postgres_database
):
    url = postgres_server.url_of(postgres_database)
    project.write(
        "puff.toml",
        f'[[postgres]]\nurl = "{url}"\npool_size = 1\n'
        f'[[postgres]]\nname = "watch"\nurl = "{url}"\n',
    )
    project.write("work.py", LEFT)
    done = run_puff(["run", "work.main"], project.folder, in_folder(project), timeout=30)
    assert done.stdout.splitlines() == [
        "left [False, True]",
        "next [True, True, False]",
        "Cancelled cancelled: enough",
        "clean [True, True, False]",
        "idle",
        "Cancelled cancelled: enough",
        "clean [True, True, False]",
        "idle",
    ], done.stderr
    assert done.returncode == 0
