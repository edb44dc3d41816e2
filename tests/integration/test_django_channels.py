"""Consumers of Django Channels for HTTP, served; those for WebSockets are in test_channels.py."""

import json

import pytest
from integration.apps.serving import served

from support.clients import at_once
from support.servers import RedisServer, wait_until


@pytest.fixture(scope="module")
def site(tmp_path_factory, postgres_server):
    postgres_server.query("CREATE DATABASE channels")
    folder = tmp_path_factory.mktemp("channels")
    with RedisServer(folder / "redis") as redis:
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
        with served(folder, configuration) as served_site:
            yield served_site
            print(served_site.process.output)
    postgres_server.query("DROP DATABASE channels WITH (FORCE)")


def post(site, numbers):
    return json.loads(site.post("/numbers", json.dumps(numbers).encode()).text)


def test_a_consumer_asks_the_database_and_the_cache(site):
    assert post(site, [1, 2, 3]) == {"rows": [2, 3, 4], "cached": [2, 3, 4]}


def test_more_queries_at_once_than_connections_take_turns(site, postgres_server):
    answers = at_once([lambda: post(site, list(range(5)))["rows"] for _ in range(6)])
    assert answers == [[1, 2, 3, 4, 5]] * 6
    sessions = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'channels'"
    assert int(postgres_server.query(sessions)) <= 3
    in_use = sessions + " AND state <> 'idle'"
    wait_until(lambda: postgres_server.query(in_use) == "0", "no session in use")


def test_a_failing_query_is_an_error_of_the_server_and_harms_nobody(site):
    assert site.get("/failing").status == 500
    assert post(site, [1]) == {"rows": [2], "cached": [2]}


def test_views_of_django_stand_beside_consumers(site):
    assert site.get("/page").text == "a page of Django's, 8"
