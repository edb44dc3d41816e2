"""Subscriptions from generators, as a program inside of Puff has them."""

import pytest
from integration.test_graphql_served import settings

from support.puff_process import run_puff

__all__ = ["settings"]

TESTS = """
import gc
import json

import pytest
from puff import global_graphql, graphql, sleep_ms
from puff.asyncio_support import run_coroutine

gql = global_graphql


def until_closed(name):
    for _ in range(1000):
        if name in gql.query("{ closed }")["data"]["closed"]:
            return True
        sleep_ms(5)
    return False


def test_events_of_a_generator():
    stream = gql.subscribe("subscription { ticks(count: 2) { number label } }")
    assert stream.receive() == ("ticks", {"data": {"number": 0, "label": "tick 0"}})
    assert stream.receive() == ("ticks", {"data": {"number": 1, "label": "tick 1"}})
    assert stream.receive() is None
    assert stream.receive() is None


def test_defect_12_events_of_an_asynchronous_generator():
    with gql.subscribe("subscription { n: later(count: 3) }") as stream:
        assert [value for value in stream] == [("n", {"data": n}) for n in range(3)]


def test_in_a_coroutine():
    async def run():
        async with await gql.subscribe("subscription { later(count: 2) }") as stream:
            return [event async for event in stream]

    assert run_coroutine(run()) == [("later", {"data": 0}), ("later", {"data": 1})]


@pytest.mark.parametrize("field", ["endless", "waits", "waits_later"])
def test_a_closed_subscription_runs_finally(field):
    stream = gql.subscribe(f'subscription {{ {field}(name: "{field}") }}')
    assert stream.receive() == (field, {"data": 0})
    stream.close()
    assert stream.receive() is None
    assert until_closed(field)


def test_a_forgotten_subscription_is_closed():
    stream = gql.subscribe('subscription { waits(name: "forgotten") }')
    assert stream.receive() == ("waits", {"data": 0})
    del stream
    gc.collect()
    assert until_closed("forgotten")


def test_a_generator_waits_for_its_reader():
    with gql.subscribe('subscription { endless(name: "slow reader") }') as stream:
        sleep_ms(30)
        assert [stream.receive()[1]["data"] for _ in range(5)] == [0, 1, 2, 3, 4]


def test_an_error_ends_it():
    stream = gql.subscribe("subscription { breaks }")
    assert stream.receive() == ("breaks", {"data": 1})
    field, last = stream.receive()
    assert last["errors"][0]["message"] == "broken"
    assert stream.receive() is None


def test_a_refused_subscription():
    with pytest.raises(graphql.GraphQLError, match="no events for you"):
        gql.subscribe("subscription { refused }")
    with pytest.raises(graphql.GraphQLError, match="you may not"):
        gql.subscribe("subscription { ticks { number } }", auth_token="bad")
    with pytest.raises(graphql.GraphQLError, match="Cannot query field"):
        gql.subscribe("subscription { nothing }")
"""


@pytest.mark.usefixtures("settings")
def test_subscriptions_inside_puff(project):
    project.write("test_events.py", TESTS)
    options = ["-q", "-c", "/dev/null", "--noconftest", "-p", "no:cacheprovider"]
    done = run_puff(["pytest", *options, "test_events.py"], cwd=project.folder, timeout=60)
    print(done.stdout, done.stderr)
    assert done.returncode == 0
    assert "10 passed" in done.stdout
