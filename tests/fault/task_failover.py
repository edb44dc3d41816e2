"""What a fail-over takes from a task queue: what a replica had not been told of is lost by Redis,
and is counted apart from what the queue would lose."""

import re
from pathlib import Path

from task_field import Field

from support.redis_topologies import SentinelWorld
from support.servers import RedisServer

#: Each command that a server was told stands in its file as it is.
OPTIONS = ("--appendonly", "yes", "--aof-use-rdb-preamble", "no")
_PARAMETER = re.compile(rb"\[(\d+),\d+\]\r\n")


def fail_over(field: Field, world: SentinelWorld, passed: int) -> int:
    """Kills the master; the highest number that was accepted before. What was accepted since
    `passed` and did not reach the new master counts as lost by Redis."""
    old = world.master
    world.fail_over()
    accepted = field.accepted()
    known = numbers_told(world.master)
    assert known, "the new master has no file to look at"
    field.lost_by_redis |= {n for n in accepted if n > passed and n not in known}
    world.come_back(old)
    world.wait_for_replica()
    return max(accepted)


def numbers_told(server: RedisServer) -> set[int]:
    """Of the tasks whose records a server has got."""
    found: set[int] = set()
    for file in Path(server.folder).glob("appendonlydir/*.aof"):
        found.update(int(number) for number in _PARAMETER.findall(file.read_bytes()))
    return found
