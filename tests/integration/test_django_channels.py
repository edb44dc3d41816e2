"""Consumers of Django Channels, served; with Channels' own communicator they are in
test_channels.py."""

import contextlib
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from integration.apps.serving import served
from websockets.sync.client import connect

from support.clients import at_once
from support.servers import RedisServer, wait_until


@pytest.fixture(scope="module")
def sites(tmp_path_factory, postgres_server):
    """Two processes with one database, and one Redis through which their consumers talk."""
    postgres_server.query("CREATE DATABASE channels")
    folder = tmp_path_factory.mktemp("channels")
    with RedisServer(folder / "redis") as redis, contextlib.ExitStack() as serving:
        configuration = f"""
            asgi = "channels_facts.asgi"
            asyncio = true
            django = true
            [[postgres]]
            url = "{postgres_server.url_of("channels")}"
            pool_size = 3
            [[redis]]
            url = "{redis.url}"
        """
        both = [
            serving.enter_context(
                served(folder / name, configuration, CHANNELS_REDIS=redis.url + "/2")
            )
            for name in ("one", "other")
        ]
        migrate(both[0])
        yield both
        for site in both:
            print(site.process.output)
    postgres_server.query("DROP DATABASE channels WITH (FORCE)")


@pytest.fixture
def site(sites):
    return sites[0]


def migrate(site):
    assert site.post("/migrated", b"").text == "migrated"


def post(site, numbers):
    return json.loads(site.post("/numbers", json.dumps(numbers).encode()).text)


def test_a_consumer_asks_the_database_and_the_cache(site):
    assert post(site, [1, 2, 3]) == {"rows": [2, 3, 4], "cached": [2, 3, 4]}


def test_more_queries_at_once_than_connections_take_turns(site, postgres_server):
    answers = at_once([lambda: post(site, list(range(5)))["rows"] for _ in range(6)])
    assert answers == [[1, 2, 3, 4, 5]] * 6
    sessions = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'channels'"
    assert int(postgres_server.query(sessions)) <= 6
    in_use = sessions + " AND state <> 'idle'"
    wait_until(lambda: postgres_server.query(in_use) == "0", "no session in use")


def test_a_failing_query_is_an_error_of_the_server_and_harms_nobody(site):
    assert site.get("/failing").status == 500
    assert post(site, [1]) == {"rows": [2], "cached": [2]}


def test_views_of_django_stand_beside_consumers(site):
    assert site.get("/page").text == "a page of Django's, 8"


@contextlib.contextmanager
def opened(site, path):
    with connect(site.url.replace("http", "ws") + path, open_timeout=10) as socket:
        yield socket


def talk(socket, *messages):
    """The answer to each message."""
    told = []
    for message in messages:
        socket.send(json.dumps(message))
        told.append(json.loads(socket.recv(timeout=10)))
    return told


def test_a_message_reaches_the_sockets_of_every_process(sites):
    with contextlib.ExitStack() as all_:
        sockets = [all_.enter_context(opened(site, "/chat")) for site in sites * 2]
        for name, users in (("ada", 1), ("bob", 2), ("ada", 2)):
            sockets[0].send(json.dumps({"name": name}))
            told = [json.loads(socket.recv(timeout=10)) for socket in sockets]
            assert told == [[name, users]] * 4
    # Who has left is told nothing, and the others still are.
    with opened(sites[1], "/chat") as socket:
        assert talk(socket, {"name": "bob"}) == [["bob", 2]]


def test_a_synchronous_consumer_is_served_on_a_greenlet(site):
    with opened(site, "/synchronous") as socket:
        assert talk(socket, "nobody", "nobody") == [[False, True, 7]] * 2


def test_synchronous_functions_of_many_consumers_take_turns_and_leave_nothing(
    site, postgres_server
):
    def one(n):
        with opened(site, "/mixed") as socket:
            return talk(socket, [n, n + 1], [n])

    with ThreadPoolExecutor(20) as threads:
        told = list(threads.map(one, range(20)))
    assert told == [[[[2 * n, True], [2 * n + 2, True]], [[2 * n, True]]] for n in range(20)]
    in_use = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'channels' AND state <> 'idle'"
    wait_until(lambda: postgres_server.query(in_use) == "0", "no session in use")
