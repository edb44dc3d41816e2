"""Subscriptions that are channels of Redis: large events, many rounds, and who does not keep up."""

import contextlib
import socket
import threading

import pytest
from integration.apps.channel_world import channel_world, event, subscribed

from support.graphql_socket import GraphqlSocket, graphql_socket
from support.servers import wait_until


@pytest.fixture(scope="module")
def channels(tmp_path_factory):
    with channel_world(tmp_path_factory.mktemp("channels")) as world:
        yield world


def test_who_is_slow_loses_the_oldest_alone_and_is_told(channels) -> None:
    query, name, count = "subscription { texts(number: 4) }", "text:4:{x}", 4_000
    low = socket.socket()
    low.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    low.connect(channels.site.address)
    heard: list[dict] = []
    with (
        graphql_socket(channels.url, sock=low, max_queue=1, compression=None) as slow,
        channels.socket() as quick,
    ):
        slow.start()
        subscribed(slow, query)
        subscribed(quick, query)
        channels.until_listened(name)

        def read_all() -> None:
            for _ in range(count):
                heard.append(event(quick))

        reader = threading.Thread(target=read_all)
        reader.start()
        with channels.redis.client() as redis:
            for number in range(count):
                redis.command("PUBLISH", name, f"{number:08}" + "x" * 4_000)
                if number % 100 == 0:
                    wait_until(lambda sent=number: len(heard) >= sent - 100, "it is read")
        reader.join(60)
        assert [one["data"]["texts"][:8] for one in heard] == [f"{n:08}" for n in range(count)]
        assert not any("extensions" in one for one in heard)
        assert lost_before(slow, count) > 0


def lost_before(it: GraphqlSocket, last: int) -> int:
    """How many of the numbered messages before `last` were told to be lost; all others came."""
    expected = lost = 0
    while expected < last:
        one = event(it)
        gap = one.get("extensions", {}).get("gap", {"lost": 0, "interrupted": False})
        assert gap["interrupted"] is False
        lost += gap["lost"]
        expected += gap["lost"]
        assert one["data"]["texts"][:8] == f"{expected:08}"
        expected += 1
    return lost


def test_large_events_come_whole_to_many(channels) -> None:
    with contextlib.ExitStack() as opened:
        sockets = [opened.enter_context(channels.socket()) for _ in range(8)]
        for it in sockets:
            for id in ("a", "b"):
                subscribed(it, "subscription { texts(number: 2) }", id)
        channels.until_listened("text:2:{x}")
        for size in (10, 5_000, 300_000):
            channels.publish("text:2:{x}", "y" * size)
            for it in sockets:
                got = [it.receive() for _ in range(2)]
                assert {one["id"] for one in got} == {"a", "b"}
                assert all(one["payload"]["data"]["texts"] == "y" * size for one in got)


def test_many_rounds_leave_nothing(channels) -> None:
    def rounds(count: int) -> None:
        with channels.socket() as it:
            for number in range(count):
                it.ask('subscription { heard(room: "round") { text } }', str(number))
                it.send("complete", str(number))
            it.ask("{ asked }", "last")
            assert it.receive()["id"] == "last"

    rounds(1_000)
    channels.until_left()
    before, descriptors = channels.site.resident_kib(), channels.site.descriptors()
    rounds(10_000)
    channels.until_left()
    assert channels.site.resident_kib() - before < 6 * 1024
    assert channels.site.descriptors() <= descriptors + 2
