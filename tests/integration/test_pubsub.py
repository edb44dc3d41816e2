"""puff.pubsub as a program sees it. Runs inside Puff (`puff pytest`), against the default pool."""

import asyncio
import itertools
import json
import os
import time

import pytest
from worlds import on_asyncio

import puff
from puff.pubsub import Gap, global_pubsub, named_client
from puff.redis import global_redis

numbers = itertools.count()


@pytest.fixture
def channel():
    return f"test-pubsub:{os.getpid()}:{next(numbers)}"


@pytest.fixture
def room():
    with global_pubsub.connection() as connection:
        yield connection


def wait_until(reached):
    give_up = time.monotonic() + 5
    while not reached():
        assert time.monotonic() < give_up
        puff.sleep_ms(1)


def readers():
    """The connections of Redis that have subscribed to something."""
    clients = global_redis.command(["CLIENT", "LIST", "TYPE", "pubsub"])
    return clients.decode().splitlines()


def test_a_message_has_all_its_parts(room, channel):
    assert room.subscribe(channel) is True
    assert room.publish(channel, "grüße") is True
    message = room.receive()
    assert message.text == "grüße"
    assert message.body == "grüße".encode()
    assert message.channel == channel
    assert message.from_connection_id == room.who_am_i()
    assert message.pattern is None
    assert message.gap is None
    assert channel in repr(message)


def test_bytes_and_json(room, channel):
    room.subscribe(channel)
    room.publish_bytes(channel, b"\x00\xff\r\n")
    room.publish_json(channel, {"a": [1, None, "ü"]})
    assert room.receive().body == b"\x00\xff\r\n"
    assert room.receive().json() == {"a": [1, None, "ü"]}


def test_text_that_is_not_utf8_is_an_error_of_text_alone(room, channel):
    room.subscribe(channel)
    room.publish_bytes(channel, b"\xff")
    message = room.receive()
    with pytest.raises(UnicodeDecodeError):
        _ = message.text
    with pytest.raises(UnicodeDecodeError):
        message.json()
    assert message.body == b"\xff"


def test_the_global_client_is_called_or_not():
    assert global_pubsub() is global_pubsub
    assert puff.global_pubsub is global_pubsub
    assert puff.rust_objects.global_pubsub_getter() is global_pubsub


def test_connections_have_names_of_their_own():
    ids = {global_pubsub.new_connection_id() for _ in range(100)}
    assert len(ids) == 100
    with global_pubsub.connection_with_id("me") as me:
        assert me.who_am_i() == "me"


def test_publish_as_needs_no_connection(room, channel):
    room.subscribe(channel)
    assert global_pubsub.publish_as("me", channel, "1") is True
    assert global_pubsub.publish_bytes_as("me", channel, b"2") is True
    assert global_pubsub.publish_json_as("me", channel, 3) is True
    got = [room.receive() for _ in range(3)]
    assert [(m.text, m.from_connection_id) for m in got] == [("1", "me"), ("2", "me"), ("3", "me")]


def test_a_strangers_message_has_no_sender(room, channel):
    room.subscribe(channel)
    assert global_redis.publish(channel, b"plain \x00 bytes") == 1
    message = room.receive()
    assert message.body == b"plain \x00 bytes"
    assert message.from_connection_id == ""


def test_patterns(room, channel):
    assert room.psubscribe(f"{channel}:*") is True
    room.publish(f"{channel}:x", "1")
    message = room.receive()
    assert (message.channel, message.pattern) == (f"{channel}:x", f"{channel}:*")
    assert room.punsubscribe(f"{channel}:*") is True
    assert room.punsubscribe(f"{channel}:*") is False


def test_shard_channels(room, channel):
    assert room.ssubscribe(channel) is True
    assert global_pubsub.spublish_as("me", channel, "1") is True
    assert room.receive().text == "1"
    assert room.sunsubscribe(channel) is True


def test_nothing_comes_after_unsubscribing(room, channel):
    room.subscribe(channel)
    room.publish(channel, "before")
    assert room.unsubscribe(channel) is True
    assert room.unsubscribe(channel) is False
    assert global_redis.publish(channel, "after") == 0
    assert room.receive().text == "before"
    with pytest.raises(TimeoutError):
        room.receive(timeout_ms=20)


def test_receive_lets_other_greenlets_run(room, channel):
    room.subscribe(channel)
    waits = puff.spawn(room.receive)
    assert not waits.finished
    room.publish(channel, "now")
    assert waits.join().text == "now"


def test_one_waits_at_a_time(room, channel):
    room.subscribe(channel)
    waits = puff.spawn(room.receive)
    puff.sleep_ms(0)
    with pytest.raises(RuntimeError, match="somebody else"):
        room.receive()
    room.publish(channel, "x")
    assert waits.join().text == "x"


def test_a_cancelled_wait_loses_nothing(room, channel):
    room.subscribe(channel)
    waits = puff.spawn(room.receive)
    puff.sleep_ms(0)
    waits.cancel()
    with pytest.raises(puff.Cancelled):
        waits.join()
    room.publish(channel, "kept")
    assert room.receive(timeout_ms=5000).text == "kept"


def test_close_ends_who_waits(room, channel):
    room.subscribe(channel)
    waits = puff.spawn(room.receive)
    puff.sleep_ms(0)
    room.close()
    assert waits.join() is None
    assert room.closed
    assert list(room) == []
    with pytest.raises(puff.Unavailable):
        room.subscribe(channel)


def test_iteration_in_a_greenlet(room, channel):
    room.subscribe(channel)
    for number in range(300):
        room.publish(channel, str(number))
    heard = [message.text for _, message in zip(range(300), room, strict=False)]
    assert heard == [str(number) for number in range(300)]


def test_asyncio_awaits_everything(channel):
    async def conversation():
        async with global_pubsub.connection() as room:
            assert await room.subscribe(channel) is True
            waits = asyncio.ensure_future(room.receive())
            await asyncio.sleep(0)
            assert not waits.done()
            assert await room.publish(channel, "1") is True
            first = (await waits).text
            await global_pubsub.publish_as("", channel, "2")
            second = (await room.receive()).text
            heard = [first, second]
            for number in range(300):
                await room.publish(channel, str(number))
            async for message in room:
                heard.append(message.text)
                if message.text == "299":
                    room.close()
            return heard

    assert on_asyncio(conversation) == ["1", "2", *map(str, range(300))]


def test_asyncio_can_give_up_waiting(channel):
    async def conversation():
        async with global_pubsub.connection() as room:
            await room.subscribe(channel)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(room.receive(), 0.02)
            with pytest.raises(TimeoutError):
                await room.receive(timeout_ms=20)
            await room.publish(channel, "kept")
            return (await room.receive()).text

    assert on_asyncio(conversation) == "kept"


def test_greenlets_and_tasks_talk(room, channel):
    room.subscribe(channel)

    async def publish():
        await global_pubsub.publish_as("task", channel, "hello")

    on_asyncio(publish)
    assert room.receive().from_connection_id == "task"


def test_elsewhere_waiting_is_refused(room, channel):
    call = puff.blocking(lambda: room.subscribe(channel))
    with pytest.raises(RuntimeError, match="subscribe"):
        call()


def test_many_subscribers_share_one_reader(channel):
    rooms = [global_pubsub.connection() for _ in range(100)]
    for each in rooms:
        assert each.subscribe(channel)
    assert global_redis.publish(channel, "x") == 1
    assert {each.receive().text for each in rooms} == {"x"}
    assert len(readers()) == 1
    for each in rooms:
        each.close()


def test_a_forgotten_connection_leaves(channel):
    room = global_pubsub.connection()
    room.subscribe(channel)
    assert global_redis.publish(channel, "x") == 1
    del room
    wait_until(lambda: global_redis.publish(channel, "x") == 0)


def test_a_slow_subscriber_is_bounded_and_told(channel):
    with global_pubsub.connection(max_messages=10) as room:
        room.subscribe(channel)
        for number in range(50):
            room.publish(channel, str(number))
        wait_until(lambda: room.lost == 40)
        assert room.waiting == 10
        first = room.receive()
        assert (first.text, first.gap.lost, first.gap.interrupted) == ("40", 40, False)
        assert room.receive().gap is None


def test_bursts_arrive_whole_and_in_order(channel):
    count = 20_000
    with global_pubsub.connection(max_messages=count) as room:
        room.subscribe(channel)
        with global_redis.pipeline() as pipe:
            for number in range(count):
                pipe.publish(channel, number)
            pipe.execute()
        assert [int(room.receive().body) for _ in range(count)] == list(range(count))


def test_a_lost_connection_is_a_gap_and_the_stream_goes_on(channel):
    with (
        global_pubsub.connection() as quiet,
        global_pubsub.connection(report_gaps=True) as told,
    ):
        quiet.subscribe(channel)
        told.subscribe(channel)
        assert global_redis.command(["CLIENT", "KILL", "TYPE", "pubsub"]) >= 1
        gap = told.receive(timeout_ms=5000)
        assert isinstance(gap, Gap)
        assert gap.interrupted
        with global_pubsub.connection() as probe:  # confirmed after all the others
            assert probe.subscribe(f"{channel}:probe")
        quiet.publish(channel, "after")
        assert told.receive(timeout_ms=5000).gap is None
        message = quiet.receive(timeout_ms=5000)
        assert (message.text, message.gap.interrupted) == ("after", True)


def test_mistakes_are_named(room, channel):
    with pytest.raises(LookupError, match="nowhere"):
        named_client("nowhere").connection()
    with pytest.raises(LookupError, match="nowhere"):
        named_client("nowhere").publish_as("me", channel, "x")
    with pytest.raises(TypeError):
        room.publish(channel, b"bytes")
    with pytest.raises(ValueError, match="empty"):
        room.publish("", "x")
    with pytest.raises(ValueError, match="NUL"):
        global_pubsub.publish_as("a\0b", channel, "x")
    with pytest.raises(ValueError, match="empty"):
        room.subscribe("")
    with pytest.raises(ValueError, match="at least 1"):
        global_pubsub.connection(max_messages=0)
    assert json.dumps(room.waiting) == "0"
