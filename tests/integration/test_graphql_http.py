"""GraphQL over HTTP: a C++ program with schemas of its own, real sockets, real PostgreSQL."""

import socket

import pytest
from graphql_worlds import World, run_node, world

from support.servers import wait_until

__all__ = ["world"]

SPECIFIED = "application/graphql-response+json"


def test_the_audits_of_graphql_http_pass(world: World) -> None:
    result = run_node("audits.mjs", world.url("/graphql"))
    assert result["audits"] >= 61
    assert result["failed"] == []


def test_rows_of_three_levels_are_joined(world: World) -> None:
    answer = world.ask("{authors{id name rating createdAt posts{id comments{id body}}}}")
    authors = answer["data"]["authors"]
    assert len(authors) == 50
    assert authors[0] == authors[0] | {
        "id": 1,
        "name": "Author 1",
        "createdAt": "2024-01-01T01:00:00+00:00",
    }
    posts = [post for author in authors for post in author["posts"]]
    assert [post["id"] for post in posts] == list(range(1, 501))
    assert [c["id"] for post in posts for c in post["comments"]] == list(range(1, 2501))


def test_variables_reach_sql(world: World) -> None:
    query = "query($id: Int!) {row(id: $id) {id name}}"
    assert world.ask(query, id=7) == {"data": {"row": {"id": 7, "name": "row name 7"}}}
    assert world.ask(query, id=9999) == {"data": {"row": None}}


def test_a_mutation_is_committed(world: World) -> None:
    world.ask('mutation {a: addMut(body: "a") {id} b: addMut(body: "b") {id}}')
    assert world.sql("select string_agg(body, ',' order by id) from mut") == "a,b"


def test_a_root_field_that_fails_is_rolled_back_alone(world: World) -> None:
    answer = world.post('mutation {addMut(body: "kept") {id} addAndFail(body: "lost") {missing}}')
    assert answer.json()["data"] is None
    assert answer.json()["errors"][0]["path"] == ["addAndFail", "missing"]
    assert world.sql("select string_agg(body, ',') from mut") == "kept"


def test_an_error_of_sql_spoils_its_own_branch_only(world: World) -> None:
    answer = world.ask("{hello missing {id} row(id: 1) {id}}")
    assert answer["data"] == {"hello": "hello", "missing": None, "row": {"id": 1}}
    [error] = answer["errors"]
    assert error["path"] == ["missing"]
    assert error["extensions"] == {"sqlstate": "42P01"}


def test_a_request_error_is_told_by_the_status_to_who_knows_it(world: World) -> None:
    by_specification = world.post("{nothing}", headers={"Accept": SPECIFIED})
    assert by_specification.status_code == 400
    assert by_specification.headers["content-type"] == f"{SPECIFIED}; charset=utf-8"
    assert world.post("{nothing}").status_code == 200


def test_a_query_comes_by_get_and_a_mutation_does_not(world: World) -> None:
    found = world.client.get("/graphql", params={"query": "{hello}"})
    assert found.json() == {"data": {"hello": "hello"}}
    refused = world.client.get("/graphql", params={"query": 'mutation {addMut(body: "x") {id}}'})
    assert refused.status_code == 405
    assert refused.headers["allow"] == "POST"
    assert world.sql("select count(*) from mut") == "0"


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        ("application/json; charset=latin1", 415),
        ("application/json; charset=UTF-8", 200),
    ],
)
def test_a_post_is_json(world: World, kind: str, status: int) -> None:
    answer = world.client.post(
        "/graphql", content=b'{"query":"{hello}"}', headers={"Content-Type": kind}
    )
    assert answer.status_code == status


def test_a_page_of_another_site_cannot_send_a_get_unasked(world: World) -> None:
    unasked = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    answer = world.client.get("/graphql", params={"query": "{hello}"}, headers=unasked)
    assert answer.status_code == 403


def test_a_list_of_operations_is_refused(world: World) -> None:
    answer = world.client.post("/graphql", json=[{"query": "{hello}"}])
    assert answer.status_code == 400
    assert "list" in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize("token", [None, "drop", "break", "wrong"])
def test_who_is_not_authorized_gets_nothing(world: World, token: str | None) -> None:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = world.post("{getValue}", "/closed", headers=headers)
    assert answer.status_code in (403, 500)
    assert "data" not in answer.json()
    assert "secret" not in answer.text


def test_who_is_authorized_gets_data(world: World) -> None:
    answer = world.post("{getValue}", "/closed", headers={"Authorization": "Bearer please"})
    assert answer.json() == {"data": {"getValue": "value"}}


def test_sql_is_cancelled_when_the_client_goes(world: World) -> None:
    body = b'{"query":"{sleep(seconds: 60) {id}}"}'
    with socket.create_connection(("127.0.0.1", world.port)) as client:
        client.sendall(
            b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
        )
        wait_until(lambda: world.running() == "1", "the statement to run")
    wait_until(lambda: world.running() == "0", "the statement to be cancelled")


def test_a_server_that_was_restarted_is_used_again(world: World) -> None:
    assert world.ask("{row(id: 1) {id}}")["data"] == {"row": {"id": 1}}
    world.server.restart()
    wait_until(
        lambda: world.ask("{row(id: 1) {id}}")["data"] == {"row": {"id": 1}}, "the pool to recover"
    )


def test_a_stream_of_events_ends_with_complete(world: World) -> None:
    answer = world.post(
        "subscription {greetings}", "/fixture", headers={"Accept": "text/event-stream"}
    )
    assert answer.headers["content-type"].startswith("text/event-stream")
    words = ["Hi", "Bonjour", "Hola", "Ciao", "Zdravo"]
    events = [f'event: next\ndata: {{"data":{{"greetings":"{word}"}}}}\n\n' for word in words]
    assert answer.text == ":\n\n" + "".join(events) + "event: complete\ndata: \n\n"


def test_a_subscription_without_a_stream_is_refused(world: World) -> None:
    answer = world.post("subscription {greetings}", "/fixture", headers={"Accept": SPECIFIED})
    assert answer.status_code == 400


def test_a_slow_reader_of_events_holds_up_their_making(world: World) -> None:
    count = 20_000
    query = f"subscription {{many(count: {count})}}"
    headers = {"Accept": "text/event-stream"}
    seen = 0
    with world.client.stream("POST", "/fixture", json={"query": query}, headers=headers) as answer:
        for line in answer.iter_lines():
            seen += line == "event: next"
    assert seen == count
