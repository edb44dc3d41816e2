"""Consumers of Django Channels for WebSockets, with Channels' own communicator, inside Puff."""

import asyncio
import importlib
import sys
from pathlib import Path
from types import ModuleType

import channels
import pytest
from apps import channels_facts
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection

from puff.asyncio_support import run_coroutine

# channels.testing imports Daphne, for tests with a server of its own; the communicator needs none.
testing = ModuleType("channels.testing")
testing.__path__ = [str(Path(channels.__path__[0]) / "testing")]
sys.modules.setdefault("channels.testing", testing)
WebsocketCommunicator = importlib.import_module("channels.testing.websocket").WebsocketCommunicator


@pytest.fixture(autouse=True, scope="module")
def tables():
    call_command("migrate", verbosity=0)
    connection.close()


@pytest.fixture(autouse=True)
def no_users(tables):
    User.objects.all().delete()
    connection.close()


async def connected(path):
    communicator = WebsocketCommunicator(channels_facts.asgi, path)
    accepted, _ = await communicator.connect(timeout=10)
    assert accepted
    return communicator


def test_a_message_reaches_all_of_a_group_after_its_user_is_stored():
    async def talk():
        first, second = await connected("/chat"), await connected("/chat")
        await first.send_json_to({"name": "ada"})
        told = [await each.receive_json_from(timeout=10) for each in (first, second)]
        await second.send_json_to({"name": "bob"})
        told += [await each.receive_json_from(timeout=10) for each in (first, second)]
        await first.disconnect(timeout=10)
        await second.disconnect(timeout=10)
        return told

    assert run_coroutine(talk()) == [["ada", 1], ["ada", 1], ["bob", 2], ["bob", 2]]
    assert sorted(User.objects.values_list("username", flat=True)) == ["ada", "bob"]


def test_a_synchronous_consumer_runs_on_a_greenlet():
    User.objects.create(username="ada")
    connection.close()

    async def talk():
        communicator = await connected("/synchronous")
        told = []
        for name in ("ada", "nobody"):
            await communicator.send_json_to(name)
            told.append(await communicator.receive_json_from(timeout=10))
        await communicator.disconnect(timeout=10)
        return told

    assert run_coroutine(talk()) == [[True, True, 7], [False, True, 7]]


def test_more_consumers_than_connections_all_get_their_turn():
    async def talk(name):
        communicator = await connected("/synchronous")
        await communicator.send_json_to(name)
        told = await communicator.receive_json_from(timeout=10)
        await communicator.disconnect(timeout=10)
        return told

    async def all_of_them():
        return await asyncio.gather(*[talk(f"user {n}") for n in range(40)])

    assert run_coroutine(all_of_them()) == [[False, True, 7]] * 40


def test_a_path_without_a_consumer_is_refused():
    async def talk():
        with pytest.raises(ValueError, match="No route found"):
            await WebsocketCommunicator(channels_facts.asgi, "/nothing").connect(timeout=10)

    run_coroutine(talk())
