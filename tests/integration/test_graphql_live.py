"""Subscriptions of Python generators over WebSockets: who may, who leaves, what is cleaned up."""

import httpx
import pytest
from integration.apps.serving import APPS, Site, served

from support.graphql_socket import MODERN, graphql_socket
from support.servers import wait_until

SITE = """
asyncio = true
[[graphql]]
schema = "graphql_live.Schema"
url = "/graphql/"
subscriptions_url = "/subscriptions/"
[cors]
allowed_origins = ["http://page.example"]
allowed_headers = ["content-type"]
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    assert APPS.is_dir()
    with served(tmp_path_factory.mktemp("live"), SITE) as running:
        yield running


@pytest.fixture
def dial(site: Site):
    return lambda path="/subscriptions/", **how: graphql_socket(site.url + path, MODERN, **how)


def ask(site: Site, query: str):
    answer = httpx.post(f"{site.url}/graphql/", json={"query": query}, timeout=20).json()
    assert "errors" not in answer, answer
    return answer["data"]


def closed(site: Site) -> list[str]:
    return ask(site, "{ closed }")["closed"]


def test_events_of_both_kinds_of_generators(dial) -> None:
    with dial() as it:
        it.start()
        for field in ("ticks", "later"):
            it.ask(f"subscription {{ {field}(count: 2) }}", field)
            for number in range(2):
                event = {"type": "next", "id": field, "payload": {"data": {field: number}}}
                assert it.receive() == event
            assert it.receive() == {"type": "complete", "id": field}


@pytest.mark.parametrize("field", ["endless", "waits", "waits_later"])
@pytest.mark.parametrize("how", ["complete", "close", "reset"])
def test_a_generator_is_closed_when_its_client_is_gone(site, dial, field: str, how: str) -> None:
    name = f"{field} {how}"
    with dial(max_queue=1, close_timeout=0.1) as it:
        it.start()
        it.ask(f'subscription {{ {field}(name: "{name}") }}')
        assert it.receive()["payload"]["data"] == {field: 0}
        assert name not in closed(site)
        if how == "complete":
            it.send("complete", "1")
            wait_until(lambda: name in closed(site), "finally has run")
        elif how == "reset":
            it.connection.close_socket()
    wait_until(lambda: name in closed(site), "finally has run")


def test_an_exception_ends_the_operation_alone(dial) -> None:
    with dial() as it:
        it.start()
        it.ask("subscription { breaks }")
        assert it.receive()["payload"] == {"data": {"breaks": 1}}
        last = it.receive()
        assert (last["type"], last["payload"][0]["message"]) == ("error", "broken")
        it.ask("{ who }")
        assert it.receive()["payload"] == {"data": {"who": None}}


def test_who_is_refused_at_the_initialisation(dial) -> None:
    with dial() as it:
        it.send("connection_init", payload={"Authorization": "Bearer bad"})
        assert it.closed() == (4403, "you may not")


def test_who_is_let_in_is_known_to_resolvers(dial) -> None:
    with dial() as it:
        it.start({"Authorization": "Bearer ann"})
        it.ask("{ who }")
        assert it.receive()["payload"] == {"data": {"who": "ann"}}


def test_who_is_refused_at_the_operation(dial) -> None:
    with dial() as it:
        it.start()
        it.ask("subscription { refused }", "s")
        refused = it.receive()
        assert (refused["type"], refused["id"]) == ("error", "s")
        assert refused["payload"][0]["message"] == "no events for you"
        it.ask("{ secret }", "q")
        answer = it.receive()["payload"]
        assert answer["data"] == {"secret": None}
        assert answer["errors"][0]["message"] == "not for you"


def test_who_is_refused_in_the_midst_of_a_subscription(dial) -> None:
    with dial() as it:
        it.start()
        it.ask("subscription { expires }")
        assert it.receive()["payload"] == {"data": {"expires": 1}}
        refused = it.receive()
        assert refused["type"] == "error"
        assert refused["payload"][0]["message"] == "your time is over"


def test_the_path_of_subscriptions_answers_nothing_else(site) -> None:
    answer = httpx.get(f"{site.url}/subscriptions/")
    assert answer.status_code == 426
    assert answer.headers["upgrade"] == "websocket"


def test_many_rounds_leave_nothing(site, dial) -> None:
    def rounds(count: int) -> None:
        with dial() as it:
            it.start()
            for number in range(count):
                it.ask('subscription { waits(name: "round") }', str(number))
                assert it.receive()["type"] == "next"
                it.send("complete", str(number))

    rounds(200)
    before = site.resident_kib()
    rounds(2000)
    wait_until(lambda: closed(site).count("round") == 2200, "all are closed")
    assert site.resident_kib() - before < 6 * 1024


def test_a_page_of_an_allowed_site_is_asked_for_and_answered(site, dial) -> None:
    origin = {"Origin": "http://page.example"}
    wish = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x"}
    preflight = httpx.options(f"{site.url}/graphql/", headers=origin | wish)
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == "http://page.example"
    assert preflight.headers["access-control-allow-headers"] == "content-type"
    answer = httpx.post(f"{site.url}/graphql/", json={"query": "{ who }"}, headers=origin)
    assert answer.headers["access-control-allow-origin"] == "http://page.example"
    other = {"Origin": "http://other.example"}
    answer = httpx.post(f"{site.url}/graphql/", json={"query": "{ who }"}, headers=other)
    assert "access-control-allow-origin" not in answer.headers
    assert answer.headers["vary"] == "Origin"
    with dial(origin="http://page.example") as it:
        it.start()
