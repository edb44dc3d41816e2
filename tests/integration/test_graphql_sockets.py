"""GraphQL over WebSockets by the letter of both protocols, without Python in the server."""

import json
import socket

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from support.graphql_socket import LEGACY, MODERN, graphql_socket
from support.graphql_world import World, shared_world
from support.servers import wait_until

__all__ = ["shared_world"]


@pytest.fixture
def dial(shared_world: World):
    return lambda protocol=MODERN, path="/fixture", **how: graphql_socket(
        shared_world.url(path), protocol, **how
    )


def test_events_and_their_end(dial) -> None:
    with dial() as it:
        it.start()
        it.ask("subscription { greetings }", "one")
        for word in ("Hi", "Bonjour", "Hola", "Ciao", "Zdravo"):
            next_ = {"type": "next", "id": "one", "payload": {"data": {"greetings": word}}}
            assert it.receive() == next_
        assert it.receive() == {"type": "complete", "id": "one"}


def test_a_query_and_a_mutation(dial) -> None:
    with dial() as it:
        it.start({"anything": [1, {"goes": None}]})
        it.ask("{ getValue }")
        assert it.receive()["payload"] == {"data": {"getValue": "value"}}
        assert it.receive() == {"type": "complete", "id": "1"}
        it.ask("mutation S($to: String!) { setValue(value: $to) }", variables={"to": "x"})
        assert it.receive()["payload"] == {"data": {"setValue": "x"}}
        assert it.receive()["type"] == "complete"


def test_an_error_of_a_field_is_a_result(dial) -> None:
    with dial() as it:
        it.start()
        it.ask("{ throwing }")
        event = it.receive()
        assert event["type"] == "next"
        assert event["payload"]["errors"][0]["message"] == "Kaboom!"
        assert it.receive()["type"] == "complete"


@pytest.mark.parametrize("query", ["{ nothing }", "{", "query A { getValue } query B { getValue }"])
def test_what_cannot_be_executed_is_an_error_that_ends_it(dial, query: str) -> None:
    with dial() as it:
        it.start()
        it.ask(query)
        event = it.receive()
        assert (event["type"], event["id"]) == ("error", "1")
        assert event["payload"][0]["message"]
        it.ask("{ getValue }", "1")
        assert it.receive()["type"] == "next"


def test_a_stream_that_cannot_be_opened_is_an_error(dial) -> None:
    with dial() as it:
        it.start()
        it.ask("subscription { throwing }")
        event = it.receive()
        assert event["type"] == "error"
        assert event["payload"][0]["message"] == "Kaboom!"


def test_operations_run_beside_each_other(dial) -> None:
    with dial() as it:
        it.start()
        it.ask("subscription { ping }", "open")
        it.ask("{ getValue }", "short")
        assert it.receive()["id"] == "short"
        assert it.receive() == {"type": "complete", "id": "short"}


def test_a_stopped_operation_says_nothing_more(dial) -> None:
    with dial() as it:
        it.start()
        it.ask("subscription { ping }", "open")
        it.send("complete", "open")
        it.send("complete", "unknown")
        it.send("ping", payload={"sent": "back"})
        assert it.receive() == {"type": "pong", "payload": {"sent": "back"}}
        it.ask("subscription { ping }", "open")
        it.send("pong")
        it.send("ping")
        assert it.receive() == {"type": "pong"}


@pytest.mark.parametrize("protocol", [MODERN, LEGACY])
@pytest.mark.parametrize(
    "text",
    ["{", "[]", "7", "{}", '{"type":"what"}', '{"type":3}', '{"type":"subscribe","id":1}', ""],
)
def test_what_is_no_message_closes_4400(dial, protocol: str, text: str) -> None:
    with dial(protocol) as it:
        it.start()
        it.send_text(text)
        assert it.closed() == (4400, "Invalid message received")


def test_a_binary_message_closes_4400(dial) -> None:
    with dial() as it:
        it.send_text(b'{"type":"connection_init"}')
        assert it.closed()[0] == 4400


@pytest.mark.parametrize(
    "payload", [{"query": 3}, {"variables": {}}, {"query": "{a}", "variables": []}, [], "x"]
)
def test_a_subscribe_that_is_none_closes_4400(dial, payload) -> None:
    with dial() as it:
        it.start()
        it.send("subscribe", "1", payload)
        assert it.closed()[0] == 4400


@pytest.mark.parametrize("protocol", [MODERN, LEGACY])
def test_an_operation_before_the_acknowledgement_closes_4401(dial, protocol: str) -> None:
    with dial(protocol) as it:
        it.ask("{ getValue }")
        assert it.closed() == (4401, "Unauthorized")


def test_a_second_operation_of_one_id_closes_4409(dial) -> None:
    with dial() as it:
        it.start()
        it.ask("subscription { ping }", "same")
        it.ask("subscription { ping }", "same")
        assert it.closed() == (4409, "Subscriber for same already exists")


def test_a_second_initialisation_closes_4429(dial) -> None:
    with dial() as it:
        it.start()
        it.send("connection_init")
        assert it.closed() == (4429, "Too many initialisation requests")


def test_no_initialisation_closes_4408(dial) -> None:
    with dial(path="/hasty") as it:
        assert it.closed() == (4408, "Connection initialisation timeout")


@pytest.mark.parametrize("protocol", ["graphql-made-up", None])
def test_an_unknown_subprotocol_closes_4406(dial, protocol: str | None) -> None:
    with dial(None) as it:
        assert it.closed() == (4406, "Subprotocol not acceptable")


def test_the_first_subprotocol_that_is_known_is_spoken(shared_world: World) -> None:
    with graphql_socket(shared_world.url("/fixture"), MODERN) as it:
        assert it.connection.subprotocol == MODERN
    with graphql_socket(shared_world.url("/fixture"), LEGACY) as it:
        assert it.connection.subprotocol == LEGACY


def test_more_operations_than_allowed_are_refused(dial) -> None:
    with dial(path="/hasty") as it:
        it.start()
        for number in range(3):
            it.ask("subscription { ping }", str(number))
        event = it.receive()
        assert (event["type"], event["id"]) == ("error", "2")
        assert "limit is 2" in event["payload"][0]["message"]


def test_a_message_beyond_the_limit_closes_1009(dial) -> None:
    with dial(path="/hasty") as it:
        it.start()
        it.ask("{ getValue }" + " " * 5000)
        assert it.closed()[0] == 1009


def test_the_legacy_protocol(dial) -> None:
    with dial(LEGACY) as it:
        it.start()
        it.ask("subscription { many(count: 2) }", "n")
        for number in range(2):
            data = {"type": "data", "id": "n", "payload": {"data": {"many": number}}}
            assert it.receive() == data
        assert it.receive() == {"type": "complete", "id": "n"}
        it.ask("subscription { ping }", "p")
        it.send("stop", "p")
        assert it.receive() == {"type": "complete", "id": "p"}
        it.send("connection_terminate")
        assert it.closed()[0] == 1000


@pytest.mark.parametrize("protocol", [MODERN, LEGACY])
@pytest.mark.parametrize(
    ("payload", "code", "reason"),
    [
        (None, 4403, "Say please."),
        ({"Authorization": "Bearer no"}, 4403, "Say please."),
        ({"Authorization": "Bearer drop"}, 4500, "The authorization failed."),
        ({"headers": {"authorization": "Bearer break"}}, 4500, "The authorization failed."),
    ],
)
def test_who_is_refused_at_the_initialisation(
    dial, protocol: str, payload, code: int, reason: str
) -> None:
    with dial(protocol, "/closed") as it:
        it.send("connection_init", payload=payload)
        if protocol == LEGACY:
            assert it.receive() == {"type": "connection_error", "payload": {"message": reason}}
        assert it.closed() == (code, reason)


def test_who_is_let_in(dial) -> None:
    please = "Bearer please"
    for payload in ({"Authorization": please}, {"headers": {"AUTHORIZATION": please}}):
        with dial(path="/closed") as it:
            it.start(payload)
    given = {"Authorization": "Bearer please"}
    with dial(path="/closed", additional_headers=given) as it:
        it.start({"Authorization": "Bearer ignored, for the handshake has said it"})
        it.ask("{ getValue }")
        assert it.receive()["payload"] == {"data": {"getValue": "value"}}


def test_pages_of_other_sites_open_none(dial, shared_world: World) -> None:
    with pytest.raises(InvalidStatus) as refused:
        dial(origin="http://other.example").__enter__()
    assert refused.value.response.status_code == 403
    with dial(origin=shared_world.url("")) as it:
        it.start()


def test_sql_is_cancelled_when_the_socket_closes(dial, shared_world: World) -> None:
    with dial(path="/graphql") as it:
        it.start()
        it.ask("{ sleep(seconds: 60) { id } }")
        wait_until(lambda: shared_world.running() == "1", "the statement runs")
    wait_until(lambda: shared_world.running() == "0", "the statement is cancelled")


def test_a_client_that_does_not_read_is_not_written_for(dial, shared_world: World) -> None:
    with dial(max_queue=1, close_timeout=0.1) as it:
        it.start()
        it.connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        it.ask("subscription { endless }", "flood")
        before = resident_kib(shared_world)
        with dial() as other:
            other.start()
            for _ in range(200):
                other.ask("{ getValue }", "q")
                assert other.receive()["type"] == "next"
                assert other.receive()["type"] == "complete"
        assert resident_kib(shared_world) - before < 8 * 1024


def send_all(it, messages) -> None:
    for text in messages:
        it.send_text(text)


def resident_kib(shared_world: World) -> int:
    with open(f"/proc/{shared_world.process.pid}/status") as status:
        return int(status.read().split("VmRSS:")[1].split()[0])


def test_a_client_that_asks_without_reading_is_not_read(dial, shared_world: World) -> None:
    query = json.dumps({"query": "{ " + " ".join(f"a{n}: getValue" for n in range(400)) + " }"})
    message = '{"type":"subscribe","id":"%d","payload":' + query + "}"
    with dial(max_queue=1, close_timeout=0.1) as it:
        it.start()
        it.connection.socket.settimeout(1)
        before = resident_kib(shared_world)
        with pytest.raises(ConnectionClosed) as caught:
            send_all(it, (message % number for number in range(20_000)))
        assert isinstance(caught.value.__cause__, TimeoutError)
        assert resident_kib(shared_world) - before < 16 * 1024
