"""What a route in C++ may ask the node for, each of them against the real server."""

import json

import pytest
from integration.test_embedding import BUILT, run, serving

from support.servers import RedisServer, wait_until

NATIVE = BUILT / "tests/support/embedding/native"
WORK = """
from dataclasses import dataclass

from puff.actors import actor


def twice(n):
    return 2 * n


def fails(n):
    raise ValueError(f"not {n}")


@actor
class Greeter:
    def __init__(self, key):
        self.key = key

    def greet(self, name):
        return f"hello {name}"


@dataclass
class Query:
    @classmethod
    def twice(cls, context, /, n: int) -> int:
        return 2 * n

    @classmethod
    def who(cls, context, /) -> str | None:
        return context.auth_token


@dataclass
class Schema:
    query: Query
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory, postgres_server):
    folder = tmp_path_factory.mktemp("native")
    with RedisServer(folder / "redis") as redis:
        configure(folder, redis.url, postgres_server.url)
        postgres_server.query("CREATE TABLE native_rows (name text NOT NULL UNIQUE)")
        with serving(NATIVE, folder) as running:
            yield running
        postgres_server.query("DROP TABLE native_rows")


def configure(folder, redis, postgres):
    (folder / "native_work.py").write_text(WORK)
    (folder / "puff.toml").write_text(
        f'[[postgres]]\nurl = "{postgres}"\npool_size = 2\n'
        f'[[task_queue]]\nurl = "{redis}"\n'
        f'[cluster]\nname = "native"\nurl = "{redis}"\nmodules = ["native_work"]\n'
        '[[graphql]]\nschema = "native_work.Schema"\n'
    )


def asked(site, target):
    return site.get(target).body.decode()


@pytest.fixture
def rows(postgres_server):
    postgres_server.query("DELETE FROM native_rows")
    return lambda: postgres_server.query("SELECT count(*) FROM native_rows")


def test_values_are_bound_and_read(site):
    assert asked(site, "/values") == "42 0.1 NULL t it's NULL SELECT 1"


def test_a_statement_that_fails_is_an_error_with_its_sqlstate(site):
    assert asked(site, "/broken").endswith("22012: division by zero")


def test_a_statement_past_its_deadline_is_cancelled_on_the_server(site, postgres_server):
    assert "deadline passed" in asked(site, "/late")
    running = (
        "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%sleep(60)'"
    )
    wait_until(lambda: postgres_server.query(running) == "0", "the statement to end")


def test_a_pool_that_is_not_there_is_named(site):
    assert "there is no PostgreSQL pool 'elsewhere'; add [[postgres]]" in asked(site, "/elsewhere")


def test_a_transaction_that_is_committed_stays(site, rows):
    assert asked(site, "/keep?a") == "ended"
    assert rows() == "1"


@pytest.mark.parametrize("path", ["undo", "leave"])
def test_a_transaction_that_is_not_committed_is_rolled_back(site, rows, path):
    for name in "abcdef":  # more than there are sessions
        assert asked(site, f"/{path}?{name}") in ("ended", "INSERT 0 1")
    assert rows() == "0"


def test_a_commit_after_a_failure_says_that_nothing_was_kept(site, rows):
    asked(site, "/keep?a")
    assert "rolled back" in asked(site, "/keep?a")
    assert rows() == "1"


def test_a_task_is_added_and_its_result_waited_for(site):
    assert asked(site, "/task?twice") == "42"
    assert "not 21" in asked(site, "/task?fails")


def test_an_actor_in_python_is_asked(site):
    assert asked(site, "/actor") == '"hello Ada"'


def test_a_graphql_operation_is_executed_on_somebodys_behalf(site):
    assert json.loads(asked(site, "/query?default")) == {"data": {"twice": 8, "who": "ada"}}
    assert "there is no GraphQL schema 'other'" in asked(site, "/query?other")


def test_the_router_gives_a_schema_its_paths(site):
    asked = json.dumps({"query": "{ twice(n: 3) }"}).encode()
    answer = site.post("/graphql", asked, {"Content-Type": "application/json"})
    assert answer.json() == {"data": {"twice": 6}}
    assert b"/subscriptions" in site.get("/playground").body


def test_paths_of_a_schema_that_is_not_there_are_refused(tmp_path):
    (tmp_path / "puff.toml").write_text("")
    done = run(NATIVE, ["serve", "--bind", "127.0.0.1:0"], tmp_path)
    assert done.returncode == 1
    assert "paths for the GraphQL schema 'default', which is not there" in done.stderr
