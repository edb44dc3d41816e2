"""Statements that a program runs again and again in autocommit: they are prepared on the server,
and nobody can tell."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from puff import postgres
from puff.postgres import errors, extensions
from support.servers import PostgresServer

OFTEN = 8
INTEGERS = [0, 1, -1, 2**31 - 1, 2**31, -(2**31), -(2**31) - 1, 2**63 - 1, 2**63, -(2**63), 10**30]
TYPES = ["smallint", "int", "bigint", "numeric", "numeric(5,2)", "float4", "float8", "oid", "evens"]
WRONG = ["text", "boolean", "date", "mood", "int[]", "varchar(3)", "jsonb", "uuid"]


@pytest.fixture
def conn(postgres_server: PostgresServer) -> Iterator[Any]:
    with closing(postgres.connect(postgres_server.unix_url)) as made:
        made.autocommit = True
        made.cursor().execute(
            "CREATE DOMAIN pg_temp.evens AS int CHECK (VALUE % 2 = 0);"
            "CREATE TYPE pg_temp.mood AS ENUM ('good', 'bad')"
        )
        yield made


def outcome(cursor: Any, query: str, values: Any) -> Any:
    """Rows and what they are like, or what the server said is wrong."""
    try:
        cursor.execute(query, values)
    except postgres.Error as error:
        return type(error), error.pgcode, error.pgerror, error.diag.statement_position
    if cursor.description is None:
        return cursor.rowcount, cursor.statusmessage
    described = [tuple(column) for column in cursor.description]
    return cursor.rowcount, cursor.statusmessage, described, cursor.fetchall()


def as_text(cursor: Any, query: str, values: Any) -> Any:
    """The same with literals, for certain."""
    return outcome(cursor, cursor.mogrify(query, values).decode(), None)


def prepared(conn: Any) -> list[str]:
    with conn.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements ORDER BY 1")
        return [row[0] for row in cursor]


def run_often(conn: Any, query: str, values: Any) -> None:
    with conn.cursor() as cursor:
        for _ in range(OFTEN):
            cursor.execute(query, values)


def test_a_statement_that_comes_often_is_prepared(conn: Any) -> None:
    query = "SELECT oid FROM pg_class WHERE oid = %s AND relpages >= %s"
    run_often(conn, query, (1259, 0))
    assert prepared(conn) == ["SELECT oid FROM pg_class WHERE oid = $1 AND relpages >= $2"]
    with conn.cursor() as cursor:
        cursor.execute(query, [1259, 0])
        assert cursor.fetchall() == [(1259,)]
        assert cursor.query == conn.cursor().mogrify(query, [1259, 0])


@pytest.mark.parametrize("type_name", TYPES + WRONG)
def test_integers_mean_what_their_literals_mean(conn: Any, type_name: str) -> None:
    cursor = conn.cursor()
    place = "pg_temp." if type_name in ("evens", "mood") else ""
    cursor.execute(f"CREATE TEMP TABLE facts (a {place}{type_name}, b int)")
    rows = "(NULL, 0), (0, 0), (2, 3)" if type_name in TYPES else "(NULL, 0)"

    def run(how: Any, query: str, values: tuple[int, int]) -> Any:
        cursor.execute(f"TRUNCATE facts; INSERT INTO facts VALUES {rows}")
        return how(cursor, query, values)

    queries = [
        "SELECT a, a = %s, b FROM facts WHERE a >= %s ORDER BY a",
        "SELECT b > %s, a <> %s FROM facts ORDER BY b, a",
        "UPDATE facts SET a = %s WHERE b = %s",
        "UPDATE facts SET b = b WHERE a = %s AND b < %s",
        "DELETE FROM facts WHERE a = %s AND b > %s",
    ]
    for query in queries:
        for _ in range(OFTEN):
            run(outcome, query, (2, 3))
        for value in INTEGERS:
            for values in ((value, 3), (2, value)):
                assert run(outcome, query, values) == run(as_text, query, values), values


@pytest.mark.parametrize(
    "values", [("2",), (None,), (True,), (2.0,), ([2],), (b"2",)], ids=lambda v: type(v[0]).__name__
)
def test_other_values_are_sent_as_ever(conn: Any, values: tuple[Any]) -> None:
    cursor = conn.cursor()
    query = "SELECT relname FROM pg_class WHERE relnatts = %s ORDER BY 1 LIMIT 1"
    run_often(conn, query, (2,))
    assert outcome(cursor, query, values) == as_text(cursor, query, values)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT missing FROM pg_class WHERE oid = %s",
        "SELECT relkind = %s FROM pg_class GROUP BY relkind = %s",
        "SELECT oid = %s FROM pg_class GROUP BY oid = %s",
        "SELECT 1 FROM pg_class WHERE relname = %s",
        "SELECT 1/(%s-%s) FROM pg_class WHERE oid = %s",
        "SELECT 1/(relnatts-relnatts) FROM pg_class WHERE oid >= %s",
    ],
)
def test_what_is_wrong_is_told_as_ever(conn: Any, query: str) -> None:
    cursor = conn.cursor()
    values = (1259,) * query.count("%s")
    for _ in range(OFTEN):
        assert outcome(cursor, query, values) == as_text(cursor, query, values)


def test_nothing_is_prepared_in_a_transaction(conn: Any) -> None:
    query = "SELECT 1 FROM pg_class WHERE oid = %s"
    conn.cursor().execute("BEGIN")
    run_often(conn, query, (1,))
    assert prepared(conn) == []
    conn.cursor().execute("ROLLBACK")
    conn.autocommit = False
    run_often(conn, query, (1,))
    assert prepared(conn) == []
    conn.rollback()
    conn.autocommit = True
    run_often(conn, query, (1,))
    assert len(prepared(conn)) == 1
    with conn, conn.cursor() as cursor:
        cursor.execute(query, (1259,))
        assert cursor.fetchone() == (1,)


def test_tables_may_change_meanwhile(conn: Any) -> None:
    cursor = conn.cursor()
    query = "SELECT * FROM facts WHERE id = %s"
    cursor.execute("CREATE TEMP TABLE facts (id int, a int)")
    cursor.execute("INSERT INTO facts VALUES (1, 2)")
    run_often(conn, query, (1,))
    for change, row in [
        ("ADD COLUMN b int DEFAULT 3", (1, 2, 3)),
        ("ALTER COLUMN a TYPE text USING a || 'x'", (1, "2x", 3)),
        ("ALTER COLUMN id TYPE numeric", (1, "2x", 3)),
        ("DROP COLUMN a", (1, 3)),
    ]:
        cursor.execute(f"ALTER TABLE facts {change}")
        for _ in range(2):
            cursor.execute(query, (1,))
            assert cursor.fetchall() == [row]
    cursor.execute("ALTER TABLE facts ALTER COLUMN id TYPE text")
    with pytest.raises(errors.UndefinedFunction, match="text = integer"):
        cursor.execute(query, (1,))
    cursor.execute("DROP TABLE facts")
    with pytest.raises(errors.UndefinedTable):
        cursor.execute(query, (1,))


def test_the_search_path_may_change_meanwhile(conn: Any) -> None:
    cursor = conn.cursor()
    query = "SELECT a FROM facts WHERE id = %s"
    cursor.execute(
        "CREATE SCHEMA one; CREATE TABLE one.facts AS SELECT 1 AS id, 'one' AS a;"
        "CREATE SCHEMA two; CREATE TABLE two.facts AS SELECT 1::numeric AS id, 2 AS a"
    )
    try:
        for schema, row in [("one", ("one",)), ("two", (2,)), ("one", ("one",))]:
            cursor.execute(f"SET search_path TO {schema}")
            for _ in range(OFTEN):
                cursor.execute(query, (1,))
                assert cursor.fetchone() == row
    finally:
        cursor.execute("DROP SCHEMA one, two CASCADE")


@pytest.mark.parametrize("sql", ["DEALLOCATE ALL", "DISCARD ALL"])
def test_the_server_may_have_forgotten_it(conn: Any, sql: str) -> None:
    query = "SELECT 1 FROM pg_class WHERE oid = %s"
    run_often(conn, query, (1259,))
    conn.cursor().execute(f"DO $$ BEGIN NULL; END $$; {sql}" if sql[1] == "E" else sql)
    run_often(conn, query, (1259,))


def test_more_statements_than_are_kept(conn: Any) -> None:
    cursor = conn.cursor()
    for number in range(300):
        query = f"SELECT {number} FROM pg_class WHERE oid = %s"
        for _ in range(OFTEN):
            cursor.execute(query, (1259,))
            assert cursor.fetchone() == (number,)
    assert len(prepared(conn)) < 300


def test_an_adapter_of_the_program_is_asked(conn: Any) -> None:
    query = "SELECT relname FROM pg_class WHERE oid = %s"
    run_often(conn, query, (1259,))
    key = (int, extensions.ISQLQuote)
    before = extensions.adapters[key]
    extensions.register_adapter(int, lambda value: extensions.AsIs(value + 1))
    try:
        cursor = conn.cursor()
        cursor.execute(query, (1258,))
        assert cursor.fetchone() == ("pg_class",)
    finally:
        extensions.adapters[key] = before
