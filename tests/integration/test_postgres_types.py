"""Values on their way to PostgreSQL and back, at their limits, and text that would like to be SQL.
In a plain Python, and inside Puff (see test_postgres_dbapi.py)."""

import uuid
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

import pytest

from puff import _puff, postgres
from puff.postgres import extensions, extras


@pytest.fixture(scope="module")
def conn(request):
    if _puff.is_puff():
        made = postgres.connect()
    else:
        made = postgres.connect(request.getfixturevalue("postgres_server").url)
    made.autocommit = True
    made.cursor().execute("SET timezone TO 'UTC'")
    extras.register_uuid(None, made)
    yield made
    made.close()


@pytest.fixture
def cur(conn):
    return conn.cursor()


def there_and_back(cur, value, kind=None):
    cur.execute("SELECT %s" + (f"::{kind}" if kind else ""), [value])
    return cur.fetchone()[0]


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (None, "int"),
        (True, None),
        (0, None),
        (-1, None),
        (2**63 - 1, None),
        (-(2**63), None),
        (Decimal(2**63), None),
        (1.5, "float8"),
        (1.7976931348623157e308, "float8"),
        (5e-324, "float8"),
        (float("inf"), "float8"),
        (Decimal("0.1"), None),
        (Decimal("-1E-30"), None),
        (Decimal("9" * 100 + "." + "9" * 50), None),
        ("", None),
        ("text é ☃ 𝄞", None),
        ("\x01\x7f\n\r\t\\'\"%", None),
        (date.min, None),
        (date.max, None),
        (time(0), None),
        (time(23, 59, 59, 999_999), None),
        (time(1, 2, tzinfo=timezone(timedelta(hours=-3, minutes=-30))), None),
        (datetime.min, None),
        (datetime.max, None),
        (datetime(2020, 2, 29, 23, 59, 59, 1, UTC), None),
        (timedelta(0), None),
        (timedelta(days=-1, microseconds=1), None),
        (timedelta(days=1_000_000, seconds=86_399, microseconds=999_999), None),
        (uuid.UUID(int=2**128 - 1), None),
        ([1, None, -3], None),
        ([[1, 2], [3, 4]], None),
        ([], "text[]"),
        (["", "NULL", "null", "a,b", '"', "\\", "{}", " "], None),
        ([None], "text[]"),
        ([datetime(1, 1, 1, tzinfo=UTC)], None),
        (extras.NumericRange(1, 10), "int4range"),
        (extras.DateTimeRange(datetime(2000, 1, 1), None, "[)"), None),
        (extras.NumericRange(empty=True), "numrange"),
    ],
    ids=repr,
)
def test_a_value_comes_back_as_it_went(cur, value, kind):
    got = there_and_back(cur, value, kind)
    assert got == value
    assert type(got) is type(value)


def test_not_a_number_comes_back(cur):
    assert there_and_back(cur, float("nan"), "float8") != there_and_back(cur, 0.0, "float8")
    assert there_and_back(cur, Decimal("NaN")).is_nan()


@pytest.mark.parametrize("output", ["hex", "escape"])
@pytest.mark.parametrize("data", [b"", bytes(range(256)) * 3, b"\\x", b"'"])
def test_bytes_come_back_as_memory(cur, output, data):
    cur.execute("SET bytea_output TO %s", [output])
    for value in (data, bytearray(data), memoryview(data), postgres.Binary(data)):
        got = there_and_back(cur, value)
        assert isinstance(got, memoryview)
        assert bytes(got) == data


def test_json_comes_back_as_objects(cur):
    value = {"a": [1, 2.5, None, "é'\\\""], "b": {}}
    assert there_and_back(cur, extras.Json(value), "json") == value
    assert there_and_back(cur, extras.Json(value), "jsonb") == value


def test_times_have_the_offset_of_the_session(conn):
    cur = conn.cursor()
    cur.execute("SET timezone TO 'Asia/Kolkata'")
    cur.execute("SELECT '2020-01-01 00:00:00+00'::timestamptz")
    (got,) = cur.fetchone()
    assert got.utcoffset() == timedelta(hours=5, minutes=30)
    cur.tzinfo_factory = None
    cur.execute("SELECT '2020-01-01 00:00:00+00'::timestamptz")
    assert cur.fetchone()[0].tzinfo is None
    cur.execute("SET timezone TO 'UTC'")


@pytest.mark.parametrize("value", ["infinity", "-infinity"])
def test_the_end_of_time_is_pythons(cur, value):
    cur.execute("SELECT %s::date, %s::timestamp, %s::timestamptz", [value] * 3)
    end = "min" if value.startswith("-") else "max"
    day, naive, aware = cur.fetchone()
    assert (day, naive) == (getattr(date, end), getattr(datetime, end))
    assert aware == getattr(datetime, end).replace(tzinfo=UTC)


@pytest.mark.parametrize("text", ["0044-03-15 BC", "10000-01-01"])
def test_dates_that_python_has_not_are_errors(cur, text):
    cur.execute("SELECT %s::date", [text])
    with pytest.raises(ValueError, match="year"):
        cur.fetchone()


def test_a_typecaster_of_ones_own_gets_text(cur):
    kind = extensions.new_type((23,), "DOUBLED", lambda text, cur: text and int(text) * 2)
    extensions.register_type(kind, cur)
    cur.execute("SELECT 21, NULL::int")
    assert cur.fetchone() == (42, None)


def test_an_adapter_of_ones_own_is_asked_instead_of_the_fast_way(cur):
    class Shouted:
        def __init__(self, value):
            self.value = value

        def getquoted(self):
            return b"'" + self.value.upper().encode() + b"'"

    key = (str, extensions.ISQLQuote)
    before = extensions.adapters[key]
    extensions.register_adapter(str, Shouted)
    try:
        assert there_and_back(cur, "quiet") == "QUIET"
    finally:
        extensions.adapters[key] = before
    assert there_and_back(cur, "quiet") == "quiet"


# Text that would like to be SQL

CORPUS = [
    "'; DROP TABLE victims; --",
    "' OR '1'='1",
    "\\'; DROP TABLE victims; --",
    "\\\\'; SELECT pg_sleep(10); --",
    "E'\\'' || 'x",
    "$$; DROP TABLE victims; $$",
    "$1",
    "%s %(a)s %%",
    "/* */ -- \n '",
    "'' '' ''''",
    "\u02bc \u02b9 \uff07 \u2019",  # quotes that some conversions make of these
    "\u00bf\u005c\u0027 縗\\'",
    "a\u0301'\u200d",
    "\\u0027",
    "}, {\"',",
]
ENCODINGS = ["UTF8", "SJIS", "BIG5", "GBK", "GB18030", "EUC_JP", "LATIN1", "SQL_ASCII"]


@pytest.mark.parametrize("standard", ["on", "off"])
@pytest.mark.parametrize("text", CORPUS)
def test_no_text_leaves_its_quotes(conn, text, standard):
    cur = conn.cursor()
    cur.execute(
        "SET standard_conforming_strings TO %s; SET escape_string_warning TO off", [standard]
    )
    try:
        assert there_and_back(cur, text) == text
        assert there_and_back(cur, [text, text]) == [text, text]
        cur.execute("SELECT %(a)s, %(b)s", {"a": text, "b": text.encode()})
        first, second = cur.fetchone()
        assert (first, bytes(second)) == (text, text.encode())
        cur.execute(postgres.sql.SQL("SELECT 1 AS {}").format(postgres.sql.Identifier(text[:20])))
        assert cur.description[0].name == text[:20]
    finally:
        cur.execute("SET standard_conforming_strings TO on")


@pytest.mark.parametrize("text", CORPUS)
def test_no_text_leaves_a_bound_parameter(conn, text):
    reply = conn._session.bound(
        b"SELECT $1::text, $2::bytea", (text.encode(),) * 2, (25, 17), (False, True), False, -1
    )
    (result,) = reply.results
    assert result.value(0, 0) == text.encode()


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_no_text_leaves_its_quotes_in_any_encoding(conn, encoding):
    conn.set_client_encoding(encoding)
    cur = conn.cursor()
    codec = extensions.encodings[encoding]
    try:
        for text in [*CORPUS, "表\\'", "ソ' OR 1=1 --", "許'; --"]:
            sent = text.encode(codec, "ignore").decode(codec)
            assert there_and_back(cur, sent) == sent
    finally:
        conn.set_client_encoding("UTF8")


def test_a_zero_character_is_refused(cur):
    with pytest.raises(ValueError, match="NUL"):
        cur.execute("SELECT %s", ["a\0b"])


def test_a_setting_changed_by_sql_is_known_to_the_next_statement(conn):
    cur = conn.cursor()
    cur.execute("SET escape_string_warning TO off")
    cur.execute("SELECT set_config('standard_conforming_strings', 'off', false)")
    assert there_and_back(cur, "\\'") == "\\'"
    cur.execute("SELECT set_config('standard_conforming_strings', 'on', false)")
    cur.execute("SELECT set_config('client_encoding', 'LATIN1', false)")
    assert there_and_back(cur, "é") == "é"
    cur.execute("SELECT set_config('client_encoding', 'UTF8', false)")
    assert there_and_back(cur, "☃") == "☃"
