"""Faults of subscriptions and of whoever asks, on a served node; a table of them at the end.

    .venv/bin/python tests/fault/live_faults.py [NAME..]      all, if none is named

Leaves with status 1 if one of them did not go as it must. `--short` makes each small, as the
integration tests have them."""

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from integration.apps.live_world import LiveWorld, live_world

from support.servers import wait_until


@dataclass
class Outcome:
    """What was done, what came of it, and whether that is what must."""

    done: str
    seen: str
    good: bool


def settled(world: LiveWorld) -> int:
    """The memory once nobody subscribes any more."""
    wait_until(lambda: world.open() == 0, "all subscriptions have ended", 60)
    return world.site.resident_kib()


def leftovers(closed: int, grown: int, descriptors: int, world: LiveWorld) -> str:
    world.wait_until_nobody_listens()
    return f"{closed} finally blocks, {grown:+} KiB, {descriptors:+} descriptors, no channels"


def rounds(world: LiveWorld, size: float) -> Outcome:
    """Subscribing and unsubscribing on one socket, in pieces, after a first tenth."""
    count = int(10_000 * size)
    asyncio.run(world.subscribe_rounds(count // 10))
    before, already, descriptors = settled(world), world.closed(), world.site.descriptors()
    asyncio.run(world.subscribe_rounds(count))
    grown = settled(world) - before
    left = world.site.descriptors() - descriptors
    closed = world.closed() - already
    good = grown < 8 * 1024 and left <= 4 and closed == count
    seen = leftovers(closed, grown, left, world)
    return Outcome(f"{count} rounds of subscribe and complete", seen, good)


def channel_rounds(world: LiveWorld, size: float) -> Outcome:
    """The same with channel fields, which share a stream of Redis for each room."""
    count = int(10_000 * size)
    asyncio.run(world.channel_rounds(count // 10))
    world.wait_until_nobody_listens()
    before, descriptors = settled(world), world.site.descriptors()
    asyncio.run(world.channel_rounds(count))
    world.wait_until_nobody_listens()
    grown = settled(world) - before
    left = world.site.descriptors() - descriptors
    seen = f"{grown:+} KiB, {left:+} descriptors, no channels"
    good = grown < 8 * 1024 and left <= 4
    return Outcome(f"{count} rounds of channel fields", seen, good)


def vanishing(world: LiveWorld, size: float) -> Outcome:
    """Clients that reset their connection with ten subscriptions each."""
    count = int(1_000 * size)
    asyncio.run(world.vanish(count // 10 or 1))
    before, closed, descriptors = settled(world), world.closed(), world.site.descriptors()
    asyncio.run(world.vanish(count))
    grown = settled(world) - before
    ended = world.closed() - closed
    left = world.site.descriptors() - descriptors
    good = ended == 10 * count and grown < 8 * 1024 and left <= 4
    seen = leftovers(ended, grown, left, world)
    return Outcome(f"{count} clients that vanish, 10 subscriptions each", seen, good)


def slow_reader(world: LiveWorld, size: float) -> Outcome:
    """One that reads nothing among many that do, while messages are published."""
    count, messages = max(20, int(1_000 * size)), 200
    got = asyncio.run(world.one_slow_reader(count, messages, 4_000))
    settled(world)
    good = got.complete == count - 1 and got.grown < 48 * 1024
    seen = f"{got.complete} of {count - 1} got all {messages}, {got.grown:+} KiB meanwhile"
    return Outcome(f"one of {count} does not read", seen, good)


def redis_restart(world: LiveWorld, size: float) -> Outcome:
    """Redis goes away and comes back under live subscriptions: a gap is told, the streams go on."""
    count = max(20, int(1_000 * size))
    got = asyncio.run(world.restart_redis(count))
    settled(world)
    good = got.gaps == count and got.after == count
    seen = f"{got.gaps} were told of the gap, {got.after} went on"
    return Outcome(f"Redis restarts under {count} subscriptions", seen, good)


def channel_restart(world: LiveWorld, size: float) -> Outcome:
    """The same under channel fields: the gap is told with the next event, which all get."""
    count = max(20, int(1_000 * size))
    got = asyncio.run(world.restart_redis_under_channels(count))
    settled(world)
    good = got.gaps == count and got.after == count
    seen = f"{got.gaps} were told of the gap, {got.after} went on"
    return Outcome(f"Redis restarts under {count} channel fields", seen, good)


def gone_in_mid_query(world: LiveWorld, size: float) -> Outcome:
    """The statement of a client that has gone is cancelled on the server, over each transport."""
    took = []
    for how in (world.leave_http, world.leave_socket):
        for _ in range(max(1, int(20 * size))):
            with how():
                wait_until(lambda: world.sleeping() == 1, "the statement runs")
            began = time.monotonic()
            wait_until(lambda: world.sleeping() == 0, "the statement is cancelled")
            took.append(time.monotonic() - began)
    seen = f"cancelled after {1000 * max(took):.0f} ms at most"
    return Outcome(f"{len(took)} clients gone in mid-query", seen, max(took) < 2)


def refused(world: LiveWorld, size: float) -> Outcome:
    """Who may not is told so at connection_init or at the subscription, and leaves nothing."""
    count = max(10, int(500 * size))
    before = settled(world)
    told = asyncio.run(world.refusals(count))
    grown = settled(world) - before
    good = told == {"connection_init": count, "subscribe": count} and grown < 8 * 1024
    return Outcome(f"{count} refused at each place", f"{told}, {grown:+} KiB", good)


FAULTS: dict[str, Callable[[LiveWorld, float], Outcome]] = {
    "rounds": rounds,
    "channel_rounds": channel_rounds,
    "vanishing": vanishing,
    "slow_reader": slow_reader,
    "redis_restart": redis_restart,
    "channel_restart": channel_restart,
    "gone_in_mid_query": gone_in_mid_query,
    "refused": refused,
}


def run(names: list[str], size: float) -> dict[str, Outcome]:
    """Each on a server of its own, so that none counts what another left."""
    out = {}
    for name in names:
        with tempfile.TemporaryDirectory() as folder, live_world(Path(folder)) as world:
            out[name] = FAULTS[name](world, size)
            print(f"{name}: {out[name].seen}", flush=True)
    return out


def main(arguments: list[str]) -> int:
    size = 0.02 if "--short" in arguments else 1.0
    names = [name for name in arguments if not name.startswith("-")] or list(FAULTS)
    out = run(names, size)
    print()
    for name, outcome in out.items():
        verdict = "ok" if outcome.good else "NOT OK"
        print(f"| {name} | {outcome.done} | {outcome.seen} | {verdict} |")
    return int(not all(outcome.good for outcome in out.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
