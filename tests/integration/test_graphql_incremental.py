"""@defer and @stream as clients get them: multipart/mixed, events, WebSockets."""

import json
import socket
from urllib.parse import urlsplit

import httpx
import pytest
from integration.apps.serving import Site, served

from support.graphql_socket import LEGACY, MODERN, graphql_socket
from support.graphql_world import run_node
from support.servers import wait_until

SITE = """
asyncio = true
[[graphql]]
schema = "graphql_incremental.Schema"
url = "/graphql/"
subscriptions_url = "/graphql/"
incremental = true
[[graphql]]
name = "plain"
schema = "graphql_incremental.Schema"
url = "/plain/"
"""
DEFERRED = '{ authors { id ... @defer(label: "b") { bio } } }'
FIRST = {"authors": [{"id": 1}, {"id": 2}]}
WHOLE = [{"id": 1, "bio": "Author 1 wrote."}, {"id": 2, "bio": "Author 2 wrote."}]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with served(tmp_path_factory.mktemp("incremental"), SITE) as running:
        yield running


def post(site: Site, query: str, accept: str, path: str = "/graphql/") -> httpx.Response:
    headers = {"Accept": accept}
    return httpx.post(site.url + path, json={"query": query}, headers=headers, timeout=20)


def parts_of(answer: httpx.Response) -> list:
    """What a client reads of multipart/mixed."""
    assert answer.headers["content-type"].startswith('multipart/mixed; boundary="-"')
    before, *parts, after = answer.text.split("\r\n---")
    assert (before, after) == ("", "--\r\n")
    bodies = []
    for part in parts:
        head, body = part.split("\r\n\r\n", 1)
        assert head == "\r\nContent-Type: application/json; charset=utf-8"
        bodies.append(json.loads(body))
    return bodies


def test_a_deferred_fragment_comes_in_a_part_of_its_own(site) -> None:
    first, second = parts_of(post(site, DEFERRED, "multipart/mixed, application/json"))
    assert first == {
        "data": FIRST,
        "pending": [
            {"id": "0", "path": ["authors", 0], "label": "b"},
            {"id": "1", "path": ["authors", 1], "label": "b"},
        ],
        "hasNext": True,
    }
    assert second == {
        "incremental": [
            {"id": "0", "data": {"bio": "Author 1 wrote."}},
            {"id": "1", "data": {"bio": "Author 2 wrote."}},
        ],
        "completed": [{"id": "0"}, {"id": "1"}],
        "hasNext": False,
    }


def test_the_older_format_has_paths(site) -> None:
    answer = post(site, DEFERRED, "multipart/mixed;deferSpec=20220824, application/json")
    assert "deferSpec=20220824" in answer.headers["content-type"]
    first, second = parts_of(answer)
    assert first == {"data": FIRST, "hasNext": True}
    assert second["incremental"][1] == {
        "data": {"bio": "Author 2 wrote."},
        "path": ["authors", 1],
        "label": "b",
    }


@pytest.mark.parametrize("accept", ["application/json", "*/*", "multipart/mixed;deferSpec=1, */*"])
def test_who_accepts_no_parts_gets_all_at_once(site, accept: str) -> None:
    answer = post(site, DEFERRED, accept)
    assert answer.json() == {"data": {"authors": WHOLE}}
    assert answer.headers["content-type"] == "application/json; charset=utf-8"


def test_an_answer_without_anything_deferred_is_a_plain_one(site) -> None:
    answer = post(site, "{ authors { id } }", "multipart/mixed, application/json")
    assert answer.json() == {"data": FIRST}


def test_a_schema_without_the_switch_does_not_know_the_directives(site) -> None:
    answer = post(site, DEFERRED, "multipart/mixed, application/json", "/plain/")
    assert answer.json()["errors"][0]["message"] == 'Unknown directive "@defer".'


def test_lists_are_streamed_in_pieces(site) -> None:
    query = "{ authors(count: 230) @stream(initialCount: 2) { id bio } }"
    first, *more = parts_of(post(site, query, "multipart/mixed"))
    assert len(first["data"]["authors"]) == 2
    assert [len(part["incremental"][0]["items"]) for part in more] == [100, 100, 28]
    ids = [author["id"] for part in more for author in part["incremental"][0]["items"]]
    assert ids == list(range(3, 231))


def test_errors_end_a_fragment_alone(site) -> None:
    query = "{ authors(count: 1) { id ... @defer { wrong } ... @defer { bio } } }"
    _, *later = parts_of(post(site, query, "multipart/mixed"))
    brought = [one for part in later for one in part.get("incremental", [])]
    completed = {one["id"]: one for part in later for one in part["completed"]}
    assert brought == [{"id": "1", "data": {"bio": "Author 1 wrote."}}]
    assert completed["0"]["errors"][0]["message"] == "no such thing"
    assert completed["1"] == {"id": "1"}


def test_a_client_that_goes_in_between_cancels_the_rest(site) -> None:
    url = urlsplit(site.url)
    body = json.dumps({"query": "{ authors(count: 1) { id ... @defer { never } } }"})
    with socket.create_connection((url.hostname, url.port), timeout=20) as client:
        client.sendall(
            "POST /graphql/ HTTP/1.1\r\nHost: x\r\nAccept: multipart/mixed\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
        )
        got = b""
        while b'"hasNext":true' not in got:
            got += client.recv(4096)
        wait_until(lambda: "began" in events(site), "the field is asked for")
        assert "cancelled" not in events(site)
    wait_until(lambda: "cancelled" in events(site), "its finally has run")


def events(site: Site) -> list[str]:
    return post(site, "{ events }", "application/json").json()["data"]["events"]


def test_a_websocket_brings_several_messages(site) -> None:
    with graphql_socket(site.url + "/graphql/", MODERN) as it:
        it.start()
        it.ask(DEFERRED, "a")
        first, second, last = it.receive(), it.receive(), it.receive()
        assert first["type"] == second["type"] == "next"
        assert first["payload"]["data"] == FIRST
        assert second["payload"]["hasNext"] is False
        assert last == {"type": "complete", "id": "a"}


def test_the_old_protocol_has_one_response(site) -> None:
    with graphql_socket(site.url + "/graphql/", LEGACY) as it:
        it.start()
        it.ask(DEFERRED, "a")
        assert it.receive()["payload"] == {"data": {"authors": WHOLE}}


def test_events_bring_several_responses(site) -> None:
    answer = post(site, DEFERRED, "text/event-stream")
    data = [line[6:] for line in answer.text.splitlines() if line.startswith("data: {")]
    assert [json.loads(one)["hasNext"] for one in data] == [True, False]
    assert answer.text.rstrip().endswith("event: complete\ndata:")


def test_apollo_merges_what_comes_later(site) -> None:
    said = run_node("clients/apollo_defer.mjs", site.url + "/graphql/")
    assert said == [FIRST["authors"], WHOLE]
