"""puff.redis as a program sees it. Runs inside Puff (`puff pytest`), against the default pool."""

import itertools
import os
from datetime import timedelta

import pytest

import puff
from puff.redis import RedisClient, RedisError, global_redis, named_client

# Refused on a connection that others share, or given by the methods that wrap them.
NO_METHOD = {
    *("asking", "auth", "discard", "exec", "hello", "monitor", "multi", "pfdebug", "pfselftest"),
    *("psubscribe", "psync", "punsubscribe", "quit", "readonly", "readwrite", "replconf"),
    *("reset", "restore-asking", "select", "ssubscribe", "subscribe", "sunsubscribe", "sync"),
    *("unsubscribe", "unwatch", "watch", "client|caching", "client|reply", "client|tracking"),
    "script|debug",
}

numbers = itertools.count()


@pytest.fixture
def key():
    """A key of this test alone, gone afterwards."""
    name = f"test-redis:{os.getpid()}:{next(numbers)}"
    yield name
    global_redis.delete(name, f"{name}:2", f"{name}:3")


def on_asyncio(function):
    """The result of a coroutine function on Puff's asyncio thread."""
    return puff.wrap_async(lambda ret: puff.rust_objects.dispatch_asyncio(ret, function))


# Keys and strings


def test_a_missing_key_is_none(key):
    assert global_redis.get(key) is None
    assert global_redis.rpoplpush(key, f"{key}:2") is None
    assert global_redis.mget([key, f"{key}:2"]) == [None, None]


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ("text é", "text é".encode()),
        (b"\x00\r\n\xff", b"\x00\r\n\xff"),
        (42, b"42"),
        (-(2**70), str(-(2**70)).encode()),
        (1.5, b"1.5"),
        ("", b""),
    ],
)
def test_values_of_every_kind_come_back_as_bytes(key, value, stored):
    assert global_redis.set(key, value)
    assert global_redis.get(key) == stored


@pytest.mark.parametrize("value", [None, True, object(), {}])
def test_other_values_are_refused(key, value):
    with pytest.raises(TypeError):
        global_redis.set(key, value)


def test_set_keeps_its_conditions(key):
    assert not global_redis.set(key, 1, xx=True)
    assert global_redis.set(key, 1, True)
    assert not global_redis.set(key, 2, nx=True)
    assert global_redis.set(key, 3, get=True) == b"1"
    assert global_redis.get(key) == b"3"


def test_set_lets_a_key_expire(key):
    global_redis.set(key, 1, None, 100)
    assert 90 < global_redis.ttl(key) <= 100
    global_redis.set(key, 1, ex=timedelta(minutes=10))
    assert 500 < global_redis.ttl(key) <= 600
    global_redis.set(key, 2, keepttl=True)
    assert global_redis.persist(key)
    assert not global_redis.persist(key)
    assert global_redis.ttl(key) == -1
    assert global_redis.expire(key, 50)
    assert 0 < global_redis.pttl(key) <= 50_000
    assert not global_redis.expire(f"{key}:2", 50)


def test_mset_takes_dicts_and_pairs(key):
    assert global_redis.mset({key: 1, f"{key}:2": "b"})
    assert global_redis.mset([(key, "c")])
    assert global_redis.mget(key, f"{key}:2") == [b"c", b"b"]


def test_mset_with_nx_sets_all_or_none(key):
    assert global_redis.mset({key: 1}, nx=True)
    assert not global_redis.mset({key: 2, f"{key}:2": 2}, nx=True)
    assert global_redis.mget([key, f"{key}:2"]) == [b"1", None]


def test_counters(key):
    assert global_redis.incr(key, 5) == 5
    assert global_redis.incr(key) == 6
    assert global_redis.decr(key) == 5
    assert global_redis.decr(key, 2) == 3
    assert global_redis.incrbyfloat(key, 0.5) == 3.5


def test_strings(key):
    assert global_redis.append(key, "hello") == 5
    assert global_redis.setrange(key, 1, "a") == 5
    assert global_redis.getrange(key, 0, 2) == b"hal"
    assert global_redis.strlen(key) == 5
    assert global_redis.getset(key, "new") == b"hallo"
    assert global_redis.getex(key, ex=10) == b"new"
    assert global_redis.getdel(key) == b"new"
    assert global_redis.setnx(key, 1) is True
    assert global_redis.setex(key, 10, 1)
    assert global_redis.psetex(key, 10_000, 1)
    assert global_redis.exists(key, f"{key}:2") == 1
    assert global_redis.type(key) == b"string"
    assert global_redis.delete(key) == 1
    assert global_redis.exists(key) == 0


def test_huge_values(key):
    value = os.urandom(10 << 20)
    global_redis.set(key, value)
    assert global_redis.get(key) == value


# Collections


def test_lists(key):
    assert global_redis.rpush(key, "a", "b", "c", "d") == 4
    assert global_redis.lpop(key) == [b"a"]
    assert global_redis.rpop(key, 2) == [b"d", b"c"]
    assert global_redis.rpoplpush(key, f"{key}:2") == b"b"
    assert global_redis.lpop(key) == []
    assert global_redis.lrange(f"{key}:2", 0, -1) == [b"b"]


def test_blocking_pops(key):
    assert global_redis.blpop(key, 0.01) is None
    global_redis.rpush(key, "a", "b")
    assert global_redis.blpop(key, 1) == (key.encode(), b"a")
    assert global_redis.brpop([f"{key}:2", key], 1) == (key.encode(), b"b")


def test_a_blocking_pop_lets_others_work(key):
    waits = puff.spawn(global_redis.blpop, key, 10)
    assert global_redis.ping()
    global_redis.lpush(key, "x")
    assert waits.join() == (key.encode(), b"x")


def test_hashes(key):
    assert global_redis.hset(key, "a", 1) == 1
    assert global_redis.hset(key, mapping={"b": 2, "c": 3}) == 2
    assert global_redis.hget(key, "a") == b"1"
    assert global_redis.hget(key, "none") is None
    assert global_redis.hmget(key, ["a", "none"]) == [b"1", None]
    assert global_redis.hgetall(key) == {b"a": b"1", b"b": b"2", b"c": b"3"}
    assert global_redis.hgetall(f"{key}:2") == {}
    assert global_redis.hincrby(key, "a", 4) == 5
    assert global_redis.hexists(key, "a") is True
    assert global_redis.hdel(key, "a", "b") == 2
    assert global_redis.hkeys(key) == [b"c"]


def test_sets(key):
    assert global_redis.sadd(key, "a", "b", "b") == 2
    assert global_redis.smembers(key) == {b"a", b"b"}
    assert global_redis.sismember(key, "a") is True
    global_redis.sadd(f"{key}:2", "b")
    assert global_redis.sinter(key, f"{key}:2") == {b"b"}
    assert global_redis.spop(f"{key}:2") == b"b"
    assert global_redis.spop(f"{key}:2") is None


def test_sorted_sets(key):
    assert global_redis.zadd(key, {"a": 1, "b": 2.5}) == 2
    assert global_redis.zrange(key, 0, -1) == [b"a", b"b"]
    assert global_redis.zrange(key, 0, -1, desc=True, withscores=True) == [(b"b", 2.5), (b"a", 1)]
    assert global_redis.zrangebyscore(key, "(1", "+inf", withscores=True) == [(b"b", 2.5)]
    assert global_redis.zscore(key, "a") == 1.0
    assert global_redis.zscore(key, "none") is None
    assert global_redis.zincrby(key, 2, "a") == 3.0
    assert global_redis.zrank(key, "a") == 1
    assert global_redis.zpopmin(key) == [(b"b", 2.5)]
    assert global_redis.bzpopmax(key, 1) == (key.encode(), b"a", 3.0)
    assert global_redis.bzpopmin(key, 0.01) is None


def test_streams(key):
    first = global_redis.xadd(key, {"a": 1})
    second = global_redis.xadd(key, {"b": 2}, maxlen=100)
    assert global_redis.xrange(key) == [(first, {b"a": b"1"}), (second, {b"b": b"2"})]
    assert global_redis.xread({key: first}) == [[key.encode(), [(second, {b"b": b"2"})]]]
    assert global_redis.xread({key: "$"}, block=10) == []
    assert global_redis.xgroup_create(key, "group", id="0")
    ((_, entries),) = global_redis.xreadgroup("group", "me", {key: ">"}, count=1, block=100)
    assert entries == [(first, {b"a": b"1"})]
    assert global_redis.xack(key, "group", first) == 1
    assert global_redis.xinfo_groups(key)[0][b"name"] == b"group"


def test_bits_geo_and_hyperloglog(key):
    assert global_redis.setbit(key, 7, 1) == 0
    assert global_redis.bitcount(key) == 1
    global_redis.delete(key)
    assert global_redis.geoadd(key, [13.361389, 38.115556, "Palermo"]) == 1
    assert global_redis.geoadd(key, 15.087269, 37.502669, "Catania") == 1
    assert global_redis.geodist(key, "Palermo", "Catania", "km") == pytest.approx(166.27, abs=0.1)
    assert global_redis.pfadd(f"{key}:2", "a", "b") is True
    assert global_redis.pfcount(f"{key}:2") == 2


# Iteration


def test_scanning_visits_everything(key):
    fields = {f"f{i}".encode(): str(i).encode() for i in range(2000)}
    global_redis.hset(key, mapping=fields)
    assert dict(global_redis.hscan_iter(key, count=100)) == fields
    global_redis.sadd(f"{key}:2", *fields)
    assert set(global_redis.sscan_iter(f"{key}:2", match="f1*")) == {
        field for field in fields if field.startswith(b"f1")
    }
    global_redis.zadd(f"{key}:3", {field: i for i, field in enumerate(fields)})
    assert dict(global_redis.zscan_iter(f"{key}:3"))[b"f7"] == 7.0
    assert set(global_redis.scan_iter(match=f"{key}*")) == {
        name.encode() for name in (key, f"{key}:2", f"{key}:3")
    }
    assert list(global_redis.scan_iter(match=key, _type="hash")) == [key.encode()]
    assert list(global_redis.scan_iter(match=key, _type="set")) == []


# Scripts, the server, any command


def test_scripts(key):
    assert global_redis.eval("return {KEYS[1], ARGV[1]}", 1, key, 7) == [key.encode(), b"7"]
    sha = global_redis.script_load("return 42")
    assert global_redis.script_exists(sha, "0" * 40) == [True, False]
    assert global_redis.evalsha(sha, 0) == 42


def test_a_registered_script_is_sent_only_where_it_is_unknown(key):
    script = global_redis.register_script(f"return redis.call('INCRBY', KEYS[1], ARGV[1]) -- {key}")
    assert [script([key], [2]), script([key], [3])] == [2, 5]
    pipe = global_redis.pipeline()
    script([key], [5], client=pipe)
    assert pipe.execute() == [10]


def test_the_server(key):
    assert global_redis.ping()
    assert global_redis.echo("hello") == b"hello"
    info = global_redis.info()
    assert info["redis_mode"] == "standalone"
    assert isinstance(info["uptime_in_seconds"], int)
    global_redis.set(key, 1)
    assert global_redis.info("keyspace")["db0"]["keys"] >= 1
    assert global_redis.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    assert any(client["id"] for client in global_redis.client_list())
    assert global_redis.publish(key, "nobody listens") == 0


def test_flushdb_removes_everything(key):
    global_redis.set(key, 1)
    assert global_redis.flushdb()
    assert global_redis.dbsize() == 0


def test_any_command(key):
    assert global_redis.command(["SET", key, 1]) == b"OK"
    assert global_redis.command((b"GET", key)) == b"1"
    assert global_redis.execute_command("OBJECT ENCODING", key) == b"int"


def test_every_command_of_the_server_is_a_method():
    names = {name.decode() for name in global_redis.command_list()}
    containers = {name.partition("|")[0] for name in names if "|" in name} - {"command"}
    methods = {
        name: name.replace("|", "_").replace("-", "_")
        for name in names - containers - NO_METHOD
        if not name.endswith("|help")
    }
    missing = {name for name, method in methods.items() if not hasattr(RedisClient, method)}
    assert missing == {"del"}  # Python has `delete`


# Clients


def test_global_redis_is_an_object_and_can_be_called(key):
    global_redis().set(key, "x")
    assert named_client("default").get(key) == b"x"
    assert puff.global_redis.get(key) == b"x"


def test_an_unknown_pool_is_an_error():
    with pytest.raises(LookupError, match="no-such-pool"):
        named_client("no-such-pool").ping()


def test_a_call_ends_at_its_deadline(key):
    with pytest.raises(TimeoutError):
        global_redis.with_timeout(50).command(["BLPOP", key, 0])


def test_waiting_in_the_server_is_not_counted(key):
    assert global_redis.with_timeout(500).blpop(key, 1) is None


def test_errors_have_the_servers_text(key):
    global_redis.set(key, "text")
    with pytest.raises(RedisError, match=r"^WRONGTYPE Operation against a key"):
        global_redis.lpush(key, 1)
    with pytest.raises(RedisError, match="unknown command"):
        global_redis.command(["NOSUCHCOMMAND"])


@pytest.mark.parametrize(
    "words",
    [["SUBSCRIBE", "c"], ["SELECT", 1], ["WATCH", "k"], ["MULTI"], ["CLIENT", "REPLY", "OFF"]],
)
def test_commands_that_would_change_the_shared_connection_are_refused(words):
    with pytest.raises(NotImplementedError, match=words[0]):
        global_redis.command(words)
    assert global_redis.ping()


def test_many_greenlets_share_the_connection(key):
    greenlets = [puff.spawn(global_redis.incr, key) for _ in range(500)]
    assert sorted(puff.join_all(greenlets)) == list(range(1, 501))


# Pipelines


def test_a_pipeline_gives_a_list(key):
    with global_redis.pipeline() as pipe:
        pipe.set(key, 1).incr(key, 2)
        pipe.hset(f"{key}:2", mapping={"a": 1})
        pipe.hgetall(f"{key}:2")
        assert len(pipe) == 4
        assert pipe.execute() == [True, 3, 1, {b"a": b"1"}]
        assert pipe.execute() == []


def test_leaving_a_pipeline_forgets_what_was_not_executed(key):
    with global_redis.pipeline() as pipe:
        pipe.set(key, 1)
    assert pipe.execute() == []
    assert global_redis.get(key) is None


@pytest.mark.parametrize("transaction", [False, True])
def test_a_pipeline_raises_its_first_error_after_all_commands_ran(key, transaction):
    pipe = global_redis.pipeline(transaction=transaction)
    with pytest.raises(RedisError, match="WRONGTYPE") as caught:
        pipe.set(key, "x").lpush(key, 1).set(f"{key}:2", "y").execute()
    assert "command 1" in caught.value.__notes__[0]
    assert global_redis.get(f"{key}:2") == b"y"


@pytest.mark.parametrize("transaction", [False, True])
def test_a_pipeline_can_keep_its_errors(key, transaction):
    pipe = global_redis.pipeline(transaction).set(key, "x").lpush(key, 1).get(key)
    done, failure, value = pipe.execute(raise_on_error=False)
    assert (done, value) == (True, b"x")
    assert isinstance(failure, RedisError)


def test_a_transaction_runs_as_one(key):
    pipe = global_redis.pipeline(transaction=True)
    assert pipe.set(key, 1).incr(key).mget(key).zadd(f"{key}:2", {"a": 1}).execute() == [
        True,
        2,
        [b"2"],
        1,
    ]


def test_a_transaction_that_the_server_refuses_runs_nothing(key):
    pipe = global_redis.pipeline(transaction=True)
    with pytest.raises(RedisError, match="unknown command"):
        pipe.set(key, 1).command(["NOSUCHCOMMAND"]).execute()
    assert global_redis.get(key) is None


def test_a_large_pipeline(key):
    pipe = global_redis.pipeline()
    for _ in range(20_000):
        pipe.incr(key)
    assert pipe.execute() == list(range(1, 20_001))


def test_a_pipeline_may_wait_in_the_server(key):
    pipe = global_redis.with_timeout(500).pipeline()
    assert pipe.rpush(key, "a").blpop(key, 1).blpop(key, 1).execute() == [
        1,
        (key.encode(), b"a"),
        None,
    ]


def test_a_pipeline_does_not_iterate():
    with pytest.raises(TypeError):
        global_redis.pipeline().scan_iter()


# On the asyncio thread


def test_asyncio_awaits(key):
    async def work():
        assert await global_redis.set(key, 1)
        async with global_redis.pipeline(transaction=True) as pipe:
            assert await pipe.incr(key).hset(f"{key}:2", mapping={"a": 1, "b": 2}).execute() == [
                2,
                2,
            ]
            assert await pipe.execute() == []
        fields = {field async for field, _ in global_redis.hscan_iter(f"{key}:2")}
        script = global_redis.register_script(f"return 7 -- {key}")
        return fields, await script(), await global_redis.get(key)

    assert on_asyncio(work) == ({b"a", b"b"}, 7, b"2")


def test_asyncio_raises(key):
    async def work():
        await global_redis.set(key, "x")
        with pytest.raises(RedisError, match="WRONGTYPE"):
            await global_redis.lpush(key, 1)
        with pytest.raises(TimeoutError):
            await global_redis.with_timeout(50).command(["BLPOP", f"{key}:2", 0])
        return True

    assert on_asyncio(work)
