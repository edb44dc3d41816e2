"""redis-py on uvloop reads what another process publishes: pubsub_by_redis_py.py SOCKET COUNT"""

import json
import multiprocessing
import sys
import time

import redis
import redis.asyncio
import uvloop


def flood(path: str, count: int) -> None:
    client = redis.Redis(unix_socket_path=path)
    for _ in range(0, count, 500):
        with client.pipeline(transaction=False) as pipe:
            for _ in range(500):
                pipe.publish("c", b"x" * 256)
            pipe.execute()


async def read(path: str, count: int) -> dict[str, float]:
    client = redis.asyncio.Redis(unix_socket_path=path)
    async with client.pubsub() as channel:
        await channel.subscribe("c")
        await channel.get_message(timeout=5)
        publisher = multiprocessing.get_context("spawn").Process(target=flood, args=(path, count))
        publisher.start()
        seen = 0
        wall = cpu = 0.0
        async for message in channel.listen():
            if not seen:
                wall, cpu = time.perf_counter(), time.process_time()
            seen += message["type"] == "message"
            if seen >= count:
                break
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        publisher.join()
    await client.aclose()
    return {"rps": seen / wall, "cpu_us": cpu / seen * 1e6}


if __name__ == "__main__":
    print(json.dumps(uvloop.run(read(sys.argv[1], int(sys.argv[2])))))
