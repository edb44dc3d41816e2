"""What outlives nodes: reminders, states in PostgreSQL, and messages while nodes are replaced."""

import itertools
import threading
import time

import pytest

from support.nodes import LEASE, World
from support.puff_process import run_puff
from support.servers import wait_until


@pytest.fixture
def world(puff, project, redis_server):
    world = World(puff, project, redis_server, keys="unwell_after_ms = 300")
    world.env["PUFF_RUNTIME_DIR"] = str(project.folder / "run")
    return world


def reminded(world, name):
    return [line for line in world.notes("reminded") if line[2] == name]


def test_a_reminder_comes_to_wherever_the_actor_lives(world):
    a, b = world.start("a", "b")
    key = world.key_on(a, b)
    a.do(f'Counter.ref({key}).ask("remind", "tea", 1500)')
    a.do(f'Counter.ref({key}).ask("remind", "milk", 60000)')
    b.kill()
    wait_until(lambda: reminded(world, "tea"), "it comes", seconds=4 * LEASE)
    assert reminded(world, "tea")[0][3] == "a"
    assert a.do(f'Counter.ref({key}).ask("forget", "milk")') is True
    assert a.do(f'Counter.ref({key}).ask("forget", "milk")') is False


def test_reminders_survive_all_nodes(world):
    (a,) = world.start("a")
    a.do('Counter.ref(1).ask("remind", "again", 200, 200)')
    wait_until(lambda: len(reminded(world, "again")) >= 2, "it comes again")
    a.process.stop()
    seen = len(reminded(world, "again"))
    (b,) = world.start("b")
    wait_until(lambda: len(reminded(world, "again")) > seen, "it goes on", seconds=4 * LEASE)
    assert b.do('Counter.ref(1).ask("forget", "again")') is True


def test_reminders_need_a_cluster_and_an_actor_that_moves(puff, project, redis_server, world):
    (a,) = world.start("a")
    failed = a.fails('spawn(Counter, 1).ask("remind", "x", 1)')
    assert failed["kind"] == "RuntimeError", failed
    alone = World(puff, project, redis_server, cluster="")
    (b,) = alone.start("b")
    assert "need a cluster" in b.fails('Counter.ref(1).ask("remind", "x", 1)')["text"]


@pytest.fixture
def database(postgres_server, postgres_database):
    """Runs SQL in the database that `keeping` names."""
    return lambda sql: postgres_server.query(sql, postgres_database)


@pytest.fixture
def keeping(puff, project, redis_server, postgres_server, postgres_database):
    """Nodes with a pool of PostgreSQL."""
    url = postgres_server.url_of(postgres_database)
    return World(puff, project, redis_server, more=f'[[postgres]]\nurl = "{url}"\n')


def test_a_state_in_postgresql_outlives_redis(keeping, redis_server, database):
    a, b = keeping.start("a", "b")
    assert [n.do('Ledger.ref("x").ask("add", 5)') for n in (a, b)] == [5, 10]
    redis_server.restart()  # without data
    wait_until(
        lambda: a.ask('Ledger.ref("x").ask("add", 0, timeout_ms=500)').get("value") == 10,
        "it lives again",
        seconds=5 * LEASE,
    )
    home = a.do('Ledger.ref("x").ask("where")')
    keeping.nodes[home].kill()
    left = b if home == "a" else a
    wait_until(
        lambda: left.ask('Ledger.ref("x").ask("add", 0, timeout_ms=500)').get("value") == 10,
        "it moves",
        seconds=4 * LEASE,
    )
    assert left.do('Ledger.ref("x").ask("add", 1)') == 11
    kept = database("SELECT state->>'total' FROM puff_actor_states WHERE name = 'Ledger/x'")
    assert kept == "11"


def test_an_activation_that_is_over_saves_nothing_in_postgresql(keeping, database):
    (a,) = keeping.start("a")
    assert a.do('Ledger.ref("x").ask("add", 5)') == 5
    database("UPDATE puff_actor_states SET version = version + 1")  # as its successor does
    assert a.fails('Ledger.ref("x").ask("add", 1)')["type"] == "Unavailable"
    assert a.do('Ledger.ref("x").ask("add", 1)') == 6


def test_an_unwell_node_gets_no_actors_and_loses_its_own_when_it_stays_so(world):
    a, b = world.start("a", "b")
    key = world.key_on(a, b)
    assert a.do(f'Counter.ref({key}).ask("add", 3)') == 3
    other = world.key_on(a, b)
    holding = threading.Thread(
        target=lambda: a.ask(f'Counter.ref({other}).ask("hold_thread", 9000)', timeout=60)
    )
    holding.start()

    def told():
        return run_puff(
            ["status", "--cluster", "--node", "a"], world.project.folder, dict(world.env)
        ).stdout

    wait_until(lambda: "unwell" in told(), "it says so", seconds=4 * LEASE)
    fresh = itertools.count(100_000)
    assert {a.do(f'Counter.ref({next(fresh)}).ask("where")') for _ in range(6)} == {"a"}
    wait_until(
        lambda: a.ask(f'Counter.ref({key}).ask("where", timeout_ms=500)').get("value") == "a",
        "its actors move",
        seconds=5 * LEASE,
    )
    assert a.do(f'Counter.ref({key}).ask("add", 0)') == 3
    holding.join(60)
    wait_until(lambda: b.ask('Counter.ref(5000).ask("add", 0)').get("value") == 0, "it is back")


class Traffic(threading.Thread):
    """Adds to counters from one node, one ask after the other, and remembers what failed."""

    KEYS = 20

    def __init__(self, node):
        super().__init__()
        self.node = node
        self.sent, self.failed = 0, []
        self.ends = threading.Event()

    def run(self):
        while not self.ends.is_set():
            answer = self.node.ask(f'Counter.ref("t{self.sent % self.KEYS}").ask("add", 1)')
            self.sent += 1
            if "value" not in answer:
                self.failed.append(answer)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.ends.set()
        self.join(30)

    def total(self):
        return sum(self.node.do(f'Counter.ref("t{k}").ask("add", 0)') for k in range(self.KEYS))


def test_a_rolling_upgrade_loses_nothing(world):
    """Each node is drained, stopped and replaced while another one asks its actors."""
    world.start("a", "b")
    (asker,) = world.start("asker")
    with Traffic(asker) as traffic:
        for name in ("a", "b"):
            wait_until(lambda: traffic.sent > 100, "there is traffic")
            drained = run_puff(["drain", "--node", name], world.project.folder, dict(world.env))
            assert drained.returncode == 0, drained.stderr
            before = traffic.sent
            wait_until(lambda before=before: traffic.sent > before + 50, "it goes on")
            world.nodes[name].process.stop()
            world.start(name)
            before = traffic.sent
            wait_until(lambda before=before: traffic.sent > before + 50, "it goes on")
    assert traffic.failed == []
    assert traffic.total() == traffic.sent


def test_a_drained_node_gives_its_actors_away_and_goes_on_asking(world):
    a, b = world.start("a", "b")
    key = world.key_on(a, b)
    assert a.do(f'Counter.ref({key}).ask("add", 7)') == 7
    b.do('spawn(Plain, "Hello", name="greeter") and None')
    assert run_puff(["drain", "--node", "b"], world.project.folder, dict(world.env)).returncode == 0
    wait_until(lambda: a.do(f'Counter.ref({key}).ask("where")') == "a", "its actors have moved")
    assert b.do(f'Counter.ref({key}).ask("add", 1)') == 8
    assert b.do('ref("greeter").ask("greet", "Ada")') == "Hello, Ada, from b"
    assert {b.do(f'Counter.ref({k}).ask("where")') for k in range(500, 506)} == {"a"}


def test_a_stopped_node_answers_what_has_reached_it(world):
    a, b = world.start("a", "b")
    key = world.key_on(a, b)
    answers = []
    asking = threading.Thread(
        target=lambda: answers.append(a.ask(f'Counter.ref({key}).ask("sleep", 800)'))
    )
    asking.start()
    wait_until(lambda: world.notes("asleep"), "it runs")
    began = time.monotonic()
    b.process.stop()
    asking.join(30)
    assert answers[0].get("value") == "slept", answers
    assert time.monotonic() - began < LEASE + 5
