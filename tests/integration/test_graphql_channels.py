"""Subscriptions that are channels of Redis: what is an event, who gets it, who may."""

import contextlib
import json

import httpx
import pytest
from integration.apps.channel_world import channel_world, event, subscribed
from integration.apps.serving import configure

from support.graphql_socket import LEGACY, MODERN
from support.puff_process import run_puff


@pytest.fixture(scope="module")
def channels(tmp_path_factory):
    with channel_world(tmp_path_factory.mktemp("channels")) as world:
        yield world


@pytest.mark.parametrize("protocol", [MODERN, LEGACY])
def test_each_message_is_an_event(channels, protocol: str) -> None:
    with channels.socket(protocol=protocol) as it:
        it.ask('subscription { heard(room: "tea") { author text likes } }')
        channels.until_listened("room:tea")
        channels.publish("room:tea", {"author": "me", "text": "hi"}, {"author": "a", "text": "b"})
        assert event(it) == {"data": {"heard": {"author": "me", "text": "hi", "likes": None}}}
        assert event(it)["data"]["heard"]["text"] == "b"
    channels.until_left()


def test_a_text_is_the_message_and_a_number_its_json(channels) -> None:
    with channels.socket() as it:
        it.ask("subscription { texts(number: 7) }", "t")
        it.ask("subscription { numbers }", "n")
        channels.until_listened("text:7:{x}")
        channels.until_listened("numbers")
        channels.publish("text:7:{x}", '{"a": "ü"}', b"\xff")
        assert event(it, "t")["data"] == {"texts": '{"a": "ü"}'}
        assert event(it, "t")["data"] == {"texts": "�"}
        channels.publish("numbers", "42", "null")
        assert event(it, "n")["data"] == {"numbers": 42}
        assert event(it, "n")["data"] == {"numbers": None}


def test_a_message_that_does_not_fit_is_an_error_and_the_stream_goes_on(channels) -> None:
    with channels.socket() as it:
        it.ask('subscription { heard(room: "bad") { author likes } }')
        channels.until_listened("room:bad")
        channels.publish("room:bad", "no json", {"author": "a", "likes": "many"}, {"author": "b"})
        wrong = event(it)
        assert wrong["data"] is None
        assert "no JSON" in wrong["errors"][0]["message"]
        wrong = event(it)
        assert wrong["data"] == {"heard": {"author": "a", "likes": None}}
        assert wrong["errors"][0]["path"] == ["heard", "likes"]
        assert event(it) == {"data": {"heard": {"author": "b", "likes": None}}}


def test_statements_and_methods_below_an_event(channels) -> None:
    with channels.socket("ann") as it:
        it.ask('subscription { heard(room: "x") { text shout for_whom price { cents } } }', "m")
        it.ask('subscription { heard(room: "x") { price { item cents } } }', "s")
        channels.until_listened("room:x")
        channels.publish("room:x", {"author": "a", "text": "tea"})
        got = {message["id"]: message["payload"] for message in (it.receive(), it.receive())}
        assert got["m"]["data"]["heard"] == {
            "text": "tea",
            "shout": "TEA",
            "for_whom": "ann",
            "price": {"cents": 300},
        }
        assert got["s"]["data"] == {"heard": {"price": {"item": "tea", "cents": 300}}}


def test_equal_subscriptions_are_executed_once_a_message(channels) -> None:
    with contextlib.ExitStack() as opened:
        sockets = [opened.enter_context(channels.socket(who)) for who in ("ann", "bob", None)]
        for it in sockets:
            subscribed(it, 'subscription { heard(room: "once") { text execution } }')
        channels.until_listened("room:once")
        for text in ("a", "b", "c"):
            channels.publish("room:once", {"author": "a", "text": text})
        numbers = []
        for it in sockets:
            got = [event(it)["data"]["heard"] for _ in range(3)]
            assert [one["text"] for one in got] == ["a", "b", "c"]
            numbers.append([one["execution"] for one in got])
        assert numbers[0] == numbers[1] == numbers[2]
        assert len(set(numbers[0])) == 3


def test_other_arguments_are_another_group(channels) -> None:
    query = "subscription ($r: String!) { heard(room: $r) { text execution } }"
    with channels.socket() as a, channels.socket() as b:
        subscribed(a, query, variables={"r": "a"})
        subscribed(b, query, variables={"r": "b"})
        for room in ("a", "b"):
            channels.until_listened(f"room:{room}")
            channels.publish(f"room:{room}", {"author": "x", "text": room})
        assert event(a)["data"]["heard"]["text"] == "a"
        assert event(b)["data"]["heard"]["text"] == "b"


def test_what_knows_the_client_is_never_shared(channels) -> None:
    query = 'subscription { heard(room: "mine") { text for_whom secret } }'
    with channels.socket("ann") as ann, channels.socket("guest") as guest, channels.socket() as nil:
        for it in (ann, guest, nil):
            subscribed(it, query)
        channels.until_listened("room:mine")
        for text in ("one", "two"):
            channels.publish("room:mine", {"author": "a", "text": text})
            mine = {"text": text, "for_whom": "ann", "secret": f"{text} for ann"}
            assert event(ann) == {"data": {"heard": mine}}
            refused = event(guest)
            assert refused["data"] is None
            assert refused["errors"][0]["path"] == ["heard", "secret"]
            assert event(nil)["data"]["heard"]["secret"] == f"{text} for None"


def test_who_may_is_asked_of_each_who_subscribes(channels) -> None:
    with channels.socket("ann") as ann, channels.socket("guest") as guest:
        ann.ask("subscription { private }")
        channels.until_listened("private")
        before = channels.ask("{ asked }")["asked"]
        guest.ask("subscription { private }")
        refused = guest.receive()
        assert (refused["type"], refused["payload"][0]["path"]) == ("error", ["private"])
        channels.publish("private", "for ann")
        assert event(ann) == {"data": {"private": "for ann"}}
        assert channels.ask("{ asked }")["asked"] == [*before, "guest"]


def test_a_subscription_ends_with_its_authorization(channels) -> None:
    query = "subscription { texts(number: 3) }"
    with channels.socket("visitor") as visitor, channels.socket() as other:
        subscribed(other, query)
        subscribed(visitor, query)
        channels.until_listened("text:3:{x}")
        channels.publish("text:3:{x}", "hello")
        assert event(visitor) == event(other) == {"data": {"texts": "hello"}}
        assert visitor.closed() == (4403, "The authorization has expired.")
        channels.publish("text:3:{x}", "still here")
        assert event(other) == {"data": {"texts": "still here"}}
    channels.until_left()


def test_as_a_stream_of_events(channels) -> None:
    body = {"query": "subscription { texts(number: 1) }"}
    accept = {"Accept": "text/event-stream"}
    with httpx.stream("POST", channels.url, json=body, headers=accept, timeout=20) as stream:
        channels.until_listened("text:1:{x}")
        channels.publish("text:1:{x}", "one", "x" * 10_000)
        lines = (line for line in stream.iter_lines() if line and not line.startswith(":"))
        assert [next(lines) for _ in range(2)] == ["event: next", 'data: {"data":{"texts":"one"}}']
        assert next(lines) == "event: next"
        assert json.loads(next(lines).removeprefix("data: ")) == {"data": {"texts": "x" * 10_000}}
    channels.until_left()


def test_a_channel_of_no_pool_is_told_at_the_start(tmp_path) -> None:
    table = '[[graphql]]\nschema = "graphql_channels.Schema"\nurl = "/graphql/"\n'
    configure(tmp_path, f"asyncio = true\n{table}")
    done = run_puff(["serve", "--bind", "127.0.0.1:0"], tmp_path)
    assert done.returncode != 0
    assert "Subscription.heard listens to the [[pubsub]] pool 'default'" in done.stderr
