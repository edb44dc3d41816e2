"""GETs from greenlets over Puff's pool: puff run redis_by_puff.main GREENLETS COMMANDS"""

import json
import time

import puff
from puff.redis import global_redis


def get_often(times: int) -> None:
    for _ in range(times):
        if global_redis.get("key") != b"value":
            raise RuntimeError("Redis answers something else")


def main(greenlets: str, commands: str) -> None:
    each = int(commands) // int(greenlets)
    global_redis.set("key", "value")
    get_often(1000)
    wall, cpu = time.perf_counter(), time.process_time()
    puff.join_all([puff.spawn(get_often, each) for _ in range(int(greenlets))])
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    done = each * int(greenlets)
    print(json.dumps({"rps": done / wall, "cpu_us": cpu / done * 1e6}))
