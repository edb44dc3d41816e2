"""Short forms of `tests/fault/tasks.py`: what breaks around a queue, and what is left of it."""

import pytest
from integration.test_tasks import World

from support.faults import FaultyProxy
from support.servers import wait_until
from support.skewed_clock import skewed_clock


@pytest.fixture
def world_of(puff, project, redis_server):
    return lambda redis=redis_server: World(puff, project, redis)


def test_a_full_redis_refuses_what_is_new_and_runs_what_it_has(world_of):
    world = world_of()
    ids = world.do("q.add_tasks(work.add, [[n] for n in range(300)])")
    world.redis.command("CONFIG", "SET", "maxmemory", 1)
    kind, text = world.ask("q.add_task(work.add, [1])")["raised"]
    assert "maxmemory" in text, kind
    world.worker()
    wait_until(lambda: world.stats()["stored"] == 0, "all have run")
    world.redis.command("CONFIG", "SET", "maxmemory", 0)
    for number in (0, 299):
        assert world.result(ids[number]) == {"value": number}
    assert world.run("work.add, [1]") == {"value": 1}


def test_a_network_that_swallows_everything_costs_time_and_no_task(world_of, redis_server):
    with FaultyProxy(redis_server.socket_path) as proxy:

        class Behind:
            unix_url = f"redis://127.0.0.1:{proxy.port}"

        world = world_of(Behind)
        world.worker()
        assert world.run("work.add, [1]") == {"value": 1}
        ids = world.do("q.add_tasks(work.sleep, [300] * 20)")
        proxy.stall()
        wait_until(lambda: lease_is_over(redis_server), "their leases are over")
        proxy.cut()
        proxy.heal()
        for id_ in ids:
            assert "value" in world.result(id_, timeout_ms=20_000)
        assert world.run("work.add, [2]") == {"value": 2}


def lease_is_over(redis):
    """Whether a second has passed for Redis since the last lease of a second began."""
    seconds, _ = redis.command("TIME")
    last = redis.command("ZRANGE", "{puff:tasks:default}:l", -1, -1, "WITHSCORES")
    return not last or int(seconds) * 1000 > int(float(last[1])) // 2048


def test_clocks_of_nodes_that_differ_decide_nothing(world_of, tmp_path):
    world = world_of()
    for skew in (300, -300):
        world.worker(env=skewed_clock(tmp_path, skew))
    ids = world.do("q.add_tasks(work.note_and_sleep, [[n, 100] for n in range(64)])")
    for id_ in ids:
        assert "value" in world.result(id_)
    assert sorted(world.notes()) == sorted(
        f"{step} {n} 1" for n in range(64) for step in ("begin", "end")
    )
