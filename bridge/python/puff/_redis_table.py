"""The commands whose methods need no signature of their own: they take the words of the command
(a list or tuple stands for its items) and differ only in what becomes of the reply."""

from collections.abc import Iterator
from typing import Any

from puff import _redis_replies as replies
from puff._redis_replies import Decode

# Commands of two words: client_list is CLIENT LIST, client_no_evict is CLIENT NO-EVICT.
_CONTAINERS = {
    *("acl", "client", "cluster", "command", "config", "debug", "function", "latency", "memory"),
    *("module", "object", "pubsub", "script", "slowlog", "xgroup", "xinfo"),
}

_NAMES: dict[Decode | None, str] = {
    None: """
        acl_cat acl_deluser acl_dryrun acl_genpass acl_getuser acl_list acl_users acl_whoami
        bitcount bitfield bitfield_ro bitop bitpos client_getname client_getredir client_id
        client_kill client_no_evict client_setname client_trackinginfo client_unblock
        cluster_addslots cluster_addslotsrange cluster_bumpepoch cluster_count_failure_reports
        cluster_countkeysinslot cluster_delslots cluster_delslotsrange cluster_failover
        cluster_flushslots cluster_forget cluster_getkeysinslot cluster_info cluster_keyslot
        cluster_links cluster_meet cluster_myid cluster_nodes cluster_replicas cluster_replicate
        cluster_reset cluster_saveconfig cluster_set_config_epoch cluster_setslot cluster_shards
        cluster_slaves cluster_slots command_count command_docs command_getkeys
        command_getkeysandflags command_info command_list dbsize debug debug_object decrby dump echo
        eval_ro evalsha_ro expiretime fcall fcall_ro function_dump function_list function_load
        function_stats geoadd geohash geopos georadius georadius_ro georadiusbymember
        georadiusbymember_ro geosearch geosearchstore getbit getdel getrange getset hincrby hlen
        hrandfield hstrlen hvals lastsave latency_doctor latency_graph latency_histogram
        latency_history latency_latest latency_reset lcs lindex linsert llen lmpop lolwut lpos
        lpushx lrange lrem memory_doctor memory_malloc_stats memory_stats memory_usage module_list
        object_encoding object_freq object_idletime object_refcount pexpiretime pfcount publish
        pubsub_channels pubsub_numpat pubsub_shardchannels pubsub_shardnumsub randomkey role rpushx
        scard script_load sdiffstore setbit setrange sintercard sinterstore slowlog_get slowlog_len
        sort sort_ro spublish srandmember srem strlen substr sunionstore touch unlink wait waitaof
        xack xdel xgroup_createconsumer xgroup_delconsumer xlen xpending zcard zcount zdiff
        zdiffstore zinter zintercard zinterstore zlexcount zmpop zrandmember zrangebylex zrangestore
        zrem zremrangebylex zremrangebyrank zremrangebyscore zrevrangebylex zunion zunionstore
    """,
    replies.ok: """
        acl_load acl_log acl_save acl_setuser bgrewriteaof bgsave client_pause client_unpause
        config_resetstat config_rewrite config_set failover function_delete function_flush
        function_kill function_restore lset ltrim memory_purge migrate module_load module_loadex
        module_unload pfmerge ping psetex rename replicaof restore save script_flush script_kill
        setex shutdown slaveof slowlog_reset swapdb xgroup_setid xsetid
    """,
    replies.flag: """
        copy expireat hexists hsetnx move pexpire pexpireat pfadd renamenx setnx sismember smove
        xgroup_destroy
    """,
    replies.flags: "smismember script_exists",
    replies.number: "geodist hincrbyfloat incrbyfloat zscore",
    replies.numbers: "zmscore",
    replies.members: "sdiff sinter sunion",
    replies.rows: "hkeys",
    replies.mapping: "pubsub_numsub xinfo_stream",
    replies.mappings: "xinfo_consumers xinfo_groups",
    replies.text_mapping: "config_get",
    replies.client: "client_info",
    replies.clients: "client_list",
    replies.claimed: "xautoclaim",
    replies.entries: "xclaim",
    replies.time: "time",
}


def words_of(arguments: tuple[Any, ...]) -> Iterator[Any]:
    """The words of a call, with lists and tuples opened."""
    for argument in arguments:
        if isinstance(argument, list | tuple):
            yield from words_of(tuple(argument))
        else:
            yield argument


def command_of(name: str) -> tuple[str, ...]:
    """The command's words that a method's name stands for."""
    container, _, rest = name.partition("_")
    if rest and container in _CONTAINERS:
        return container.upper(), rest.replace("_", "-").upper()
    return (name.upper(),)


def add_commands(target: type) -> None:
    """Gives `target` a method for each command of the table that it does not define itself."""
    for decode, names in _NAMES.items():
        for name in names.split():
            if name not in vars(target):
                setattr(target, name, _method(name, decode))


def _method(name: str, decode: Decode | None) -> Any:
    command = command_of(name)

    def method(self: Any, *words: Any) -> Any:
        return self._call((*command, *words_of(words)), decode)

    method.__name__ = name
    method.__qualname__ = f"Commands.{name}"
    method.__doc__ = f"{' '.join(command)} with `words`, as Redis documents it."
    return method
