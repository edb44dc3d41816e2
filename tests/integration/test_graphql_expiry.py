"""What lasts longer than its authorization is ended by a timer."""

import httpx
import pytest
from integration.apps.serving import Site, served

from support.graphql_socket import LEGACY, MODERN, graphql_socket
from support.servers import wait_until

SITE = """
asyncio = true
[[graphql]]
schema = "graphql_expiry.Schema"
url = "/graphql/"
subscriptions_url = "/graphql/"
"""
EXPIRED = "The authorization has expired."


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with served(tmp_path_factory.mktemp("expiry"), SITE) as running:
        yield running


def closed(site: Site) -> list[str]:
    answer = httpx.post(f"{site.url}/graphql/", json={"query": "{ closed }"}, timeout=20).json()
    return answer["data"]["closed"]


@pytest.mark.parametrize("kind", ["number", "object"])
def test_a_socket_is_closed_when_its_authorization_expires(site, kind: str) -> None:
    with graphql_socket(site.url + "/graphql/", MODERN) as it:
        it.start({"Authorization": f"Bearer {kind}:1"})
        it.ask(f'subscription {{ waits(name: "{kind}") }}')
        assert it.receive()["payload"] == {"data": {"waits": 0}}
        assert kind not in closed(site)
        assert it.closed() == (4403, EXPIRED)
    wait_until(lambda: kind in closed(site), "its generator is closed")


def test_the_old_protocol_is_told_before(site) -> None:
    with graphql_socket(site.url + "/graphql/", LEGACY) as it:
        it.start({"Authorization": "Bearer number:0.5"})
        told = it.receive()
        assert told == {"type": "connection_error", "payload": {"message": EXPIRED}}
        assert it.closed() == (4403, EXPIRED)


def test_a_stream_of_events_ends(site) -> None:
    answer = httpx.post(
        f"{site.url}/graphql/",
        json={"query": 'subscription { waits(name: "events") }'},
        headers={"Accept": "text/event-stream", "Authorization": "Bearer object:0.5"},
        timeout=20,
    )
    assert f'data: {{"errors":[{{"message":"{EXPIRED}"}}]}}' in answer.text
    assert answer.text.rstrip().endswith("event: complete\ndata:")
    wait_until(lambda: "events" in closed(site), "its generator is closed")


def test_what_has_expired_already_is_refused(site) -> None:
    headers = {"Authorization": "Bearer number:-1"}
    answer = httpx.post(f"{site.url}/graphql/", json={"query": "{ closed }"}, headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["message"]) == (403, EXPIRED)


def test_an_expiry_that_is_none_refuses(site) -> None:
    headers = {"Authorization": "Bearer wrong:1"}
    answer = httpx.post(f"{site.url}/graphql/", json={"query": "{ closed }"}, headers=headers)
    assert answer.status_code == 500
