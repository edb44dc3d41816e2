"""PostgreSQL pools as Python sees them. Runs inside Puff (`puff pytest`), against the default pool,
whose size is 10."""

import asyncio
import gc
import io
import pickle
import select
import threading
import time
import weakref
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from worlds import on_asyncio

import puff
from puff import _puff, postgres
from puff._puff import PgFailure
from puff.greenlets import join_all

SIZE = 10
WAITING = "SELECT wait_event FROM pg_stat_activity WHERE pid = $1"
db = postgres.pool("default")


def lease(holder="test", timeout_ms=5000):
    return _puff.pg_lease("default", holder, timeout_ms)


def lease_of(pid):
    """The session of a backend. Others may be lent before, while it is being cleaned."""
    others = []
    for _ in range(SIZE):
        session = lease()
        if session.opened["backend_pid"] == pid:
            return session
        others.append(session)
    raise AssertionError(f"the session of backend {pid} has gone")


def value(reply):
    return reply.results[-1].value(0, 0)


def ask(session, sql, timeout_ms=5000):
    return session.simple(sql.encode(), timeout_ms)


@pytest.fixture
def table():
    """A table of this test alone."""
    db.execute("CREATE TABLE facts (n int PRIMARY KEY, name text)")
    yield "facts"
    db.execute("DROP TABLE facts")


# Leases


def test_a_leased_session_comes_back_clean():
    first = lease()
    ask(first, "SET application_name = 'mine'; BEGIN; CREATE TABLE never (n int)")
    pid = first.opened["backend_pid"]
    first.close()
    assert first.closed
    second = lease_of(pid)
    assert value(ask(second, "SHOW application_name")) == b"puff"
    assert value(ask(second, "SELECT to_regclass('never') IS NULL")) == b"t"


def test_dropping_a_session_gives_it_back():
    pids = set()
    for _ in range(3 * SIZE):
        session = lease()
        pids.add(session.opened["backend_pid"])
        del session
    assert len(pids) == 1


def test_a_closed_session_says_so():
    session = lease()
    session.close()
    session.close()
    with pytest.raises(PgFailure) as caught:
        ask(session, "SELECT 1")
    assert caught.value.code == "connection_lost"


def test_an_exhausted_pool_names_the_holders():
    held = [lease(f"holder {i % 2}") for i in range(SIZE)]
    with pytest.raises(PgFailure) as caught:
        lease("late", 100)
    assert caught.value.code == "timed_out"
    assert "PostgreSQL pool 'default' (postgres://" in caught.value.text
    assert "of 10 connections are held: " in caught.value.text
    assert "5 by holder 0 (for " in caught.value.text
    assert "5 by holder 1 (for " in caught.value.text
    del held
    lease().close()


def test_an_unknown_pool_is_an_error():
    with pytest.raises(PgFailure, match="add a \\[\\[postgres\\]\\] table"):
        _puff.pg_lease("no_such_pool", "test", 1000)
    with pytest.raises(LookupError, match="no_such_pool"):
        _puff.pg_pool_conninfo("no_such_pool")


def test_a_killed_backend_fails_its_holder_alone():
    first, second = lease(), lease()
    ask(second, f"SELECT pg_terminate_backend({first.opened['backend_pid']})")
    with pytest.raises(PgFailure) as caught:
        ask(first, "SELECT 1")
    assert caught.value.code == "connection_lost"
    assert "terminating connection due to administrator command" in caught.value.text
    assert first.closed
    assert value(ask(second, "SELECT 2")) == b"2"
    assert value(ask(lease(), "SELECT 3")) == b"3"


def test_a_cancelled_greenlet_cancels_its_query():
    session = lease()
    pid = session.opened["backend_pid"]
    sleeps = puff.spawn(ask, session, "SELECT pg_sleep(60)", 60_000)
    active = "SELECT state FROM pg_stat_activity WHERE pid = $1"
    while db.fetchval(active, pid) != "active":
        puff.sleep_ms(1)
    sleeps.cancel("enough")
    with pytest.raises(BaseException, match="enough"):
        sleeps.join()
    begun = time.monotonic()
    assert value(ask(session, "SELECT 1")) == b"1"
    assert time.monotonic() - begun < 5


def test_a_cancelled_greenlet_leaves_those_alone_who_share_its_connection():
    sleep_if = "SELECT pg_sleep(60) FROM pg_class WHERE oid = %s"
    pg_class = 1259
    with closing(postgres.connect(autocommit=True)) as conn:

        def run(oid):
            cursor = conn.cursor()
            cursor.execute(sleep_if, [oid])
            return cursor.rowcount

        pid = conn.info.backend_pid
        assert [run(0) for _ in range(6)] == [0] * 6
        sleeps = puff.spawn(run, pg_class)
        while db.fetchval(WAITING, pid) != "PgSleep":
            puff.sleep_ms(1)
        others = [puff.spawn(run, 0) for _ in range(20)]
        others[3].cancel("that one too")
        sleeps.cancel("enough")
        for one in (sleeps, others.pop(3)):
            with pytest.raises(BaseException, match=r"enough|that one too"):
                one.join()
        assert [one.join() for one in others] == [0] * 19


def test_a_cancelled_greenlet_gets_no_turn():
    turns, had = _puff.PgTurns(), []

    def take(number):
        with turns:
            had.append(number)

    turns.enter()
    waiting = [puff.spawn(take, n) for n in range(4)]
    puff.sleep_ms(0)
    waiting[1].cancel("enough")
    turns.leave()
    with pytest.raises(BaseException, match="enough"):
        waiting.pop(1).join()
    puff.join_all(waiting)
    assert had == [0, 2, 3]
    with turns:
        had.append("free")


def test_a_time_limit_cancels_the_query_on_the_server():
    session = lease()
    with pytest.raises(PgFailure) as caught:
        ask(session, "SELECT pg_sleep(60)", 50)
    assert caught.value.code == "timed_out"
    assert value(ask(session, "SELECT 1")) == b"1"


def test_any_thread_may_cancel():
    session = lease()
    sleeps = puff.spawn(ask, session, "SELECT pg_sleep(60)", 60_000)
    while db.fetchval(WAITING, session.opened["backend_pid"]) != "PgSleep":
        puff.sleep_ms(1)
    threading.Thread(target=session.cancel).start()
    assert sleeps.join().results[0].error_field("C") == b"57014"


def test_two_thousand_greenlets_wait_their_turn():
    arrived, served = [], []

    def work(number):
        arrived.append(number)
        session = lease("crowd", 60_000)
        served.append(number)
        ask(session, "SELECT 1")
        session.close()

    join_all([puff.spawn(work, number) for number in range(2000)])
    assert len(served) == 2000
    # Whoever gets a session is resumed by its loop, so that neighbours may change places.
    place = {number: at for at, number in enumerate(served)}
    assert all(abs(place[number] - at) < 2 * SIZE for at, number in enumerate(arrived))


def test_leases_leave_nothing_behind():
    def resident_kib():
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))

    def some(count):
        for _ in range(count):
            _puff.pg_lease("default", "loop", 5000).close()

    some(20_000)
    before = resident_kib()
    some(100_000)
    assert resident_kib() - before < 2048


# Other threads, other servers


def test_a_blocking_thread_waits_without_the_gil():
    lock = lease()
    ask(lock, "SELECT pg_advisory_lock(7)")

    def work():
        session = lease()
        ask(session, "SELECT pg_advisory_lock(7)")
        return value(ask(session, "SELECT pg_advisory_unlock(7)"))

    waits = puff.spawn(puff.blocking(work))
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    while db.fetchval(waiting) == 0:
        puff.sleep_ms(1)
    assert not waits.finished
    ask(lock, "SELECT pg_advisory_unlock(7)")
    assert waits.join() == b"t"


def test_a_plain_thread_may_use_it():
    got = []
    thread = threading.Thread(target=lambda: got.append(value(ask(lease(), "SELECT 8"))))
    thread.start()
    puff.blocking(thread.join)()
    assert got == [b"8"]


def test_a_session_may_name_its_own_server():
    conninfo = _puff.pg_pool_conninfo("default")
    session = _puff.pg_open(conninfo, "test", 5000)
    pid = session.opened["backend_pid"]
    assert value(ask(session, "SELECT pg_backend_pid()")) == str(pid).encode()
    session.close()
    alive = "SELECT count(*) FROM pg_stat_activity WHERE pid = $1"
    deadline = time.monotonic() + 5
    while db.fetchval(alive, pid) and time.monotonic() < deadline:
        puff.sleep_ms(5)
    assert db.fetchval(alive, pid) == 0
    with pytest.raises(PgFailure) as caught:
        _puff.pg_open("host=/nonexistent", "test", 5000)
    assert caught.value.code == "unavailable"
    assert caught.value.text.startswith("connection to server on socket")


# In the background


def test_begin_lets_a_descriptor_tell_of_the_answer():
    session = lease()
    assert session.finish() is None
    session.begin(b"SELECT pg_sleep(0.05), 9")
    with pytest.raises(RuntimeError, match="not fetched"):
        session.begin(b"SELECT 1")
    assert select.select([session.fileno()], [], [], 5)[0]
    assert session.finish().results[0].value(0, 1) == b"9"
    assert session.finish() is None
    assert not select.select([session.fileno()], [], [], 0)[0]


def test_a_descriptor_tells_of_notifications():
    session = lease()
    ask(session, "LISTEN bell")
    for payload in ("one", "two"):
        assert not select.select([session.fileno()], [], [], 0)[0]
        db.execute(f"NOTIFY bell, '{payload}'")
        assert select.select([session.fileno()], [], [], 5)[0]
        ((_, channel, heard),) = session.poll(1000).notifications
        assert (channel, heard) == ("bell", payload)


# The native API


def test_rows_are_records():
    for _ in range(2):  # in text form, then in binary form
        row = db.fetchrow("SELECT 1 AS a, 'x' AS b, NULL::int AS c")
        assert (row[0], row["b"], row[2], len(row)) == (1, "x", None, 3)
        assert dict(row.items()) == {"a": 1, "b": "x", "c": None}
        assert row == (1, "x", None)
        assert row[1:] == ("x", None)
        assert row.get("d", 5) == 5
        assert "a" in row
        assert repr(row) == "<Record a=1 b='x' c=None>"
        with pytest.raises(KeyError):
            row["d"]
    assert db.fetchrow("SELECT 1 WHERE false") is None
    assert db.fetchval("SELECT 1 WHERE false") is None
    assert db.fetch("SELECT 1 WHERE false") == []


def test_a_record_is_read_like_a_tuple():
    for _ in range(2):  # in text form, then in binary form
        row = db.fetchrow("SELECT 1 AS a, 2 AS b, 3 AS a")
        assert (row[-1], row[-3], row[::-1], row["a"]) == (3, 1, (3, 2, 1), 3)
        assert list(row) == list(row.values()) == [1, 2, 3]
        assert list(row.keys()) == ["a", "b", "a"]
        assert hash(row) == hash((1, 2, 3))
        assert row < (1, 2, 4)
        assert row != [1, 2, 3]
        for place in (3, -4, 2**70):
            with pytest.raises(IndexError):
                row[place]
        with pytest.raises(TypeError):
            row[None]
    assert db.fetchrow("SELECT") == ()


def test_records_in_a_cycle_are_collected():
    class Owner:
        pass

    owner = Owner()
    owner.row = db.fetchrow("SELECT ARRAY[1, 2] AS items")
    owner.row["items"].append(owner)
    gone = weakref.ref(owner)
    del owner
    gc.collect()
    assert gone() is None


def test_records_of_plain_values_are_no_work_for_the_collector():
    for _ in range(2):
        rows = db.fetch("SELECT i, i::text, now() FROM generate_series(1, 1000) i")
        assert not any(gc.is_tracked(row) for row in rows)
    assert [row[1] for row in rows] == [str(i) for i in range(1, 1001)]
    assert gc.isenabled()


def test_a_uuid_is_like_any_other():
    for _ in range(2):  # in text form, then in binary form
        got = db.fetchval("SELECT '12345678-1234-5678-1234-567812345678'::uuid")
        made = UUID("12345678-1234-5678-1234-567812345678")
        assert (got, hash(got), got.is_safe, got.bytes) == (
            made,
            hash(made),
            made.is_safe,
            made.bytes,
        )
        assert pickle.loads(pickle.dumps(got)) == made


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("bool", True),
        ("int2", -5),
        ("int4", 2**31 - 1),
        ("int8", -(2**63)),
        ("oid", 2**32 - 1),
        ("float4", 1.5),
        ("float8", 1e-300),
        ("numeric", Decimal("12345678901234567890.0001")),
        ("text", "é\t\\'\""),
        ("varchar", ""),
        ("bytea", b"\x00\xff\\"),
        ("date", datetime(1999, 12, 31).date()),
        ("timestamp", datetime(1, 1, 1, 0, 0, 0, 1)),
        ("timestamptz", datetime(2024, 2, 29, 23, 59, 59, 999999, tzinfo=UTC)),
        ("uuid", UUID(int=2**127)),
        ("json", '{"a": [1]}'),
        ("jsonb", '{"a": [1]}'),
        ("int[]", [1, None, 3]),
        ("text[]", ["a,b", 'c"d', "NULL", ""]),
        ("text", None),
    ],
)
def test_values_of_every_kind_come_back(kind, given):
    for _ in range(2):  # in text form, then in binary form where there is one
        got = db.fetchval(f"SELECT $1::{kind}", given)
        assert got == given
        assert type(got) is type(given)


def test_text_and_binary_forms_agree():
    sql = "SELECT now(), 'infinity'::timestamp, '-infinity'::date, '0001-01-01'::timestamptz"
    values = db.fetchrow(sql)
    assert values[0].tzinfo is UTC
    assert db.fetchrow(sql)[1:] == values[1:]


def test_statuses_and_errors(table):
    assert db.execute("INSERT INTO facts VALUES ($1, $2)", 1, "a") == "INSERT 0 1"
    assert db.execute("UPDATE facts SET name = 'b'; DELETE FROM facts") == "DELETE 1"
    db.execute("INSERT INTO facts VALUES ($1, $2)", 1, "a")
    with pytest.raises(postgres.errors.UniqueViolation) as caught:
        db.execute("INSERT INTO facts VALUES ($1, $2)", 1, "a")
    assert caught.value.diag.constraint_name == "facts_pkey"
    with pytest.raises(TypeError, match="object"):
        db.fetch("SELECT $1", object())
    with pytest.raises(TimeoutError):
        db.fetch("SELECT pg_sleep(60)", timeout=0.05)
    assert db.fetchval("SELECT 1") == 1


def test_many_sets_are_all_or_nothing(table):
    db.executemany("INSERT INTO facts VALUES ($1, $2)", [(i, f"n{i}") for i in range(5000)])
    with pytest.raises(postgres.IntegrityError):
        db.executemany("INSERT INTO facts VALUES ($1, $2)", [(9000, "x"), (1, "y")])
    assert db.fetchval("SELECT count(*) FROM facts") == 5000


def test_sets_that_do_not_fit_are_refused_before_anything_is_sent(table):
    insert = "INSERT INTO facts VALUES ($1, $2)"
    with pytest.raises(ValueError, match="the first set has 2 values, another 1"):
        db.executemany(insert, [(1, "a"), (2,)])
    with pytest.raises(TypeError, match=r"\$2 is bytes in some of the sets only"):
        db.executemany(insert, [(1, None), (2, b"b"), (3, "c")])
    with pytest.raises(TypeError, match="object: convert it first"):
        db.executemany(insert, [(1, object())])
    db.executemany(insert, iter([(1, None), [2, b"b"], (n for n in (3, None))]))
    db.executemany(insert, [])
    assert [tuple(row) for row in db.fetch("SELECT * FROM facts ORDER BY n")] == [
        (1, None),
        (2, "b"),
        (3, None),
    ]


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (2**70, "numeric"),
        (-(2**63), "bigint"),
        (0.1, "float8"),
        (float("-inf"), "float8"),
        (True, "bool"),
        ("\u20ac", "text"),
        (b"\0a", "bytea"),
        (memoryview(b"\0b"), "bytea"),
        ([1, None], "int[]"),
        (None, "int"),
    ],
)
def test_values_arrive_as_they_were(value, kind):
    assert db.fetchval(f"SELECT $1::{kind}", value) == value


def insert_and_fail(connection, n, **options):
    with connection.transaction(**options):
        connection.execute("INSERT INTO facts VALUES ($1)", n)
        _ = 1 / 0


def test_transactions_nest(table):
    with db.acquire() as connection:
        with connection.transaction():
            connection.execute("INSERT INTO facts VALUES (1)")
            with pytest.raises(ZeroDivisionError):
                insert_and_fail(connection, 2)
            assert connection.is_in_transaction()
        with pytest.raises(ZeroDivisionError):
            insert_and_fail(connection, 3, isolation="serializable")
        assert not connection.is_in_transaction()
    assert [row[0] for row in db.fetch("SELECT n FROM facts")] == [1]


def test_a_statement_that_begins_a_transaction_keeps_no_connection(table):
    db.execute("BEGIN; INSERT INTO facts VALUES (1)")
    assert db.fetchval("SELECT count(*) FROM facts") == 0


def test_copying(table):
    rows = [(1, "tab\t\\ \n"), (2, None)]
    assert db.copy_records_to_table("facts", records=rows) == "COPY 2"
    assert db.fetch("SELECT * FROM facts ORDER BY n") == rows
    out = io.BytesIO()
    assert db.copy_from_table("facts", output=out, columns=["n"], format="csv") == "COPY 2"
    assert out.getvalue() == b"1\n2\n"
    more = io.BytesIO(b"3;c\n")
    assert db.copy_to_table("facts", source=more, format="csv", delimiter=";") == "COPY 1"
    pieces = []
    assert db.copy_from_query("SELECT name FROM facts WHERE n = 3", output=pieces.append)
    assert b"".join(pieces) == b"c\n"


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("int8[]", [1, -(2**63), None, 2**63 - 1]),
        ("numeric[]", [Decimal("1.50"), 2**70]),
        ("float8[]", [0.1, float("-inf"), 1e300]),
        ("text[]", ["", "NULL", "{,}", 'say "\\"', "\t\n\u00e9", " "]),
        ("bool[]", [True, False]),
        ("bytea[]", [b'\x00"\\', b""]),
        ("uuid[]", [UUID(int=7)]),
        ("int[]", [[1, 2], [3, None]]),
        ("int[]", []),
    ],
)
def test_lists_and_tuples_are_arrays(kind, given):
    assert db.fetchval(f"SELECT $1::{kind}", given) == given
    assert db.fetchval(f"SELECT $1::{kind}", tuple(given)) == given


def test_a_list_that_holds_itself_is_an_error():
    endless = []
    endless.append(endless)
    with pytest.raises(RecursionError):
        db.fetchval("SELECT $1::int[]", endless)


def test_a_list_of_what_has_no_text_is_an_error():
    with pytest.raises(TypeError, match="object"):
        db.fetchval("SELECT $1::int[]", [1, object()])


def copied(query, *args):
    pieces = []
    db.copy_from_query(query, *args, output=pieces.append)
    return b"".join(pieces).decode()


def test_a_query_that_is_copied_takes_values(table):
    assert copied("SELECT $1::int + 1, $2, $1::text", 41, None) == "42\t\\N\t41\n"
    assert copied("SELECT n FROM generate_series(1, 9) n WHERE n > $1 LIMIT $2", 3, 1) == "4\n"
    assert copied("SELECT $1", "'; DROP TABLE facts; -- \\") == "'; DROP TABLE facts; -- \\\\\n"
    assert copied("SELECT $1::bytea, $2::int[]", b"\x00'", [1, None]) == "\\\\x0027\t{1,NULL}\n"


def test_a_dollar_in_a_copied_query_may_be_no_value():
    query = """SELECT '$1''$1', E'\\'$1', "$1", $$$1$$, $t$'$1$t$, a$1 /* $1 */ -- $1
        FROM (SELECT 1 AS "$1", 2 AS a$1) AS x WHERE 3 = $1"""
    assert copied(query, 3) == "$1'$1\t'$1\t1\t$1\t'$1\t2\n"


def test_a_copied_query_that_lacks_a_value_names_it():
    with pytest.raises(ValueError, match=r"\$2, and 1 values"):
        copied("SELECT $1, $2", 1)


def test_values_of_every_kind_are_copied_in():
    rows = [
        (True, -(2**63), 0.1, "\\\t\n\r\\N é", b"\\x\x00\t\xff", Decimal("1e-9"), [1, None], None),
        (False, 0, float("-inf"), "", bytearray(b""), Decimal(10**30), [], None),
        (None, None, float("nan"), "\\.", memoryview(b"m"), 2**200, None, UUID(int=7)),
    ]
    columns = "a bool, b int8, c float8, d text, e bytea, f numeric, g int[], h uuid"
    with db.acquire() as connection:
        connection.execute(f"CREATE TEMP TABLE copied ({columns})")
        assert connection.copy_records_to_table("copied", records=rows) == "COPY 3"
        got = connection.fetch("SELECT * FROM copied")
    assert repr([tuple(row) for row in got[:2]]) == repr(
        [(*row[:4], bytes(row[4]), *row[5:]) for row in rows[:2]]
    )
    assert str(got[2][2]) == "nan"
    assert got[2][3:] == ("\\.", b"m", 2**200, None, UUID(int=7))


def test_records_may_come_from_anything_that_iterates(table):
    def records():
        for start in range(0, 20_000, 2):
            yield [start, f"name {start} é" * 3]
            # While the COPY goes on, the greenlet waits for something else.
            yield iter((db.fetchval("SELECT $1::int", start + 1) if start < 20 else start + 1, "x"))

    assert db.copy_records_to_table("facts", records=records()) == "COPY 20000"
    assert db.fetchrow("SELECT count(*), sum(n) FROM facts") == (20_000, sum(range(20_000)))
    more = db.fetch("SELECT n + 20000, name FROM facts")
    assert db.copy_records_to_table("facts", records=more) == "COPY 20000"
    assert db.copy_records_to_table("facts", records=[]) == "COPY 0"


@pytest.mark.parametrize("bad", [5, (1, object()), (1, "\ud800")])
def test_a_record_that_cannot_be_copied_ends_the_copy(table, bad):
    with db.acquire() as connection:
        with pytest.raises((TypeError, UnicodeEncodeError)):
            connection.copy_records_to_table("facts", records=[(0, "good"), bad])
        assert connection.fetchval("SELECT count(*) FROM facts") == 0


def test_copying_stops_where_its_source_fails(table):
    def source():
        yield b"1\ta\n"
        raise OSError("disk")

    with db.acquire() as connection:
        with pytest.raises(OSError, match="disk"):
            connection.copy_to_table("facts", source=source())
        assert connection.fetchval("SELECT count(*) FROM facts") == 0


def test_listening():
    with db.acquire() as connection:
        connection.listen("news")
        with pytest.raises(TimeoutError):
            connection.notification(timeout=0.01)
        db.execute("NOTIFY news, 'hello'")
        assert connection.notification(timeout=5).payload == "hello"


def test_many_greenlets_share_few_connections():
    tasks = [puff.spawn(db.fetchval, "SELECT $1::int", i) for i in range(1000)]
    assert join_all(tasks) == list(range(1000))


def test_asyncio_awaits(table):
    async def fail(connection):
        async with connection.transaction():
            await connection.execute("INSERT INTO facts VALUES (3)")
            _ = 1 / 0

    async def work():
        assert await db.execute("INSERT INTO facts VALUES ($1)", 1) == "INSERT 0 1"
        async with db.acquire() as connection:
            async with connection.transaction():
                await connection.execute("INSERT INTO facts VALUES (2)")
            with pytest.raises(ZeroDivisionError):
                await fail(connection)
        held = await db.acquire()
        held.close()
        many = await asyncio.gather(*(db.fetchval("SELECT $1::int", i) for i in range(100)))
        assert many == list(range(100))
        return await db.fetchval("SELECT count(*) FROM facts")

    assert on_asyncio(work) == 2


def test_a_cancelled_task_cancels_its_query():
    async def work():
        async with db.acquire() as connection:
            task = asyncio.ensure_future(connection.execute("SELECT pg_sleep(60)"))
            active = "SELECT state FROM pg_stat_activity WHERE pid = $1"
            while await db.fetchval(active, connection.get_server_pid()) != "active":
                await asyncio.sleep(0.001)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            begun = time.monotonic()
            assert await connection.fetchval("SELECT 5") == 5
            return time.monotonic() - begun

    assert on_asyncio(work) < 5
