"""The private servers start, answer, and come back as their calls say."""

import pytest

from support.clients import RedisError
from support.servers import PostgresServer, RedisServer, accepts, free_port, wait_until


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


def test_a_postgres_answers_on_both_addresses_and_keeps_its_data(tmp_path):
    with PostgresServer(tmp_path, max_prepared_transactions=10) as server:
        assert accepts(("127.0.0.1", server.port))
        assert accepts(f"{server.socket_directory}/.s.PGSQL.{server.port}")
        assert server.query("SHOW max_prepared_transactions") == "10"
        server.query("CREATE TABLE t AS SELECT i, 'x' || i AS s FROM generate_series(1, 2) i")
        port = server.port
        server.restart()
        assert server.port == port
        server.kill()
        assert not accepts(("127.0.0.1", port))
        server.start()
        assert server.query("SELECT * FROM t") == "1|x1\n2|x2"
        with pytest.raises(RuntimeError, match='relation "none" does not exist'):
            server.query("SELECT * FROM none")


def test_a_postgres_that_cannot_start_says_why(tmp_path):
    with pytest.raises(ChildProcessError, match='"shared_buffers"'):
        PostgresServer(tmp_path, shared_buffers="much").start()


def test_every_test_has_a_database_of_its_own(postgres_server, postgres_database):
    postgres_server.query("CREATE TABLE mine ()", postgres_database)
    assert postgres_server.query("SELECT to_regclass('mine') IS NULL") == "t"
