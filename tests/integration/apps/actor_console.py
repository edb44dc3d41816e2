"""A node that evaluates what it is sent, so that a test may ask actors from it; and the actors."""

import json
import os
import time
import traceback

from puff import actors, sleep_ms
from puff.actors import actor, current_actor, node_name, ref, spawn, watch
from puff.redis import global_redis

NOTES = os.environ.get("ACTOR_NOTES", "")


def note(text):
    with open(NOTES, "a") as file:
        file.write(f"{text}\n")


class Odd(Exception):
    pass


@actor(state=("value",), idle_ms=int(os.environ.get("ACTOR_IDLE_MS", "60000")))
class Counter:
    def __init__(self, key):
        self.key = key
        self.value = 0
        self.active = 0

    def add(self, n=1):
        self.value += n
        return self.value

    async def add_later(self, n=1):
        import asyncio

        await asyncio.sleep(0.001)
        self.value += n
        return self.value

    def where(self):
        return node_name()

    def token(self):
        return current_actor().token

    def overlap(self):
        """How many run at once while this one waits."""
        self.active += 1
        sleep_ms(5)
        seen, self.active = self.active, self.active - 1
        return seen

    def sleep(self, ms):
        note(f"asleep {self.key}")
        sleep_ms(ms)
        return "slept"

    def fail(self, text):
        raise Odd(text)

    def echo(self, *args, **kwargs):
        return [args, kwargs]

    def data(self, body):
        return body[::-1]

    def odd_value(self):
        return object()

    def tick(self, ms):
        current_actor().after(ms, "add", 100)

    def tick_often(self, ms):
        current_actor().every(ms, "add", 1)

    def _secret(self):
        return "secret"

    def remind(self, name, ms, every_ms=0):
        current_actor().remind(name, ms, "reminded", name, every_ms=every_ms)

    def forget(self, name):
        return current_actor().forget(name)

    def reminded(self, name):
        note(f"reminded {self.key} {name} {node_name()} {time.monotonic()}")

    def hold_thread(self, ms):
        """Keeps the greenlet thread, as a loop that never yields does."""
        time.sleep(ms / 1000)


@actor(state=("total",), store="postgres")
class Ledger:
    """Kept in PostgreSQL."""

    def __init__(self, key):
        self.total = 0

    def add(self, n=1):
        self.total += n
        return self.total

    def where(self):
        return node_name()


@actor(singleton=True, state=("count",))
class Clock:
    """Writes down when it works, by a clock that all processes share."""

    def __init__(self):
        self.count = 0

    def _started(self):
        note(f"start {node_name()} {current_actor().token} {time.monotonic()}")
        current_actor().every(10, "beat")

    def _stopping(self):
        note(f"stop {node_name()} {current_actor().token} {time.monotonic()}")

    def beat(self):
        note(f"beat {node_name()} {current_actor().token} {time.monotonic()}")

    def where(self):
        self.count += 1
        return [node_name(), self.count]


class Plain:
    def __init__(self, greeting):
        self.greeting = greeting

    def greet(self, name):
        return f"{self.greeting}, {name}, from {node_name()}"


def watched(name, node=""):
    watch(ref(name, node), lambda whom, why: note(f"ended {whom.name} {why}"))


def many(name, count):
    """Asks side by side."""
    from puff import join_all
    from puff import spawn as begin

    return join_all([begin(ref(name).ask, "add", 1) for _ in range(count)])


NAMES = {
    "Counter": Counter,
    "Clock": Clock,
    "Ledger": Ledger,
    "Plain": Plain,
    "actors": actors,
    "many": many,
    "node_name": node_name,
    "redis": global_redis,
    "ref": ref,
    "spawn": spawn,
    "time": time,
    "watched": watched,
}


def application(environ, start_response):
    expression = environ["wsgi.input"].read().decode()
    try:
        answer = {"value": eval(expression, dict(NAMES))}
        body = json.dumps(answer, default=repr)
    except Exception as failure:
        answer = {
            "type": type(failure).__name__,
            "text": str(failure),
            "remote": getattr(failure, "traceback", ""),
            "kind": getattr(failure, "type", ""),
            "trace": traceback.format_exc(),
        }
        body = json.dumps(answer)
    start_response("200 OK", [("Content-Type", "application/json")])
    return [body.encode()]
