"""A network that stands still in the midst of a COPY: what ends the wait; the pool lives on."""

import pytest

from support.faults import FaultyProxy

WORK = """
import os
import time
import puff
from puff import postgres

db = postgres.pool("default")
ENDLESS = "SELECT repeat('x', 1000) FROM (SELECT generate_series(1, 100000000)) AS n"
LIMIT = 4  # seconds

class Endless:
    size = 0
    def move(self, much):
        if self.size < 4_000_000 <= self.size + much:
            print("midway", flush=True)
        self.size += much
    def write(self, data):
        self.move(len(data))
    def read(self, size):
        self.move(size)
        return b"x" * (size - 1) + b"\\n"

def native_copy_out(timeout):
    with db.acquire() as connection:
        connection.copy_from_query(ENDLESS, output=Endless(), timeout=timeout)

def native_copy_in(timeout):
    db.execute("CREATE UNLOGGED TABLE lines (line text)")
    with db.acquire() as connection:
        connection.copy_to_table("lines", source=Endless(), timeout=timeout)

def dbapi_copy(sql, timeout):
    assert timeout is None
    connection = postgres.connect(dbname="default")
    try:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE lines (line text)")
            cursor.copy_expert(sql, Endless())
    finally:
        connection.close()

def dbapi_copy_out(timeout):
    dbapi_copy(f"COPY ({ENDLESS}) TO STDOUT", timeout)

def dbapi_copy_in(timeout):
    dbapi_copy("COPY lines FROM STDIN", timeout)

def whole():
    def one(n):
        with db.acquire() as connection:
            return connection.fetchval("SELECT $1::int FROM pg_sleep(0.01)", n)
    while True:
        try:
            return puff.join_all([puff.spawn(one, n) for n in range(4)]) == [0, 1, 2, 3]
        except postgres.OperationalError:
            puff.sleep_ms(10)

def wait_for(name):
    while not os.path.exists(name):
        puff.sleep_ms(5)

def main(work, how):
    copying = puff.spawn(globals()[work], LIMIT if how == "limit" else None)
    wait_for("stalled")
    if how == "cancel":
        assert not copying.finished
        copying.cancel()
    try:
        copying.join()
    except BaseException as error:
        print("ended by", type(error).__name__, flush=True)
    wait_for("healed")
    print("whole", whole(), flush=True)
"""


@pytest.fixture
def proxy(postgres_server):
    with FaultyProxy(("127.0.0.1", postgres_server.port)) as faulty:
        yield faulty


@pytest.mark.parametrize(
    ("work", "how", "error"),
    [
        ("native_copy_out", "cancel", "Cancelled"),
        ("native_copy_in", "cancel", "Cancelled"),
        ("dbapi_copy_out", "cancel", "Cancelled"),
        ("dbapi_copy_in", "cancel", "Cancelled"),
        ("native_copy_out", "limit", "TimeoutError"),
        ("native_copy_in", "limit", "TimeoutError"),
    ],
)
def test_a_copy_whose_network_stands_still_ends(
    project, puff, proxy, postgres_database, work, how, error
):
    url = f"postgres://postgres@127.0.0.1:{proxy.port}/{postgres_database}"
    project.write("puff.toml", f'[[postgres]]\nurl = "{url}"\npool_size = 4\n')
    project.write("work.py", WORK)
    process = puff("run", "work.main", work, how, PYTHONPATH=str(project.folder))
    process.wait_for_line("^midway")
    proxy.stall()
    project.write("stalled", "")
    process.wait_for_line(f"^ended by {error}")
    proxy.heal()
    project.write("healed", "")
    process.wait_for_line("^whole True")
    assert process.wait() == 0
    assert "Traceback" not in process.output
