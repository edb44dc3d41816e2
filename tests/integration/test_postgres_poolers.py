"""Behind PgBouncer in transaction mode, which gives each transaction another session of the server,
two of them in all."""

import json
import os
import shutil
import subprocess
from contextlib import contextmanager

import pytest

from support.puff_process import run_puff
from support.servers import accepts, free_port, wait_until

CONFIGURATION = """
[databases]
* = host={host} port={server_port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 2
max_client_conn = 200
logfile =
"""


@contextmanager
def pgbouncer(folder, server):
    """Its port. It refuses to be root and becomes the user postgres, as the server does."""
    program = shutil.which("pgbouncer", path=os.environ["PATH"] + ":/usr/sbin")
    if program is None:
        raise FileNotFoundError("pgbouncer is not installed: run deploy/setup.sh")
    port = free_port()
    # Opened here: the folder is not open to that user.
    configuration = folder / "pgbouncer.ini"
    text = CONFIGURATION.format(host=server.socket_directory, server_port=server.port, port=port)
    configuration.write_text(text.replace("* =", "* = user=postgres"))
    words = ["setpriv", "--pdeathsig", "KILL"]
    if os.geteuid() == 0:
        words += ["--reuid", "postgres", "--regid", "postgres", "--clear-groups"]
    with (
        configuration.open() as given,
        (folder / "pgbouncer.log").open("w") as log,
        subprocess.Popen(
            [*words, program, "-q", "/dev/stdin"], stdin=given, stdout=log, stderr=log, cwd="/"
        ) as process,
    ):
        try:
            wait_until(lambda: accepts(("127.0.0.1", port)), "pgbouncer")
            yield port
        except BaseException:
            print((folder / "pgbouncer.log").read_text())
            raise
        finally:
            process.kill()


@pytest.fixture
def run(project, tmp_path, postgres_server, postgres_database):
    """Runs a main() behind the pooler: what it prints, as JSON."""
    with pgbouncer(tmp_path, postgres_server) as port:

        def start(body, *settings, **env):
            url = f"postgres://postgres@127.0.0.1:{port}/{postgres_database}"
            lines = "\n".join(["[[postgres]]", f'url = "{url}"', "pool_size = 20", *settings])
            project.write("puff.toml", f"django = {str(bool(env)).lower()}\n{lines}\n")
            project.write("work.py", body)
            env["PYTHONPATH"] = str(project.folder)
            done = run_puff(["run", "work.main"], project.folder, env, timeout=60)
            assert done.returncode == 0, done.stderr
            assert "Traceback" not in done.stderr
            return json.loads(done.stdout)

        yield start


UNCACHED = "statement_cache = 0"

NATIVE = """
import json
import puff
from puff import postgres

db = postgres.pool("default")

def one(n):
    sums = []
    for k in range(10):
        db.execute("INSERT INTO facts VALUES ($1, $2)", n, k)
        sums.append(db.fetchval("SELECT $1::int * 100 + $2::int", n, k))
        with db.acquire() as connection, connection.transaction():
            mine = connection.fetchval("SELECT count(*) FROM facts WHERE n = $1", n)
            connection.execute("UPDATE facts SET k = k WHERE n = $1 AND k = $2", n, k)
            assert mine == k + 1, (mine, k)
    try:
        with db.acquire() as connection, connection.transaction():
            connection.execute("DELETE FROM facts WHERE n = $1", n)
            connection.fetchval("SELECT 1 / ($1::int - $1::int)", n)
    except postgres.errors.DivisionByZero:
        return sums == [n * 100 + k for k in range(10)]
    return "no error"

def main():
    db.execute("CREATE TABLE facts (n int, k int)")
    right = puff.join_all([puff.spawn(one, n) for n in range(32)])
    servers = db.fetchval("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                          " AND backend_type = $1", "client backend")
    rows = db.fetchval("SELECT count(*) FROM facts WHERE n >= $1", 0)
    db.executemany("INSERT INTO facts VALUES ($1, $2)", [(99, k) for k in range(500)])
    many = db.fetchval("SELECT count(*) FROM facts WHERE n = $1", 99)
    print(json.dumps([right.count(True), servers, rows, many]))
"""


def test_the_native_api(run):
    assert run(NATIVE, UNCACHED) == [32, 2, 320, 500]


DBAPI = """
import json
import puff
from puff import postgres

def one(n):
    with_transactions = postgres.connect(dbname="default")
    cursor = with_transactions.cursor()
    for k in range(10):
        cursor.execute("INSERT INTO facts VALUES (%s, %s)", (n, k))
        cursor.execute("SELECT count(*) FROM facts WHERE n = %s", (n,))
        assert cursor.fetchone() == (k + 1,)
        with_transactions.commit()
    cursor.execute("DELETE FROM facts WHERE n = %s", (n,))
    with_transactions.rollback()
    with with_transactions.cursor("named") as rows:
        rows.itersize = 3
        rows.execute("SELECT k FROM facts WHERE n = %s ORDER BY k", (n,))
        assert [k for k, in rows] == list(range(10))
    with_transactions.close()
    alone = postgres.connect(dbname="default")
    alone.autocommit = True
    with alone.cursor() as cursor:
        for k in range(10):
            cursor.execute("UPDATE facts SET k = k + 100 WHERE n = %s AND k = %s", (n, k))
            assert cursor.rowcount == 1
    alone.close()
    return True

def main():
    first = postgres.connect(dbname="default")
    first.cursor().execute("CREATE TABLE facts (n int, k int)")
    first.commit()
    first.close()
    right = puff.join_all([puff.spawn(one, n) for n in range(32)])
    last = postgres.connect(dbname="default")
    cursor = last.cursor()
    cursor.execute("SELECT count(*), min(k) FROM facts")
    print(json.dumps([right.count(True), *cursor.fetchone()]))
"""


def test_the_dbapi_driver(run):
    assert run(DBAPI, UNCACHED) == [32, 320, 100]


SETTINGS = """
SECRET_KEY = "none"
INSTALLED_APPS = ["shelf"]
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
USE_TZ = True
DATABASES = {"default": {
    "ENGINE": "puff.contrib.django.postgres", "NAME": "global",
    "DISABLE_SERVER_SIDE_CURSORS": True,
}}
"""

DJANGO = """
import json
import django
from django.db import connection, transaction
import puff

def one(n):
    from shelf.models import Cup
    made = Cup.objects.create(name=f"cup {n}", size=n)
    got = Cup.objects.get(pk=made.pk)
    with transaction.atomic():
        Cup.objects.select_for_update().filter(pk=made.pk).update(size=n + 1000)
        changed = Cup.objects.get(name=f"cup {n}").size
    same, fresh = Cup.objects.get_or_create(name=f"cup {n}")
    listed = [cup.name for cup in Cup.objects.filter(size=n + 1000).iterator()]
    connection.close()
    return (got.size, changed, same.pk, fresh, listed) == (
        n, n + 1000, made.pk, False, [f"cup {n}"]
    )

def main():
    django.setup()
    from shelf.models import Cup
    with connection.schema_editor() as editor:
        editor.create_model(Cup)
    right = puff.join_all([puff.spawn(one, n) for n in range(32)])
    print(json.dumps([right.count(True), Cup.objects.count()]))
"""

MODEL = """
from django.db import models

class Cup(models.Model):
    name = models.TextField(unique=True)
    size = models.IntegerField(default=0)
"""


def test_django(run, project):
    project.write("site_settings.py", SETTINGS)
    project.write("shelf/__init__.py", "")
    project.write("shelf/models.py", MODEL)
    assert run(DJANGO, UNCACHED, DJANGO_SETTINGS_MODULE="site_settings") == [32, 32]


SQLALCHEMY = """
import json
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
import puff
import puff.contrib.sqlalchemy  # the dialect, where Puff is not installed as a package

class Base(DeclarativeBase):
    pass

class Cup(Base):
    __tablename__ = "cup"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]

engine = create_engine("postgresql+puff:///global")

def one(n):
    with Session(engine) as session:
        session.add_all([Cup(name=f"{n}") for _ in range(5)])
        session.commit()
        first = session.scalars(select(Cup).where(Cup.name == f"{n}")).first()
        session.delete(first)
        session.flush()
        inside = session.scalar(select(func.count()).where(Cup.name == f"{n}"))
        session.rollback()
        return inside, session.scalar(select(func.count()).where(Cup.name == f"{n}"))

def main():
    Base.metadata.create_all(engine)
    right = puff.join_all([puff.spawn(one, n) for n in range(32)])
    print(json.dumps(right.count((4, 5))))
"""


def test_sqlalchemy(run):
    assert run(SQLALCHEMY, UNCACHED) == 32


CACHED = """
import json
import puff
from puff import postgres

db = postgres.pool("default")
outcomes = {"right": 0, "wrong": 0, "unknown": 0, "other": []}

def told(get, wanted):
    try:
        outcomes["right" if get() == wanted else "wrong"] += 1
    except postgres.errors.InvalidSqlStatementName:
        outcomes["unknown"] += 1
    except postgres.Error as error:
        outcomes["other"].append(str(error))

def in_transaction(sql, n):
    with db.acquire() as connection, connection.transaction():
        return connection.fetchval(sql, n)

def one(n):
    # Each greenlet's statement is another one: a name that two of them shared would tell.
    sql = f"SELECT $1::int + {n} FROM pg_sleep(0.001)"
    for _ in range(20):
        told(lambda: db.fetchval(sql, n), 2 * n)
    for _ in range(10):
        told(lambda: in_transaction(sql, n), 2 * n)

def main():
    puff.join_all([puff.spawn(one, n) for n in range(32)])
    print(json.dumps(outcomes))
"""


def test_a_cache_of_statements_never_runs_the_wrong_one(run):
    outcomes = run(CACHED)
    assert outcomes["wrong"] == 0
    assert outcomes["other"] == []
    assert outcomes["right"] >= 20 * 32, outcomes
    assert outcomes["right"] + outcomes["unknown"] == 30 * 32
