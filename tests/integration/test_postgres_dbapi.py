"""puff.postgres as a program sees it: on a connection of its own in a plain Python, and inside Puff
(`puff pytest`) on one of the default pool."""

import io
import select
import sys
import threading
from contextlib import closing, suppress
from pathlib import Path

import pytest

from puff import _puff, postgres
from puff.postgres import errors, extensions, extras

HERE = Path(__file__).parent
ISOLATION_LEVELS = {1: "read committed", 2: "repeatable read", 3: "serializable"}


@pytest.fixture
def conninfo(request):
    """Where the server is."""
    if _puff.is_puff():
        from puff._pools import conninfo_of

        return conninfo_of("default")
    return request.getfixturevalue("postgres_server").url


@pytest.fixture
def connect(conninfo):
    """Opens connections: of the pool inside Puff, else of their own. Closed after the test."""
    opened = []

    def open_one(**options):
        made = (
            postgres.connect(**options)
            if _puff.is_puff()
            else postgres.connect(conninfo, **options)
        )
        opened.append(made)
        return made

    open_one.afterwards = []
    yield open_one
    for made in opened:
        made.close()
    if open_one.afterwards:
        with closing(open_one(autocommit=True)) as last:
            last.cursor().execute(";".join(open_one.afterwards))


@pytest.fixture
def conn(connect):
    return connect()


@pytest.fixture
def cur(conn):
    return conn.cursor()


@pytest.fixture
def table(connect):
    """The name of an empty table (id int primary key, name text), seen by all connections."""
    connect.afterwards.append("DROP TABLE facts")
    with closing(connect(autocommit=True)) as maker:
        maker.cursor().execute("CREATE TABLE facts (id int PRIMARY KEY, name text)")
    return "facts"


@pytest.mark.skipif(_puff.is_puff(), reason="it is what runs this file there")
@pytest.mark.parametrize("file", ["test_postgres_dbapi.py", "test_postgres_types.py"])
def test_the_same_holds_inside_puff(project, postgres_server, file):
    from support.puff_process import run_puff

    project.write("puff.toml", f'asyncio = true\n[[postgres]]\nurl = "{postgres_server.url}"\n')
    options = ["-q", "-c", "/dev/null", "--noconftest", "-p", "no:cacheprovider"]
    done = run_puff(
        ["pytest", *options, "--import-mode=importlib", f"--rootdir={HERE}", str(HERE / file)],
        cwd=project.folder,
        env={"PYTHONPATH": str(HERE), "VIRTUAL_ENV": sys.prefix},
        timeout=100,
    )
    print(done.stdout, done.stderr)
    assert done.returncode == 0
    assert " passed" in done.stdout


# Statements and rows


def test_rows_come_one_by_one_in_pieces_and_all_at_once(cur):
    cur.execute("SELECT g, g::text FROM generate_series(1, 10) g")
    assert cur.rowcount == 10
    assert cur.fetchone() == (1, "1")
    assert cur.fetchmany(2) == [(2, "2"), (3, "3")]
    assert next(iter(cur)) == (4, "4")
    cur.scroll(-1)
    assert [row[0] for row in cur.fetchall()] == [4, 5, 6, 7, 8, 9, 10]
    assert cur.fetchone() is None


def test_a_row_fetched_while_iterating_is_not_seen_twice(cur):
    cur.execute("SELECT generate_series(1, 300)")
    seen = []
    for (number,) in cur:
        seen.append(number)
        if number % 7 == 0:
            seen.append(cur.fetchone()[0])
    assert seen == list(range(1, 301))


def test_the_description_names_columns_and_types(cur):
    cur.execute("SELECT 1 AS one, 2.5::numeric(10, 2) AS two")
    one, two = cur.description
    assert (one.name, one.type_code) == ("one", 23)
    assert (two[0], two.precision, two.scale) == ("two", 10, 2)
    assert one.type_code == postgres.NUMBER


def test_of_several_statements_the_last_one_counts(cur):
    cur.execute("SELECT 1; SELECT 2, 3")
    assert cur.fetchall() == [(2, 3)]


def test_executemany_counts_all_rows(cur, table):
    cur.executemany(f"INSERT INTO {table} VALUES (%s, %s)", [(i, str(i)) for i in range(5)])
    assert cur.rowcount == 5


def test_rows_may_be_dicts_lists_by_name_and_named_tuples(conn):
    for factory, name in (
        (extras.RealDictCursor, lambda row: row["a"]),
        (extras.DictCursor, lambda row: (row["a"], row[1])[0]),
        (extras.NamedTupleCursor, lambda row: row.a),
    ):
        cur = conn.cursor(cursor_factory=factory)
        cur.execute("SELECT g AS a, -g AS b FROM generate_series(1, 3) g")
        assert [name(row) for row in cur] == [1, 2, 3]


def test_execute_values_returns_rows_of_every_page(cur, table):
    rows = [(i, f"n{i}") for i in range(25)]
    got = extras.execute_values(
        cur, f"INSERT INTO {table} VALUES %s RETURNING id", rows, page_size=10, fetch=True
    )
    assert [number for (number,) in got] == list(range(25))


# Errors


def test_an_error_is_of_the_class_of_its_sqlstate(cur, table):
    cur.execute(f"INSERT INTO {table} VALUES (1, 'a')")
    with pytest.raises(errors.UniqueViolation) as caught:
        cur.execute(f"INSERT INTO {table} VALUES (1, 'b')")
    error = caught.value
    assert isinstance(error, postgres.IntegrityError)
    assert error.pgcode == "23505"
    assert error.diag.constraint_name == f"{table}_pkey"
    assert error.cursor is cur
    with pytest.raises(errors.InFailedSqlTransaction):
        cur.execute("SELECT 1")
    cur.connection.rollback()
    cur.execute("SELECT 1")


def test_what_has_no_literal_is_refused_before_the_server_sees_it(cur):
    with pytest.raises(postgres.ProgrammingError, match="can't adapt type 'object'"):
        cur.execute("SELECT %s", [object()])
    assert cur.connection.info.transaction_status == extensions.TRANSACTION_STATUS_IDLE


def test_a_server_that_is_not_there_is_an_operational_error(tmp_path):
    with pytest.raises(postgres.OperationalError, match="No such file or directory"):
        postgres.connect(host=str(tmp_path), dbname="none", user="nobody")


def test_a_connection_that_was_cut_is_closed(connect):
    conn, other = connect(), connect(autocommit=True)
    pid = conn.info.backend_pid
    other.cursor().execute("SELECT pg_terminate_backend(%s)", [pid])
    while not conn.closed:
        with suppress(postgres.OperationalError):
            conn.cursor().execute("SELECT 1")
    assert conn.closed == 2
    with pytest.raises(postgres.InterfaceError):
        conn.cursor()


# Transactions


def test_a_with_block_commits_or_rolls_back(connect, table):
    conn, other = connect(), connect(autocommit=True).cursor()
    with conn, conn.cursor() as cur:
        cur.execute(f"INSERT INTO {table} VALUES (1, 'kept')")
    with pytest.raises(errors.DivisionByZero), conn, conn.cursor() as cur:
        cur.execute(f"INSERT INTO {table} VALUES (2, 'lost'); SELECT 1 / 0")
    other.execute(f"SELECT name FROM {table}")
    assert other.fetchall() == [("kept",)]


def test_closing_rolls_back(connect, table):
    with closing(connect()) as conn:
        conn.cursor().execute(f"INSERT INTO {table} VALUES (1, 'lost')")
    other = connect().cursor()
    other.execute(f"SELECT count(*) FROM {table}")
    assert other.fetchone() == (0,)


@pytest.mark.parametrize("level", ISOLATION_LEVELS)
def test_transactions_have_the_level_that_was_set(conn, level):
    conn.set_session(isolation_level=level, readonly=True)
    cur = conn.cursor()
    cur.execute("SELECT current_setting('transaction_isolation')")
    assert cur.fetchone() == (ISOLATION_LEVELS[level],)
    with pytest.raises(errors.ReadOnlySqlTransaction):
        cur.execute("CREATE TABLE never (a int)")


def test_two_phases_survive_the_connection(connect, table):
    first = connect()
    xid = first.xid(7, "facts", "one")
    first.tpc_begin(xid)
    first.cursor().execute(f"INSERT INTO {table} VALUES (1, 'two phases')")
    first.tpc_prepare()
    first.close()
    second = connect()
    found = next(x for x in second.tpc_recover() if x.gtrid == "facts")
    second.tpc_commit(found)
    cur = second.cursor()
    cur.execute(f"SELECT name FROM {table}")
    assert cur.fetchall() == [("two phases",)]


# Cursors on the server, COPY, large objects


def test_a_named_cursor_fetches_in_pieces_and_scrolls(conn):
    cur = conn.cursor("facts", scrollable=True)
    cur.itersize = 3
    cur.execute("SELECT generate_series(1, %s)", [10])
    assert [number for (number,) in cur] == list(range(1, 11))
    cur.scroll(0, "absolute")
    assert cur.fetchmany(2) == [(1,), (2,)]
    conn.commit()
    with pytest.raises(postgres.ProgrammingError, match="isn't valid anymore"):
        cur.fetchone()


def test_a_held_cursor_outlives_its_transaction(conn):
    cur = conn.cursor("held", withhold=True)
    cur.execute("SELECT generate_series(1, 3)")
    conn.commit()
    assert cur.fetchall() == [(1,), (2,), (3,)]
    cur.close()


def test_copy_goes_both_ways_in_bytes_and_text(cur, table):
    lines = "".join(f"{i}\tname é {i}\n" for i in range(20_000))
    cur.copy_expert(f"COPY {table} FROM STDIN", io.StringIO(lines))
    assert cur.rowcount == 20_000
    text, data = io.StringIO(), io.BytesIO()
    cur.copy_expert(f"COPY (SELECT * FROM {table} ORDER BY id) TO STDOUT", text)
    cur.copy_expert(f"COPY (SELECT * FROM {table} ORDER BY id) TO STDOUT", data)
    assert text.getvalue() == lines
    assert data.getvalue() == lines.encode()


def test_a_file_of_the_program_is_read_as_it_asks(cur, table):
    asked = []

    class Counting(io.BytesIO):
        def read(self, size):
            asked.append(size)
            return super().read(size)

    lines = b"".join(b"%d\tx\n" % i for i in range(5_000))
    cur.copy_expert(f"COPY {table} FROM STDIN", Counting(lines), size=100)
    cur.execute(f"SELECT count(*) FROM {table}")
    assert cur.fetchone() == (5_000,)
    assert asked == [100] * (-(-len(lines) // 100) + 1)
    asked.clear()
    plain = io.BytesIO(b"5000\tx\n")
    plain.read = lambda size, read=plain.read: asked.append(size) or read(size)
    cur.copy_expert(f"COPY {table} FROM STDIN", plain, size=100)
    assert asked == [100, 100]


def test_a_file_that_fails_ends_the_copy_and_nothing_else(conn, table):
    class Broken:
        def read(self, size):
            raise OSError("the disk is gone")

        def write(self, data):
            raise OSError("the disk is gone")

    cur = conn.cursor()
    with pytest.raises(postgres.Error, match="the disk is gone"):
        cur.copy_from(Broken(), table)
    conn.rollback()
    with pytest.raises(OSError, match="the disk is gone"):
        cur.copy_expert("COPY (SELECT generate_series(1, 100000)) TO STDOUT", Broken())
    cur.execute("SELECT 1")
    assert cur.fetchone() == (1,)


def test_copy_by_execute_is_refused_and_the_connection_goes_on(conn, table):
    cur = conn.cursor()
    for direction in ("FROM STDIN", "TO STDOUT"):
        with pytest.raises(postgres.ProgrammingError, match="can't execute COPY"):
            cur.execute(f"COPY {table} {direction}")
        conn.rollback()
    cur.execute("SELECT 1")


def test_a_large_object_is_a_file(conn, tmp_path):
    made = conn.lobject(0, "wb")
    assert made.write(b"0123456789" * 300_000) == 3_000_000
    made.close()
    with conn.lobject(made.oid, "rwb") as lob:
        assert lob.seek(-5, 2) == 2_999_995
        assert lob.read() == b"56789"
        lob.truncate(4)
        lob.seek(0)
        assert lob.read() == b"0123"
        lob.export(tmp_path / "out")
        assert (tmp_path / "out").read_bytes() == b"0123"
        lob.unlink()
    with pytest.raises(postgres.OperationalError):
        conn.lobject(made.oid)


# Several at a time


def test_notifications_arrive_with_the_next_statement(connect):
    listener, sender = connect(autocommit=True), connect(autocommit=True)
    listener.cursor().execute("LISTEN facts")
    sender.cursor().execute("NOTIFY facts, 'hello'")
    for _ in range(1000):
        listener.cursor().execute("SELECT 1")
        if listener.notifies:
            break
    (heard,) = listener.notifies
    assert (heard.channel, heard.payload) == ("facts", "hello")
    assert heard.pid == sender.info.backend_pid


def test_a_notification_wakes_a_select(connect):
    listener, sender = connect(autocommit=True), connect(autocommit=True)
    listener.cursor().execute("LISTEN facts")
    for payload in ("one", "two"):
        descriptor = listener.fileno()
        sender.cursor().execute("SELECT pg_notify('facts', %s)", [payload])
        assert select.select([descriptor], [], [], 10)[0] == [descriptor]
        assert listener.poll() == extensions.POLL_OK
        assert listener.notifies.pop().payload == payload
    listener.cursor().execute("SELECT 1")


def test_an_asynchronous_connection_is_polled(conninfo):
    with closing(postgres.connect(conninfo, async_=True)) as conn:
        extras.wait_select(conn)
        cur = conn.cursor()
        cur.execute("SELECT %s", ["later"])
        assert conn.isexecuting()
        with pytest.raises(postgres.ProgrammingError, match="underway"):
            cur.execute("SELECT 2")
        extras.wait_select(conn)
        assert cur.fetchall() == [("later",)]


def run_together(functions):
    """Runs them at the same time: greenlets inside Puff, else threads. Their results."""
    if _puff.is_puff():
        import puff

        return puff.join_all([puff.spawn(f) for f in functions])
    results = [None] * len(functions)

    def keep(place, function):
        results[place] = function()

    threads = [threading.Thread(target=keep, args=pair) for pair in enumerate(functions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def test_one_connection_serves_many_at_a_time(conn):
    def ask(number):
        def asking():
            cur = conn.cursor()
            got = []
            for i in range(20):
                cur.execute("SELECT %s + %s", [number, i])
                got.append(cur.fetchone()[0])
                conn.commit()
            return got

        return asking

    assert run_together([ask(n) for n in range(8)]) == [list(range(n, n + 20)) for n in range(8)]
    assert conn.notices == []


def test_in_autocommit_many_share_one_connection(connect):
    conn = connect(autocommit=True)
    backends = set()

    def ask(number):
        def asking():
            cur = conn.cursor()
            got = []
            for i in range(40):
                cur.execute(
                    "SELECT oid, %s, pg_backend_pid() FROM pg_class WHERE oid = %s", [number, 1259]
                )
                *row, backend = cur.fetchone()
                got.append(tuple(row))
                backends.add(backend)
                cur.execute("SELECT relnatts FROM pg_class WHERE oid = %s", [1259 if i % 2 else 0])
                got.append(cur.rowcount)
            return got

        return asking

    expected = [[(1259, n), 0, (1259, n), 1] * 20 for n in range(12)]
    assert run_together([ask(n) for n in range(12)]) == expected
    assert len(backends) == 1


def test_a_shared_connection_fails_who_is_to_blame_alone(connect):
    conn = connect(autocommit=True)

    def divide(number):
        def dividing():
            cur = conn.cursor()
            failed = 0
            for _ in range(20):
                try:
                    cur.execute("SELECT 1 / relnatts FROM pg_class WHERE oid = %s", [number])
                    cur.execute(
                        "SELECT 1 / (oid::int - 1259) FROM pg_class WHERE oid = %s", [number]
                    )
                except errors.DivisionByZero:
                    failed += 1
            return failed

        return dividing

    assert run_together([divide(n) for n in (1259, 1249) * 4]) == [20, 0] * 4


def test_a_transaction_keeps_a_shared_connection_for_itself(connect, table):
    conn = connect(autocommit=True)

    def write(number):
        def writing():
            cur = conn.cursor()
            for _ in range(10):
                cur.executemany(f"INSERT INTO {table} VALUES (%s)", [(number,), (number + 1,)])
                cur.execute(f"SELECT count(*) FROM {table} WHERE id = %s", [number])
                cur.execute(f"DELETE FROM {table} WHERE id >= %s AND id < %s", [number, number + 2])
                assert cur.rowcount == 2
            return number

        return writing

    assert run_together([write(n) for n in range(1000, 1016, 2)]) == list(range(1000, 1016, 2))


def test_turns_come_in_the_order_of_asking():
    turns, order = _puff.PgTurns(), []

    def take(number):
        def taking():
            with turns:
                order.append(number)

        return taking

    def hold():
        with turns:
            run_together([lambda: None])
            order.append("held")

    run_together([hold, *(take(n) for n in range(5))])
    assert sorted(map(str, order)) == ["0", "1", "2", "3", "4", "held"]
    if _puff.is_puff():
        assert order == ["held", 0, 1, 2, 3, 4]


def test_a_turn_that_nobody_has_cannot_be_left():
    turns = _puff.PgTurns()
    with pytest.raises(RuntimeError, match="nobody has the turn"):
        turns.leave()
    turns.share()
    turns.share()
    with pytest.raises(RuntimeError, match="nobody has the turn"):
        turns.leave()
    turns.unshare()
    turns.unshare()
    with turns, pytest.raises(RuntimeError, match="nobody has the turn"):
        turns.unshare()


def test_waits_of_several_connections_overlap(connect):
    def sleep():
        cur = connect().cursor()
        cur.execute("SELECT pg_sleep(0.4), clock_timestamp()")
        return cur.fetchone()[1]

    ends = run_together([sleep] * 4)
    assert (max(ends) - min(ends)).total_seconds() < 0.4


def test_a_statement_can_be_cancelled_from_elsewhere(connect):
    conn, watcher = connect(), connect(autocommit=True)
    pid = conn.info.backend_pid

    def sleep():
        with pytest.raises(extensions.QueryCanceledError):
            conn.cursor().execute("SELECT pg_sleep(60)")
        return "cancelled"

    def cancel():
        cur = watcher.cursor()
        running = None
        while running != (True,):
            cur.execute(
                "SELECT query LIKE '%%pg_sleep%%' AND state = 'active' FROM pg_stat_activity"
                " WHERE pid = %s",
                [pid],
            )
            running = cur.fetchone()
        conn.cancel()

    assert run_together([sleep, cancel])[0] == "cancelled"
    conn.rollback()
    conn.cursor().execute("SELECT 1")


def test_a_closed_cursor_still_tells_of_its_result(cur):
    cur.execute("SELECT generate_series(1, 1000) AS number")
    cur.close()
    assert cur.rowcount == 1000
    assert [column.name for column in cur.description] == ["number"]
    with pytest.raises(postgres.InterfaceError):
        cur.fetchone()


def test_executemany_in_a_transaction_tells_which_set_failed(conn, table):
    cur = conn.cursor()
    with pytest.raises(errors.UniqueViolation):
        cur.executemany(f"INSERT INTO {table} VALUES (%s)", [(i % 150,) for i in range(300)])
    assert cur.query == f"INSERT INTO {table} VALUES (0)".encode()
    conn.rollback()
    cur.execute("SELECT 1")
    with pytest.raises(postgres.ProgrammingError):
        cur.executemany(f"INSERT INTO {table} VALUES (%s)", [(1,), (2,), (object(),)])
    cur.execute(f"SELECT count(*) FROM {table}")
    assert cur.fetchone() == (2,)


def test_what_failed_has_no_result(cur):
    cur.execute("SELECT 1")
    with pytest.raises(postgres.ProgrammingError):
        cur.execute("SELECT %s", [object()])
    assert (cur.rowcount, cur.description) == (-1, None)
    with pytest.raises(postgres.ProgrammingError, match="no results to fetch"):
        cur.fetchone()


@pytest.mark.skipif(not _puff.is_puff(), reason="pools are Puff's")
def test_a_connection_may_stand_for_those_of_the_pool(conn, connect):
    conn.cursor().execute("CREATE TEMP TABLE mine (a int)")
    token = postgres.set_connection_override(conn)
    try:
        borrowed = connect()
        borrowed.cursor().execute("INSERT INTO mine VALUES (1)")
        assert borrowed.status == extensions.STATUS_BEGIN
        borrowed.close()
        assert conn.closed == 0
    finally:
        postgres.set_connection_override(None)
    assert token is not None
    assert connect().status == extensions.STATUS_READY


# psycopg2's name


def test_psycopg2_may_be_taken_but_not_twice_differently(monkeypatch):
    from types import ModuleType

    for name in [name for name in sys.modules if name.split(".")[0] == "psycopg2"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "psycopg2", ModuleType("psycopg2"))
    with pytest.raises(RuntimeError, match="imported already"):
        postgres.install_as_psycopg2()


# Many sets of values in autocommit


@pytest.fixture
def autocommit(connect):
    return connect(autocommit=True)


def test_executemany_in_autocommit_stops_at_what_fails_and_keeps_what_was_before(autocommit, table):
    cur = autocommit.cursor()
    rows = [(number, "x") for number in range(150)]
    with pytest.raises(errors.UniqueViolation):
        cur.executemany("INSERT INTO facts VALUES (%s, %s)", [*rows, (120, "again"), (500, "no")])
    assert cur.query == b"INSERT INTO facts VALUES (120, 'again')"
    assert autocommit.get_transaction_status() == extensions.TRANSACTION_STATUS_IDLE
    cur.execute("SELECT count(*), max(id) FROM facts")
    assert cur.fetchone() == (150, 149)


def test_executemany_in_autocommit_counts_all_rows_in_a_transaction_for_each(autocommit, table):
    cur = autocommit.cursor()
    cur.executemany("INSERT INTO facts VALUES (%s, %s)", [(n, f"{n}; x") for n in range(5)])
    assert cur.rowcount == 5
    cur.executemany("INSERT INTO facts VALUES (%s, %s)", [(n, "x") for n in range(5, 250)])
    assert cur.rowcount == 245
    cur.execute("SELECT count(DISTINCT xmin::text) FROM facts")
    assert cur.fetchone() == (250,)
    assert autocommit.notices == []


def test_executemany_in_autocommit_tells_where_in_the_statement_the_mistake_is(autocommit, table):
    cur = autocommit.cursor()
    sets = [("1",), ("2",), ("3",), ("four",), ("5",)]
    with pytest.raises(errors.InvalidTextRepresentation):
        cur.executemany("INSERT INTO facts (id) VALUES (%s::text::int)", sets)
    assert cur.query == b"INSERT INTO facts (id) VALUES ('four'::text::int)"
    with pytest.raises(errors.InvalidTextRepresentation) as caught:
        cur.executemany("DELETE FROM facts WHERE id = %s", [("1",), ("2",), ("y",), ("3",)])
    assert "LINE 1: DELETE FROM facts WHERE id = 'y'" in str(caught.value)
    assert caught.value.diag.statement_position == "30"
    cur.execute("SELECT id FROM facts")
    assert cur.fetchall() == [(3,)]


def test_executemany_in_autocommit_leaves_no_block_open_if_its_commit_fails(autocommit, table):
    cur = autocommit.cursor()
    cur.execute("ALTER TABLE facts ADD UNIQUE (name) DEFERRABLE INITIALLY DEFERRED")
    names = ["a", "b", "c", "b", "d"]
    with pytest.raises(errors.UniqueViolation):
        cur.executemany("INSERT INTO facts VALUES (%s, %s)", list(enumerate(names)))
    cur.execute("SELECT name FROM facts ORDER BY name")
    assert cur.fetchall() == [("a",), ("b",), ("c",)]


# On the asyncio thread


@pytest.mark.skipif(not _puff.is_puff(), reason="a plain Python has no asyncio thread of Puff's")
def test_the_asyncio_thread_is_told_what_to_do_before_anything_is_sent(conn, conninfo, table):
    from worlds import on_asyncio

    cur = conn.cursor()
    cur.execute("SELECT 1")

    async def work():
        calls = [
            lambda: cur.execute("INSERT INTO facts VALUES (1)"),
            lambda: cur.executemany("INSERT INTO facts VALUES (%s)", [(1,), (2,)]),
            lambda: cur.copy_from(io.StringIO("1\tx\n"), "facts"),
            lambda: cur.copy_to(io.StringIO(), "facts"),
            lambda: conn.lobject(),
            lambda: conn.get_parameter_status("TimeZone"),
            conn.commit,
            lambda: postgres.connect(conninfo),
            lambda: postgres.connect().cursor().execute("SELECT 1"),
        ]
        for call in calls:
            with pytest.raises(
                postgres.ProgrammingError, match=r"sync_to_async.*puff\.postgres\.pool"
            ):
                call()

    on_asyncio(work)
    cur.execute("SELECT count(*) FROM facts")
    assert cur.fetchone() == (0,)
