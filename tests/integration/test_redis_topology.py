"""Redis behind TLS and behind Sentinels: what stands above does not notice."""

import pytest
from integration.test_tasks import World

from support import nodes
from support.puff_process import run_puff
from support.redis_topologies import RedisCluster, SentinelWorld, TlsRedisServer, make_certificates
from support.servers import wait_until

APPLICATION = """
import puff
from puff.redis import global_redis


def main():
    global_redis.set("tea", "green" * 100_000)
    print(len(global_redis.get("tea")), global_redis.blpop("none", 1))
    with global_redis.pipeline() as pipe:
        print(len(pipe.incr("n").incr("n").execute()))
"""


def run_with(project, url):
    project.write("puff.toml", f'[[redis]]\nurl = "{url}"\n')
    project.write("shelf.py", APPLICATION)
    return run_puff(["run", "shelf.main"], project.folder)


@pytest.fixture(scope="module")
def tls_redis(tmp_path_factory):
    with TlsRedisServer(tmp_path_factory.mktemp("redis"), mutual=True) as server:
        yield server


def mutual(server, **more):
    files = {f"ssl_{kind}": str(server.certificates / f"client.{ending}")
             for kind, ending in (("certfile", "pem"), ("keyfile", "key"))}  # fmt: skip
    return server.tls_url(**files, **more)


def test_redis_answers_over_tls_with_certificates_on_both_sides(project, tls_redis):
    done = run_with(project, mutual(tls_redis))
    assert done.stdout == "500000 None\n2\n", done.stderr


def test_a_server_that_nobody_vouches_for_is_refused_at_once(project, tls_redis):
    make_certificates(project.folder / "strange")
    url = mutual(tls_redis, ssl_ca_certs=str(project.folder / "strange/ca.pem"))
    done = run_with(project, url)
    assert done.returncode == 1
    assert "the server's certificate is refused" in done.stderr
    url = url.replace("127.0.0.1", "localhost").replace("strange", "nowhere")
    assert "cannot use ssl_ca_certs" in run_with(project, url).stderr


def test_a_certificate_of_another_name_is_refused_unless_nobody_looks(project, tls_redis):
    url = mutual(tls_redis).replace("127.0.0.1", "localhost")
    assert "mismatch" in run_with(project, url).stderr
    done = run_with(project, url + "&ssl_cert_reqs=none")
    assert done.stdout == "500000 None\n2\n", done.stderr


def test_a_server_without_tls_is_told_apart(project, redis_server):
    done = run_with(project, redis_server.url.replace("redis:", "rediss:"))
    assert done.returncode == 1
    assert "TLS" in done.stderr


def test_tasks_run_over_tls(puff, project, tls_redis):
    tls_redis.command("FLUSHALL")

    class Secret:
        unix_url = mutual(tls_redis)

    world = World(puff, project, Secret)
    world.worker()
    assert world.run("work.add, [1, 2, 3]") == {"value": 6}


def test_tasks_go_on_with_the_master_that_sentinels_name(puff, project, tmp_path):
    with SentinelWorld(tmp_path / "redis") as redis:
        world = World(puff, project, redis)
        world.worker()
        assert world.run("work.add, [1]") == {"value": 1}
        for _ in range(2):
            old = redis.master
            redis.fail_over()
            wait_until(
                lambda: "value" in world.ask("q.add_task(work.add, [2])"), "a new master", 20
            )
            assert world.run("work.add, [3]") == {"value": 3}
            redis.come_back(old)
            redis.wait_for_replica()


def test_sentinels_that_know_no_such_master_are_told_at_the_start(project, tmp_path):
    with SentinelWorld(tmp_path / "redis") as redis:
        done = run_with(project, redis.url.replace("/shop", "/cellar"))
        assert done.returncode == 1
        assert "it knows no master 'cellar'" in done.stderr
        assert run_with(project, redis.url).stdout == "500000 None\n2\n"


KEYS = """
from puff.redis import global_redis


def main():
    with global_redis.pipeline() as pipe:
        for n in range(100):
            pipe.set(f"key {n}", n)
        assert pipe.execute() == [True] * 100
    assert [int(global_redis.get(f"key {n}")) for n in range(100)] == list(range(100))
    global_redis.rpush("list", 1)
    assert global_redis.blpop("list", 5) == (b"list", b"1")
    with global_redis.pipeline(transaction=True) as pipe:
        print(pipe.incr("{tea}green", 1).incr("{tea}black", 2).execute())
    for ask in (
        lambda: global_redis.mget("key 1", "key 2"),
        lambda: global_redis.pipeline(transaction=True).incr("a", 1).incr("b", 1).execute(),
    ):
        try:
            ask()
        except Exception as error:
            print(error)
"""


def test_every_key_of_a_cluster_is_reached(project, redis_cluster):
    project.write("puff.toml", f'[[redis]]\nurl = "{redis_cluster.url}"\n')
    project.write("shelf.py", KEYS)
    done = run_puff(["run", "shelf.main"], project.folder)
    assert done.returncode == 0, done.stderr
    counts, many, both = done.stdout.splitlines()
    assert counts == "[1, 2]"
    assert many.startswith("CROSSSLOT Keys in request")
    assert "{tea}:green" in both


def test_tasks_and_messages_go_on_when_a_master_of_a_cluster_fails(puff, project, redis_cluster):
    world = World(puff, project, redis_cluster)
    world.worker()
    assert world.run("work.add, [1]") == {"value": 1}
    redis_cluster.fail_over("{puff:tasks:default}:t")
    wait_until(lambda: "value" in world.ask("q.add_task(work.add, [2])"), "a new master", 20)
    assert world.run("work.add, [3]") == {"value": 3}


@pytest.fixture(scope="module")
def six_servers(tmp_path_factory):
    with RedisCluster(tmp_path_factory.mktemp("cluster")) as cluster:
        yield cluster


@pytest.fixture
def redis_cluster(six_servers):
    yield six_servers
    six_servers.heal()


HISTORY = """
from puff.pubsub import global_pubsub


def main():
    with global_pubsub.connection() as room:
        room.subscribe("shop")
        for n in range(3):
            assert room.publish("shop", str(n), keep=2) is True
        print([room.receive().text for _ in range(3)])
    print([kept.text for kept in global_pubsub.history("shop")])
"""


def test_a_channel_of_a_cluster_keeps_its_history(project, redis_cluster):
    project.write("puff.toml", f'[[pubsub]]\nurl = "{redis_cluster.url}"\n')
    project.write("shelf.py", HISTORY)
    done = run_puff(["run", "shelf.main"], project.folder)
    assert done.stdout == "['0', '1', '2']\n['1', '2']\n", done.stderr


def test_nodes_that_speak_through_a_cluster(puff, project, redis_cluster):
    world = nodes.World(puff, project, redis_cluster)
    a, b = world.start("a", "b")
    key = world.key_on(a, b)
    assert [node.do(f'Counter.ref({key}).ask("add")') for node in (a, b)] == [1, 2]
    singleton = 'Clock.ref().ask("where")'
    wait_until(lambda: "value" in a.ask(singleton), "a singleton")
    assert a.do(singleton)[0] == b.do(singleton)[0]
    redis_cluster.fail_over("{puff:cluster:test}:m")
    again = f'Counter.ref({key}).ask("add", 0, timeout_ms=2000)'
    wait_until(lambda: a.ask(again).get("value") == 2, "a new master", 30)
    b.process.stop()
    wait_until(lambda: a.ask(again).get("value") == 2, "it moves, with its state", 30)
    assert a.do(f'Counter.ref({key}).ask("where")') == "a"
