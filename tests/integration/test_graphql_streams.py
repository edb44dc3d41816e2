"""GraphQL over SSE in single connection mode, by the letter."""

from contextlib import contextmanager

import httpx
import pytest

from support.graphql_world import World, shared_world
from support.servers import wait_until

__all__ = ["shared_world"]


class Stream:
    """A reserved stream of events, listened to."""

    def __init__(self, world: World, client: httpx.Client, token: str) -> None:
        self.url, self.client = world.url("/fixture"), client
        self.headers = {"X-GraphQL-Event-Stream-Token": token}

    def ask(self, query: str, id: str | None = "1", headers=None) -> httpx.Response:
        extensions = {"operationId": id} if id else {}
        body = {"query": query, "extensions": extensions}
        return self.client.post(self.url, json=body, headers=headers or self.headers)

    def stop(self, id: str) -> httpx.Response:
        return self.client.delete(f"{self.url}?operationId={id}", headers=self.headers)


@pytest.fixture
def stream(shared_world: World):
    @contextmanager
    def opened():
        url = shared_world.url("/fixture")
        with httpx.Client(timeout=20) as client:
            reserved = client.put(url)
            assert reserved.status_code == 201
            made = Stream(shared_world, client, reserved.text)
            with client.stream("GET", url, headers=made.headers | ACCEPT) as events:
                assert events.status_code == 200
                lines = events.iter_lines()
                made.line = lambda: next(line for line in lines if line and line != ":")
                yield made

    return opened


ACCEPT = {"Accept": "text/event-stream"}


def test_answers_to_many_requests_come_by_one_stream(stream) -> None:
    with stream() as it:
        assert it.ask("{ getValue }", "q").status_code == 202
        assert [it.line() for _ in range(4)] == [
            "event: next",
            'data: {"id":"q","payload":{"data":{"getValue":"value"}}}',
            "event: complete",
            'data: {"id":"q"}',
        ]
        assert it.ask("subscription { ping }", "open").status_code == 202
        assert it.ask("subscription { many(count: 1) }", "short").status_code == 202
        assert it.line() == "event: next"
        assert it.line() == 'data: {"id":"short","payload":{"data":{"many":0}}}'
        assert it.ask("subscription { ping }", "open").status_code == 409
        assert it.stop("open").status_code == 200
        assert it.ask("subscription { ping }", "open").status_code == 202


def test_what_cannot_be_executed_is_told_to_its_request(stream) -> None:
    with stream() as it:
        refused = it.ask("{ nothing }")
        assert "Cannot query field" in refused.json()["errors"][0]["message"]
        assert it.ask("{ getValue }", None).status_code == 400


def test_a_stream_has_one_listener(stream) -> None:
    with stream() as it:
        assert it.client.get(it.url, headers=it.headers | ACCEPT).status_code == 409


def test_a_stream_is_over_when_its_listener_is_gone(stream) -> None:
    with stream() as it:
        assert it.ask("subscription { ping }").status_code == 202
    with httpx.Client() as client:
        it.client = client
        wait_until(lambda: it.ask("{ getValue }").status_code == 404, "the stream is forgotten")


def test_nobody_has_a_stream_of_another_token(stream) -> None:
    with stream() as it:
        other = {"X-GraphQL-Event-Stream-Token": "guessed"}
        assert it.ask("{ getValue }", headers=other).status_code == 404
        assert it.client.get(it.url, headers=other | ACCEPT).status_code == 404
        assert it.client.delete(f"{it.url}?operationId=1").status_code == 400


def test_nobody_can_be_asked_before_somebody_listens(shared_world: World) -> None:
    url = shared_world.url("/fixture")
    with httpx.Client() as client:
        it = Stream(shared_world, client, client.put(url).text)
        assert it.ask("{ getValue }").status_code == 409
