"""Actors as a user meets them: nodes that find each other over Redis, each a process of its own."""

import itertools
import json
import signal
import threading
import time

import pytest

from support.nodes import LEASE, World
from support.puff_process import run_puff
from support.servers import wait_until


@pytest.fixture
def world(puff, project, redis_server):
    return World(puff, project, redis_server)


@pytest.fixture
def three(world):
    nodes = world.start("a", "b", "c")
    keys = itertools.count(10_000)

    def homes():
        return {nodes[0].do(f'Counter.ref({next(keys)}).ask("where")') for _ in range(6)}

    wait_until(lambda: homes() == {"a", "b", "c"}, "all of them keep actors")
    return nodes


def test_actors_are_spread_and_each_lives_once(world, three):
    a, b, _ = three
    homes = {key: a.do(f'Counter.ref({key}).ask("where")') for key in range(12)}
    assert set(homes.values()) == {"a", "b", "c"}
    for key, home in homes.items():
        assert b.do(f'Counter.ref({key}).ask("where")') == home
        assert [n.do(f'Counter.ref({key}).ask("add")') for n in three] == [1, 2, 3]


def test_an_ask_carries_arguments_and_failures_both_ways(world, three):
    a, b, _ = three
    key = world.key_on(a, b)
    assert a.do(f'Counter.ref({key}).ask("echo", 1, "ä", x=[None])') == [[1, "ä"], {"x": [None]}]
    assert a.do(f'Counter.ref({key}).ask("data", b"abc") == b"cba"') is True
    assert a.do(f'Counter.ref({key}).ask("add_later", 5)') == 5
    for node in (a, b):  # the same from far and near
        failed = node.fails(f'Counter.ref({key}).ask("fail", "no")')
        assert failed["type"] == "ActorFailed"
        assert failed["kind"] == "actor_console.Odd"
        assert failed["text"] == "actor_console.Odd: no"
        assert "raise Odd(text)" in failed["remote"]
        assert node.fails(f'Counter.ref({key}).ask("_secret")')["kind"] == "AttributeError"
    assert a.fails(f'Counter.ref({key}).ask("odd_value")')["kind"] == "TypeError"
    assert a.fails('ref("nobody").ask("x")')["type"] == "LookupError"
    assert (
        a.fails(f'Counter.ref({key}).ask("sleep", 2000, timeout_ms=50)')["type"] == "TimeoutError"
    )
    assert (
        b.fails(f'Counter.ref({key}).ask("sleep", 2000, timeout_ms=50)')["type"] == "TimeoutError"
    )


def test_one_message_at_a_time(world, three):
    a, b, _ = three
    for key in (world.key_on(a, a), world.key_on(a, b)):
        call = (
            f'__import__("puff").join_all([__import__("puff").spawn('
            f'Counter.ref({key}).ask, "overlap") for _ in range(20)])'
        )
        assert a.do(call) == [1] * 20
        assert sorted(a.do(f'many("Counter/{key}", 50)')) == list(range(1, 51))


def test_a_named_actor_is_found_from_other_nodes(world, three):
    a, b, _ = three
    b.do('spawn(Plain, "Hello", name="greeter") and None')
    wait_until(lambda: "value" in a.ask('ref("greeter").ask("greet", "Ada")'), "it is announced")
    assert a.do('ref("greeter").ask("greet", "Ada")') == "Hello, Ada, from b"
    assert a.do('ref("greeter", "b").ask("greet", "Ada")') == "Hello, Ada, from b"
    assert a.fails('ref("greeter", "c").ask("greet", "Ada")')["type"] == "LookupError"
    private = b.do('repr(spawn(Plain, "Hi"))')
    name = private.removeprefix("<Ref ").removesuffix("@b>")
    assert a.do(f'ref("{name}", "b").ask("greet", "Bo")') == "Hi, Bo, from b"
    b.do('ref("greeter").stop()')
    assert b.fails('ref("greeter").ask("greet", "Ada")')["type"] == "LookupError"


def test_a_killed_node_fails_its_asks_early_and_its_actors_move_with_their_state(world, three):
    a, b, _ = three
    key = world.key_on(a, b)
    assert a.do(f'Counter.ref({key}).ask("add", 41)') == 41
    before = a.do(f'Counter.ref({key}).ask("token")')
    a.do(f'watched("Counter/{key}")')
    began = time.monotonic()
    failed = []
    asking = threading.Thread(
        target=lambda: failed.append(
            a.ask(f'Counter.ref({key}).ask("sleep", 60000, timeout_ms=60000)', timeout=60)
        )
    )
    asking.start()
    wait_until(lambda: world.notes("asleep"), "the ask runs")
    b.kill()
    asking.join(30)
    took = time.monotonic() - began
    assert failed[0]["type"] == "Unavailable", failed
    assert took < 3 * LEASE
    assert a.do(f'Counter.ref({key}).ask("add")') == 42
    assert a.do(f'Counter.ref({key}).ask("where")') in ("a", "c")
    assert a.do(f'Counter.ref({key}).ask("token")') > before
    wait_until(lambda: world.notes("ended"), "the watch is told")


def test_a_frozen_node_is_fenced(world, three):
    a, b, _ = three
    key = world.key_on(a, b)
    assert a.do(f'Counter.ref({key}).ask("add", 5)') == 5
    b.process.send_signal(signal.SIGSTOP)
    wait_until(
        lambda: (
            a.ask(f'Counter.ref({key}).ask("where", timeout_ms=500)').get("value") in ("a", "c")
        ),
        "it moves",
        seconds=4 * LEASE,
    )
    assert a.do(f'Counter.ref({key}).ask("add")') == 6
    b.process.send_signal(signal.SIGCONT)
    wait_until(
        lambda: b.ask(f'Counter.ref({key}).ask("add", 0)').get("value") == 6,
        "it asks the one that lives",
    )
    assert a.do(f'Counter.ref({key}).ask("add")') == 7


def test_a_singleton_lives_once_and_moves(world, three):
    a, _, _ = three
    wait_until(lambda: world.notes("beat"), "it lives without being asked")
    home, count = a.do('Clock.ref().ask("where")')
    assert [n.do('Clock.ref().ask("where")')[0] for n in three] == [home] * 3
    world.nodes[home].kill()
    left = next(n for n in three if n.name != home)
    wait_until(
        lambda: "value" in left.ask('Clock.ref().ask("where", timeout_ms=500)'),
        "it moves",
        seconds=4 * LEASE,
    )
    place, later = left.do('Clock.ref().ask("where")')
    assert place != home
    assert later > count + 3
    assert_never_two(world.notes("beat"))


def assert_never_two(beats):
    """By token: all that one activation did was over before the next one began."""
    times = {}
    for _, _, token, when in beats:
        first, last = times.get(int(token), (float(when), float(when)))
        times[int(token)] = (min(first, float(when)), max(last, float(when)))
    ordered = [times[token] for token in sorted(times)]
    for (_, last), (first, _) in itertools.pairwise(ordered):
        assert last < first, times


def test_a_node_that_stops_hands_its_actors_over(world, three):
    a, _, _ = three
    home = a.do('Clock.ref().ask("where")')[0]
    leaver = world.nodes[home]
    asker = next(n for n in three if n is not leaver)
    key = world.key_on(asker, leaver)
    asker.do(f'Counter.ref({key}).ask("add", 3)')
    began = time.monotonic()
    leaver.process.stop()
    assert asker.do(f'Counter.ref({key}).ask("add")') == 4
    wait_until(
        lambda: (
            asker.ask('Clock.ref().ask("where", timeout_ms=300)').get("value", [home])[0] != home
        ),
        "the singleton moves",
    )
    assert time.monotonic() - began < LEASE + 3
    assert [line[1] for line in world.notes("stop")] == [home]
    assert_never_two(world.notes("beat"))


def test_an_idle_actor_rests_and_comes_back(world):
    (a,) = world.start("a", ACTOR_IDLE_MS="200")
    assert a.do('Counter.ref(1).ask("add", 9)') == 9
    a.do('watched("Counter/1")')
    first = a.do('Counter.ref(1).ask("token")')
    wait_until(lambda: world.notes("ended"), "it rests")
    assert a.do('Counter.ref(1).ask("add")') == 10
    assert a.do('Counter.ref(1).ask("token")') > first


def test_timers(world):
    (a,) = world.start("a")
    a.do('Counter.ref(1).ask("tick", 20)')
    wait_until(lambda: a.do('Counter.ref(1).ask("add", 0)') == 100, "it came")
    a.do('Counter.ref(2).ask("tick_often", 5)')
    wait_until(lambda: a.do('Counter.ref(2).ask("add", 0)') >= 3, "it comes again and again")


def test_a_restarted_redis_is_joined_again(world, three):
    a, b, _ = three
    key = world.key_on(a, b)
    world.redis.restart()  # without data: all must join again
    wait_until(
        lambda: "value" in a.ask(f'Counter.ref({key}).ask("add", timeout_ms=500)'),
        "actors live again",
        seconds=5 * LEASE,
    )
    keys = itertools.count(1_000)

    def homes():
        calls = [f'Counter.ref({next(keys)}).ask("where")' for _ in range(6)]
        return {a.ask(call).get("value") for call in calls}

    wait_until(lambda: homes() >= {"a", "b", "c"}, "on all nodes", seconds=5 * LEASE)


def test_a_name_in_use_is_refused(world):
    world.start("a")
    other = world.puff("serve", "--bind", "127.0.0.1:0", "--name", "a", **world.env)
    assert other.wait(30) == 1
    assert "has a node named 'a' already" in other.stderr


def test_status_shows_the_cluster(world, three):
    directory = {"PUFF_RUNTIME_DIR": str(world.project.folder / "run")}
    world.env |= directory
    (d,) = world.start("d")
    d.do('Counter.ref(1).ask("add")')

    def told():
        shown = run_puff(["status", "--cluster", "--node", "d"], world.project.folder, directory)
        assert shown.returncode == 0, shown.stderr
        return shown.stdout

    wait_until(lambda: all(f"  {n}  " in told() for n in "abcd"), "all four are there")
    assert "of Clock, Counter" in told()
    shown = run_puff(["status", "--cluster", "--json"], world.project.folder, directory)
    answer = json.loads(shown.stdout)[0]["status"]
    assert answer["cluster"] == "test"
    assert {n["node"] for n in answer["nodes"]} == {"a", "b", "c", "d"}


def test_actors_of_a_lone_node(puff, project, redis_server):
    world = World(puff, project, redis_server, cluster="")
    (a,) = world.start("a")
    assert a.do('spawn(Plain, "Hello", name="greeter") and ref("greeter").ask("greet", "Ada")') == (
        "Hello, Ada, from a"
    )
    assert a.do('Counter.ref(1).ask("where")') == "a"
    assert a.fails('ref("x", "other").ask("y")')["type"] == "Unavailable"
