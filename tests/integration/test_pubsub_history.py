"""History and presence of channels, as a program sees them. Runs inside Puff (`puff pytest`)."""

import contextlib
import itertools
import os
import time

import pytest
from worlds import on_asyncio

import puff
from puff.pubsub import EVERYTHING, Gap, global_pubsub
from puff.redis import global_redis

numbers = itertools.count()


@pytest.fixture
def channel():
    return f"test-history:{os.getpid()}:{next(numbers)}"


@pytest.fixture
def room():
    with global_pubsub.connection() as connection:
        yield connection


def texts(messages):
    return [message.text for message in messages]


def test_what_is_kept_has_a_position(room, channel):
    room.subscribe(channel)
    assert room.publish(channel, "kept", keep=10) is True
    room.publish(channel, "gone")
    kept, gone = room.receive(), room.receive()
    assert (kept.text, kept.from_connection_id) == ("kept", room.who_am_i())
    assert kept.position.endswith("-1")
    assert gone.position is None


def test_history_has_the_newest_in_order(room, channel):
    assert global_pubsub.history(channel) == []
    for number in range(10):
        room.publish(channel, str(number), keep=5)
    assert texts(global_pubsub.history(channel)) == ["5", "6", "7", "8", "9"]
    assert texts(global_pubsub.history(channel, count=2)) == ["8", "9"]
    since = global_pubsub.history(channel)[2].position
    assert texts(global_pubsub.history(channel, since=since)) == ["8", "9"]


def test_bytes_and_json_are_kept_too(room, channel):
    room.publish_bytes(channel, b"\x00\xff\r\n", keep=5)
    room.publish_json(channel, {"a": 1}, keep=5)
    global_pubsub.publish_bytes_as("me", channel, b"x", keep=5, keep_for_ms=60_000)
    kept = global_pubsub.history(channel)
    assert kept[0].body == b"\x00\xff\r\n"
    assert kept[1].json() == {"a": 1}
    assert [m.from_connection_id for m in kept] == [room.who_am_i(), room.who_am_i(), "me"]


def test_who_comes_back_gets_what_it_missed(room, channel):
    with global_pubsub.connection() as first:
        first.subscribe(channel)
        room.publish(channel, "1", keep=10)
        position = first.receive().position
    room.publish(channel, "2", keep=10)
    room.publish(channel, "3", keep=10)
    assert room.subscribe(channel, since=position) is True
    room.publish(channel, "4", keep=10)
    got = [room.receive() for _ in range(3)]
    assert texts(got) == ["2", "3", "4"]
    assert [m.gap for m in got] == [None, None, None]


def test_who_missed_too_much_is_told(room, channel):
    room.publish(channel, "1", keep=2)
    position = global_pubsub.history(channel)[0].position
    for text in "234":
        room.publish(channel, text, keep=2)
    room.subscribe(channel, since=position)
    first = room.receive()
    assert (first.text, first.gap.interrupted) == ("3", True)
    assert room.receive().gap is None


def test_a_history_that_began_anew_is_told(room, channel):
    room.publish(channel, "old", keep=2)
    position = global_pubsub.history(channel)[0].position
    global_redis.delete(f"puff:pubsub:{{{channel}}}:h")
    room.publish(channel, "new", keep=2)
    room.subscribe(channel, since=position)
    first = room.receive()
    assert (first.text, first.gap.interrupted) == ("new", True)


def test_everything_is_a_position_too(room, channel):
    room.publish(channel, "1", keep=10)
    room.subscribe(channel, since=EVERYTHING)
    message = room.receive()
    assert (message.text, message.gap) == ("1", None)


def test_a_history_ends_after_its_time(room, channel):
    room.publish(channel, "1", keep=10, keep_for_ms=1)
    until = time.monotonic() + 5
    while global_pubsub.history(channel):
        assert time.monotonic() < until
        puff.sleep_ms(1)


def test_what_was_missed_while_the_reader_was_away_comes_by_itself(channel):
    with global_pubsub.connection(report_gaps=True) as room:
        room.subscribe(channel)
        for number in range(200):
            room.publish(channel, str(number), keep=1000)
            if number in (50, 100, 150):
                global_redis.command(["CLIENT", "KILL", "TYPE", "pubsub"])
        got = [room.receive(timeout_ms=10_000) for _ in range(200)]
        assert not [g for g in got if isinstance(g, Gap)]
        assert texts(got) == [str(number) for number in range(200)]


def test_asyncio_has_it_all(channel):
    async def conversation():
        async with global_pubsub.connection() as room:
            await room.publish(channel, "1", keep=10)
            await room.subscribe(channel, since=EVERYTHING)
            text = (await room.receive()).text
            await room.enter(channel, {"name": "Ann"})
            there = await global_pubsub.presence(channel)
            await room.leave(channel)
            kept = await global_pubsub.history(channel)
            return text, list(there.values()), texts(kept), await global_pubsub.presence(channel)

    assert on_asyncio(conversation) == ("1", [{"name": "Ann"}], ["1"], {})


def test_mistakes_of_history_are_named(room, channel):
    with pytest.raises(ValueError, match="no position"):
        room.subscribe(channel, since="x")
    with pytest.raises(ValueError, match="no position"):
        global_pubsub.history(channel, since="x")
    with pytest.raises(ValueError, match="keep"):
        room.publish(channel, "x", keep=-1)
    with pytest.raises(ValueError, match="keep_for_ms"):
        room.publish(channel, "x", keep=1, keep_for_ms=0)
    with pytest.raises(ValueError, match="count"):
        global_pubsub.history(channel, count=0)
    room.subscribe(channel)
    with pytest.raises(ValueError, match="already"):
        room.subscribe(channel, since=EVERYTHING)


def wait_until_nobody_is_in(channel):
    until = time.monotonic() + 5
    while global_pubsub.presence(channel):
        assert time.monotonic() < until
        puff.sleep_ms(1)


def test_who_enters_is_present(room, channel):
    with global_pubsub.connection_with_id("you") as other:
        assert room.enter(channel, {"name": "Ann", "x": [1, None, "ü"]}) is True
        assert other.enter(channel) is True
        mine = {"name": "Ann", "x": [1, None, "ü"]}
        assert global_pubsub.presence(channel) == {room.who_am_i(): mine, "you": None}
        assert room.leave(channel) is True
        assert room.leave(channel) is False
        assert global_pubsub.presence(channel) == {"you": None}
    wait_until_nobody_is_in(channel)


def test_a_forgotten_connection_is_not_present(channel):
    room = global_pubsub.connection()
    room.enter(channel)
    assert list(global_pubsub.presence(channel)) == [room.who_am_i()]
    del room
    wait_until_nobody_is_in(channel)


def test_coming_and_going_can_be_heard(room, channel):
    room.subscribe(f"{channel}#presence")
    with global_pubsub.connection_with_id('y"ou') as other:
        other.enter(channel, 1, announce=True)
        other.enter(channel, 2, announce=True)
    events = [room.receive(timeout_ms=5000).json() for _ in range(2)]
    assert events == [
        {"event": "join", "connection_id": 'y"ou', "info": 1},
        {"event": "leave", "connection_id": 'y"ou', "info": 2},
    ]


def test_a_lease_that_is_over_ends_presence(room, channel):
    room.enter(channel)
    global_redis.zadd(f"puff:pubsub:{{{channel}}}:p", {room.who_am_i(): 1})
    assert global_pubsub.presence(channel) == {}


def test_rounds_of_subscribing_leave_nothing(channel):
    def clients_of_the_channel():
        return global_redis.command(["PUBSUB", "NUMSUB", channel])[1]

    def resident():
        with open("/proc/self/statm") as of:
            return int(of.read().split()[1]) * 4

    def rounds(count):
        for number in range(count):
            with contextlib.closing(global_pubsub.connection()) as room:
                room.subscribe(channel, since=EVERYTHING if number % 2 else None)

    global_pubsub.publish_as("me", channel, "x", keep=1)
    rounds(1_000)
    before = resident()
    rounds(9_000)
    assert resident() - before < 4_096
    until = time.monotonic() + 5
    while clients_of_the_channel():
        assert time.monotonic() < until
        puff.sleep_ms(1)
