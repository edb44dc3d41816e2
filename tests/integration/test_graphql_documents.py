"""Documents that clients name instead of sending them: a trusted list, and automatic ones."""

import hashlib
import json

import httpx
import pytest
from integration.apps.serving import configure, served

from support.graphql_socket import graphql_socket
from support.graphql_world import run_node
from support.puff_process import run_puff

LISTED = {"sha256:1": "query Who { who }", "sub": "subscription S { later(count: 1) }"}
SITE = """
asyncio = true
[[graphql]]
name = "open"
schema = "graphql_live.Schema"
url = "/open"
subscriptions_url = "/open"
documents = "documents.json"
automatic_documents = 2
[[graphql]]
name = "strict"
schema = "graphql_live.Schema"
url = "/strict"
documents = "documents.json"
documents_only = true
[[graphql]]
schema = "graphql_live.Schema"
url = "/plain"
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("documents")
    folder.joinpath("documents.json").write_text(json.dumps(LISTED))
    with served(folder, SITE) as running:
        yield running


@pytest.fixture
def post(site):
    return lambda path, **body: httpx.post(site.url + path, json=body, timeout=20).json()


def code(answer) -> str:
    assert "data" not in answer
    return answer["errors"][0]["extensions"]["code"]


def hashed(query: str) -> dict:
    digest = hashlib.sha256(query.encode()).hexdigest()
    return {"persistedQuery": {"version": 1, "sha256Hash": digest}}


def test_a_listed_document_is_executed_by_its_id(site, post) -> None:
    assert post("/open", documentId="sha256:1") == {"data": {"who": None}}
    assert post("/strict", documentId="sha256:1") == {"data": {"who": None}}
    assert httpx.get(f"{site.url}/strict?documentId=sha256:1").json() == {"data": {"who": None}}
    assert code(post("/open", documentId="other")) == "PERSISTED_QUERY_NOT_FOUND"


def test_a_listed_document_is_executed_over_a_websocket(site) -> None:
    with graphql_socket(f"{site.url}/open") as it:
        it.start()
        it.send("subscribe", "1", {"documentId": "sub"})
        assert it.receive()["payload"] == {"data": {"later": 0}}


def test_other_documents_are_refused_where_only_listed_ones_are_trusted(post) -> None:
    assert post("/strict", query=LISTED["sha256:1"]) == {"data": {"who": None}}
    assert code(post("/strict", query="{ who }")) == "DOCUMENT_NOT_TRUSTED"
    automatic = {"query": "{ who }", "extensions": hashed("{ who }")}
    assert code(post("/strict", **automatic)) == "DOCUMENT_NOT_TRUSTED"


def test_a_document_is_kept_when_it_comes_with_its_hash(post) -> None:
    query = "{ who kept: __typename }"
    assert code(post("/open", extensions=hashed(query))) == "PERSISTED_QUERY_NOT_FOUND"
    assert "errors" not in post("/open", query=query, extensions=hashed(query))
    assert post("/open", extensions=hashed(query))["data"]["kept"] == "Query"


def test_a_wrong_hash_and_a_wrong_document_keep_nothing(post) -> None:
    wrong = post("/open", query="{ who }", extensions=hashed("{ other }"))
    assert code(wrong) == "PERSISTED_QUERY_HASH_MISMATCH"
    assert "errors" in post("/open", query="{ nothing }", extensions=hashed("{ nothing }"))
    assert code(post("/open", extensions=hashed("{ nothing }"))) == "PERSISTED_QUERY_NOT_FOUND"


def test_the_store_is_bounded(post) -> None:
    queries = [f"{{ who a{number}: __typename }}" for number in range(3)]
    for query in queries:
        post("/open", query=query, extensions=hashed(query))
    assert code(post("/open", extensions=hashed(queries[0]))) == "PERSISTED_QUERY_NOT_FOUND"
    assert "data" in post("/open", extensions=hashed(queries[2]))


def test_nothing_is_kept_unless_told(post) -> None:
    post("/plain", query="{ who }", extensions=hashed("{ who }"))
    assert code(post("/plain", extensions=hashed("{ who }"))) == "PERSISTED_QUERY_NOT_SUPPORTED"


def test_apollos_link_for_automatic_ones(site) -> None:
    said = run_node("clients/persisted.mjs", f"{site.url}/open")
    assert said["data"] == [{"who": None}, {"who": None}]
    assert said["sent"] == [False, True, False]


def test_a_list_that_cannot_be_read_is_one_line(tmp_path) -> None:
    tmp_path.joinpath("documents.json").write_text("[]")
    configure(tmp_path, '[[graphql]]\nschema = "graphql_live.Schema"\ndocuments = "documents.json"')
    done = run_puff(["serve", "--bind", "127.0.0.1:0"], cwd=tmp_path, timeout=30)
    assert done.returncode == 1
    assert "'documents.json': it is no JSON object" in done.stderr
