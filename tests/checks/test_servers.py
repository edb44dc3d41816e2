"""The private Redis starts, answers, and comes back as its calls say."""

import pytest

from support.clients import RedisError
from support.servers import RedisServer, accepts, free_port, wait_until


def test_answers_on_both_addresses(redis_server):
    assert accepts(("127.0.0.1", redis_server.port))
    assert redis_server.command("SET", "k", b"\x00\xff") == "OK"
    assert redis_server.command("GET", "k") == b"\x00\xff"
    assert redis_server.command("MGET", "k", "none") == [b"\x00\xff", None]
    assert redis_server.command("INCR", "n") == 1


def test_an_error_has_the_servers_text(redis_server):
    with pytest.raises(RedisError, match="wrong number of arguments"):
        redis_server.command("GET")


def test_comes_back_on_the_same_port_without_its_data(redis_server):
    port = redis_server.port
    redis_server.command("SET", "k", 1)
    redis_server.kill()
    assert not accepts(("127.0.0.1", port))
    redis_server.start()
    assert redis_server.port == port
    assert redis_server.command("GET", "k") is None


def test_keeps_its_data_when_asked_to(tmp_path):
    with RedisServer(tmp_path, persist=True) as server:
        server.command("SET", "k", 1)
        server.restart()
        assert server.command("GET", "k") == b"1"


def test_one_that_cannot_start_says_why(tmp_path):
    with pytest.raises(ChildProcessError, match="maxmemory"):
        RedisServer(tmp_path, "--maxmemory", "much").start()


def test_a_wait_ends(tmp_path):
    assert not accepts(("127.0.0.1", free_port()))
    with pytest.raises(TimeoutError, match="the moon: not within"):
        wait_until(lambda: False, "the moon", 0.05)
