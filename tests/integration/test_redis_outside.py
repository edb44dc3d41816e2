"""puff.redis in a plain Python, which is what runs these tests."""

import threading

import pytest

from puff.redis import RedisError, global_redis, named_client
from support.servers import RedisServer


@pytest.fixture
def pools(project, redis_server, monkeypatch):
    """A default pool over TCP, and one over a unix socket with another database."""
    project.write("puff.toml", '[[redis]]\n[[redis]]\nname = "other-one"\n')
    project.write(".env", f"export PUFF_OTHER_ONE_REDIS_URL='{redis_server.unix_url}?db=3'\n")
    monkeypatch.chdir(project.folder)
    monkeypatch.setenv("PUFF_DEFAULT_REDIS_URL", redis_server.url)
    return redis_server


def test_commands_have_the_values_that_they_have_under_puff(pools):
    assert global_redis.set("a", 1)
    assert global_redis.get("a") == b"1"
    assert global_redis.get("none") is None
    assert global_redis.incr("a", 2) == 3
    assert global_redis.rpush("list", "x", b"\xff", 1.5) == 3
    assert global_redis.lrange("list", 0, -1) == [b"x", b"\xff", b"1.5"]
    assert sorted(global_redis.scan_iter()) == [b"a", b"list"]
    assert global_redis.set("big", b"z" * 3_000_000)
    assert len(global_redis.get("big")) == 3_000_000


def test_pools_have_their_names_and_databases(pools):
    named_client("other-one").set("here", 1)
    assert global_redis.exists("here") == 0
    assert pools.command("SELECT", 0) == "OK"
    with pytest.raises(LookupError, match="named 'nobody'"):
        named_client("nobody").get("a")


def test_errors_are_the_servers(pools):
    global_redis.set("text", "x")
    with pytest.raises(RedisError, match="not an integer"):
        global_redis.incr("text")
    with pytest.raises(NotImplementedError, match="SUBSCRIBE"):
        global_redis.command(["subscribe", "channel"])
    assert global_redis.get("text") == b"x"


def test_pipelines_and_transactions_are_sent_together(pools):
    with global_redis.pipeline() as pipe:
        pipe.set("a", 1).incr("a")
        assert pipe.execute() == [True, 2]
    with global_redis.pipeline(transaction=True) as pipe:
        pipe.set("a", "x").incr("a").get("a")
        outcome = pipe.execute(raise_on_error=False)
    assert outcome[0] is True
    assert isinstance(outcome[1], RedisError)
    assert outcome[2] == b"x"


def test_a_call_that_waits_too_long_leaves_no_reply_behind(pools):
    with pytest.raises(TimeoutError):
        global_redis.with_timeout(50).command(["BLPOP", "empty", 2])
    global_redis.set("a", 1)
    assert global_redis.get("a") == b"1"
    assert global_redis.blpop("empty", 0.05) is None


def test_a_connection_that_the_server_closed_is_replaced(pools):
    global_redis.set("a", 1)
    pools.command("CLIENT", "KILL", "TYPE", "normal")
    assert global_redis.get("a") == b"1"


def test_threads_have_connections_of_their_own(pools):
    def count():
        for _ in range(100):
            global_redis.incr("n")

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert global_redis.get("n") == b"400"


def test_a_password_is_sent(project, tmp_path, monkeypatch):
    project.write("puff.toml", "[[redis]]\n")
    monkeypatch.chdir(project.folder)
    with RedisServer(tmp_path / "secret") as server:
        server.command("CONFIG", "SET", "requirepass", "p@ss")
        url = server.url.replace("redis://", "redis://:p%40ss@")
        monkeypatch.setenv("PUFF_DEFAULT_REDIS_URL", url)
        assert named_client("default").ping()
        monkeypatch.setenv("PUFF_DEFAULT_REDIS_URL", url.replace("p%40ss", "wrong"))
        wrong = []

        def ask():
            with pytest.raises(RedisError, match="WRONGPASS"):
                named_client("default").ping()
            wrong.append(True)

        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
        assert wrong
        monkeypatch.setenv("PUFF_DEFAULT_REDIS_URL", server.url)
