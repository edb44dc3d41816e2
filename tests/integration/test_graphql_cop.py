"""What scanners of GraphQL servers look for, after the thirteen checks that graphql-cop makes, on
the chat of examples/graphql_chat as one would open it to the world: without introspection,
suggestions and GraphiQL. Each check sends what the scanner sends, and fails where it would
report."""

import shutil

import httpx
import pytest
from integration.apps.serving import Site, serving_address

from support.puff_process import ROOT, PuffProcess
from support.servers import RedisServer

PATH = "/chat/graphql/"


def opened_to_the_world(configuration: str) -> str:
    closed = configuration.replace('playground_url = "/chat/playground/"', "")
    assert closed != configuration
    return closed + (
        "introspection = false\nsuggestions = false\n"
        "[graphql.limits]\nmax_aliases = 30\nmax_directives = 9\nmax_fields = 200\n"
    )


@pytest.fixture(scope="module")
def chat(tmp_path_factory, postgres_server):
    postgres_server.query("CREATE DATABASE chat_cop")
    folder = tmp_path_factory.mktemp("cop") / "graphql_chat"
    shutil.copytree(ROOT / "examples/graphql_chat", folder)
    file = folder / "puff.toml"
    file.write_text(opened_to_the_world(file.read_text()))
    env = {"PUFF_DEFAULT_POSTGRES_URL": postgres_server.url_of("chat_cop")}
    with RedisServer(tmp_path_factory.mktemp("redis")) as redis:
        env["PUFF_DEFAULT_PUBSUB_URL"] = redis.url
        with PuffProcess(["serve", "--bind", "127.0.0.1:0"], folder, env) as process:
            site = Site(process, serving_address(process))
            assert site.get("/").status == 200  # makes the tables
            yield site
    postgres_server.query("DROP DATABASE chat_cop WITH (FORCE)")


@pytest.fixture
def ask(chat):
    def post(query: str | list[str]) -> object:
        bodies = [{"query": each} for each in ([query] if isinstance(query, str) else query)]
        body = bodies[0] if isinstance(query, str) else bodies
        return httpx.post(chat.url + PATH, json=body, timeout=20).json()

    return post


def refused(answer) -> bool:
    return "data" not in answer and bool(answer["errors"])


def test_the_server_is_there(ask) -> None:
    assert ask("query cop { __typename }") == {"data": {"__typename": "Query"}}


def test_cop_alias_overloading(ask) -> None:
    aliases = "\n".join(f"alias{number}:__typename" for number in range(101))
    assert refused(ask(f"query cop {{ {aliases} }}"))


def test_cop_batch_query(ask) -> None:
    assert refused(ask(["query cop { __typename }"] * 10))


def test_cop_directive_overloading(ask) -> None:
    answer = ask("query cop { __typename @aa@aa@aa@aa@aa@aa@aa@aa@aa@aa }")
    assert refused(answer)
    assert len(answer["errors"]) == 1


def test_cop_circular_query_introspection(ask) -> None:
    inner = "fields { type { " * 4 + "name" + " } }" * 4
    assert refused(ask(f"query cop {{ __schema {{ types {{ {inner} }} }} }}"))


def test_cop_circular_query_introspection_where_introspection_is_allowed(tmp_path) -> None:
    from integration.apps.serving import served

    table = '[[graphql]]\nschema = "graphql_live.Schema"\nurl = "/graphql/"\n'
    with served(tmp_path, "asyncio = true\n" + table) as site:
        inner = "fields { type { " * 4 + "name" + " } }" * 4
        query = f"query cop {{ __schema {{ types {{ {inner} }} }} }}"
        assert refused(httpx.post(f"{site.url}/graphql/", json={"query": query}).json())


def test_cop_field_duplication(ask) -> None:
    assert refused(ask("query cop { " + "__typename \n" * 500 + " }"))


def test_cop_introspection(ask) -> None:
    assert refused(ask("query cop { __schema { types { name fields { name } } } }"))
    assert refused(ask('query cop { __type(name: "Query") { name } }'))


def test_cop_field_suggestions(ask) -> None:
    answer = ask("query cop { author posts2 __typenam }")
    assert refused(answer)
    assert "Did you mean" not in str(answer)


@pytest.mark.parametrize("path", ["", "/graphiql", "/playground", "/console", "/graphql"])
def test_cop_graphiql(chat, path: str) -> None:
    for place in (PATH.rstrip("/") + path, PATH + path.lstrip("/"), path or "/chat/playground/"):
        page = httpx.get(chat.url + place, headers={"Accept": "text/html"})
        assert "graphiql" not in page.text.lower()
        assert "playground" not in page.text.lower()


def test_cop_get_method_support(chat) -> None:
    """Queries by GET are a part of GraphQL over HTTP; what makes them a danger is another page's
    browser, which says that it is one."""
    query = {"query": "query cop { __typename }"}
    for mode in ("no-cors", "navigate"):
        foreign = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": mode}
        answer = httpx.get(chat.url + PATH, params=query, headers=foreign)
        assert (answer.status_code, "data" in answer.json()) == (403, False)


def test_cop_get_based_mutation(chat) -> None:
    mutation = 'mutation cop { say(room: "r", author: "a", text: "t") { text } }'
    answer = httpx.get(chat.url + PATH, params={"query": mutation})
    assert (answer.status_code, "data" in answer.json()) == (405, False)


def test_cop_post_based_csrf(chat) -> None:
    answer = httpx.post(chat.url + PATH, data={"query": "query cop { __typename }"})
    assert (answer.status_code, "data" in answer.json()) == (415, False)


def test_cop_trace_mode(ask) -> None:
    assert "extensions" not in ask("query cop { __typename }")
    assert "tracing" not in str(ask("query cop { nothing }"))


def test_cop_unhandled_error_detection(ask) -> None:
    for text in ("queryy cop { __typename }", "query cop { authors(nothing: $x) { name } }", "\0"):
        answer = ask(text)
        assert refused(answer)
        assert "exception" not in str(answer).lower()
        assert "Traceback" not in str(answer)
