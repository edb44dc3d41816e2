"""GETs from tasks over redis-py and uvloop: redis_by_redis_py.py SOCKET TASKS COMMANDS"""

import asyncio
import json
import sys
import time

import redis.asyncio
import uvloop


async def get_often(client: redis.asyncio.Redis, times: int) -> None:
    for _ in range(times):
        if await client.get("key") != b"value":
            raise RuntimeError("Redis answers something else")


async def main(socket: str, tasks: int, commands: int) -> None:
    each = commands // tasks
    async with redis.asyncio.Redis(unix_socket_path=socket) as client:
        await client.set("key", "value")
        await asyncio.gather(*(get_often(client, 16) for _ in range(tasks)))
        wall, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(*(get_often(client, each) for _ in range(tasks)))
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    done = each * tasks
    print(json.dumps({"rps": done / wall, "cpu_us": cpu / done * 1e6}))


uvloop.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
