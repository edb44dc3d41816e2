"""A schema of Python classes as `puff serve` and `puff pytest` have it: HTTP, SQL, transactions."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from support.puff_process import run_puff

APPS = Path(__file__).parent / "apps"
TABLES = """
CREATE TABLE author (id serial PRIMARY KEY, name text NOT NULL);
CREATE TABLE book (id serial PRIMARY KEY, title text, author_id int, price numeric);
CREATE TABLE comment (id serial PRIMARY KEY, body text, book_id int);
INSERT INTO author (name) VALUES ('Jane'), ('James'), ('Nobody');
INSERT INTO book (title, author_id) VALUES ('Emma', 1), ('Persuasion', 1), ('Ulysses', 2);
INSERT INTO comment (body, book_id) VALUES ('fine', 1), ('long', 3), ('very long', 3);
"""


@pytest.fixture
def settings(project, postgres_server, postgres_database):
    postgres_server.query(TABLES, postgres_database)
    project.write(
        "puff.toml",
        f"""
        asyncio = true
        python_path = ["{APPS}"]
        [[postgres]]
        url = "{postgres_server.url_of(postgres_database)}"
        [[graphql]]
        schema = "graphql_served.Schema"
        url = "/graphql/"
        subscriptions_url = "/subscriptions/"
        """,
    )


@pytest.fixture
def ask(settings, puff):
    process = puff("serve", "--bind", "127.0.0.1:0")
    found = process.wait_for_line(r"Serving on (http://127\.0\.0\.1:\d+)")

    def post(query, **more):
        headers = more.pop("headers", {})
        url = f"{found[1]}/graphql/"
        return httpx.post(url, json={"query": query, **more}, headers=headers, timeout=20).json()

    return post


def data(response):
    assert "errors" not in response, response
    return response["data"]


def test_layers_of_sql(ask):
    got = data(ask("{ authors { name books { title shout comments { body } } } }"))
    assert got["authors"] == [
        {
            "name": "Jane",
            "books": [
                {"title": "Emma", "shout": "EMMA (1)", "comments": [{"body": "fine"}]},
                {"title": "Persuasion", "shout": "PERSUASION (2)", "comments": []},
            ],
        },
        {
            "name": "James",
            "books": [
                {
                    "title": "Ulysses",
                    "shout": "ULYSSES (3)",
                    "comments": [{"body": "long"}, {"body": "very long"}],
                }
            ],
        },
        {"name": "Nobody", "books": []},
    ]


@pytest.mark.parametrize("field", ["drafts", "drafts_later"])
def test_a_statement_runs_only_for_those_who_may(ask, field):
    query = f"{{ authors {{ name {field} {{ title }} }} }}"
    got = data(ask(query, headers={"Authorization": "Bearer root"}))
    titles = [{"title": "Emma"}, {"title": "Persuasion"}]
    assert [author[field] for author in got["authors"]] == [titles, [], []]
    refused = ask(query, headers={"Authorization": "Bearer guest"})
    assert [author[field] for author in refused["data"]["authors"]] == [None, None, None]
    assert {error["extensions"]["code"] for error in refused["errors"]} == {"FORBIDDEN"}


def test_single_rows_and_errors_of_sql(ask):
    assert data(ask("{ author(id: 2) { name } none: author(id: 99) { name } }")) == {
        "author": {"name": "James"},
        "none": None,
    }
    response = ask("{ wrong_sql { id } author(id: 1) { id } }")
    assert response["data"] == {"wrong_sql": None, "author": {"id": 1}}
    assert response["errors"][0]["extensions"] == {"sqlstate": "42P01"}


def test_defect_02_mutations_are_committed(ask, postgres_server, postgres_database):
    got = data(
        ask('mutation { a: add_author(name: "A") { name } b: add_by_connection(name: "B") }')
    )
    assert got["a"] == {"name": "A"}
    sql = "SELECT string_agg(name, ',' ORDER BY id) FROM author WHERE id > 3"
    assert postgres_server.query(sql, postgres_database).strip() == "A,B"


def test_defect_02_a_field_that_fails_is_rolled_back(ask, postgres_server, postgres_database):
    response = ask('mutation { a: add_author(name: "A") { id } b: add_then_fail(name: "B") }')
    assert response["data"]["b"] is None
    assert response["errors"][0]["message"] == "after all"
    sql = "SELECT string_agg(name, ',' ORDER BY id) FROM author WHERE id > 3"
    assert postgres_server.query(sql, postgres_database).strip() == "A"


def test_mutations_that_share_sessions_keep_their_transactions(
    ask, postgres_server, postgres_database
):
    """There are more at once than sessions: each begins behind the end of another."""
    fields = ('add_author(name: "{}") {{ name }}', 'added(name: "{}") {{ missing }}')
    fields += ('add_then_fail(name: "{}")',)

    def mutate(number):
        return ask(f"mutation {{ it: {fields[number % 3].format(number)} }}")

    with ThreadPoolExecutor(24) as threads:
        answers = list(threads.map(mutate, range(96)))
    for number, answer in enumerate(answers):
        kept = number % 3 == 0
        assert answer["data"] == {"it": {"name": str(number)} if kept else None}
        assert ("errors" in answer) is not kept
    sql = "SELECT string_agg(name, ',' ORDER BY name::int) FROM author WHERE id > 3"
    assert postgres_server.query(sql, postgres_database) == ",".join(map(str, range(0, 96, 3)))


def test_a_statement_may_be_its_own_transaction(ask, postgres_server, postgres_database):
    a, b = 'added(name: "A") { missing }', 'added_at_once(name: "B") { missing }'
    response = ask(f'mutation {{ {a} {b} more: added_at_once(name: "C") {{ broken }} }}')
    assert response["data"] == {"added": None, "added_at_once": None, "more": None}
    assert [each["path"][-1] for each in response["errors"]] == ["missing", "missing", "broken"]
    sql = "SELECT string_agg(name, ',' ORDER BY id) FROM author WHERE id > 3"
    assert postgres_server.query(sql, postgres_database) == "B"


def test_the_requests_connection(ask):
    assert data(ask("{ by_connection authors { id } }"))["by_connection"] == 3


def test_defect_01_a_refused_request(ask):
    refused = ask("{ authors { id } }", headers={"Authorization": "Bearer bad"})
    assert "data" not in refused
    assert refused["errors"][0]["message"] == "you may not"
    assert data(ask("{ token }", headers={"Authorization": "Bearer x"})) == {"token": "x"}


def test_inside_the_program(settings, project):
    project.write(
        "test_app.py",
        """
        import pytest
        from puff import global_graphql, postgres

        gql = global_graphql()

        def test_query():
            got = gql.query("{ author(id: 1) { name } }", {})
            assert got == {"data": {"author": {"name": "Jane"}}}

        def test_defect_01_variables_and_token():
            query = "query ($id: Int!) { author(id: $id) { name } token }"
            got = gql.query(query, {"id": 2}, auth_token="t")
            assert got["data"] == {"author": {"name": "James"}, "token": "t"}
            assert "data" not in gql.query("{ token }", auth_token="bad")

        def test_defect_08_errors_are_those_of_the_specification():
            got = gql.query("{ nothing }")
            assert got["errors"][0]["locations"] == [{"line": 1, "column": 3}]

        def test_a_connection_of_the_callers_is_used_as_is():
            conn = postgres.connect()
            with conn.cursor() as cursor:
                cursor.execute("INSERT INTO author (id, name) VALUES (77, 'Mine')")
                query = "{ author(id: 77) { name } }"
                seen = gql.query(query, connection=conn)
                assert seen == {"data": {"author": {"name": "Mine"}}}
                assert gql.query(query) == {"data": {"author": None}}
                gql.query('mutation { add_author(name: "Too") { id } }', connection=conn)
            conn.rollback()
            conn.close()
            names = [each["name"] for each in gql.query("{ authors { name } }")["data"]["authors"]]
            assert "Too" not in names and "Mine" not in names

        def test_an_unknown_schema_is_named():
            with pytest.raises(Exception, match="no GraphQL schema is named 'nowhere'"):
                gql.by_name("nowhere").query("{ a }")
        """,
    )
    options = ["-q", "-c", "/dev/null", "--noconftest", "-p", "no:cacheprovider"]
    done = run_puff(["pytest", *options, "test_app.py"], cwd=project.folder, timeout=60)
    print(done.stdout, done.stderr)
    assert done.returncode == 0
    assert "5 passed" in done.stdout


def test_a_wrong_schema_is_one_line(project):
    project.write("app.py", "class Query:\n    it: 'Missing'\n\nclass Schema:\n    query: Query\n")
    project.write("puff.toml", '[[graphql]]\nschema = "app.Schema"\nurl = "/graphql"\n')
    done = run_puff(["serve", "--bind", "127.0.0.1:0"], cwd=project.folder, timeout=30)
    assert done.returncode == 1
    assert "app.Schema" in done.stderr
    assert "Query.it" in done.stderr
    assert "'Missing'" in done.stderr
    assert "Traceback" not in done.stderr
