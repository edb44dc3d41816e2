"""Cuts nodes off their Redis while one of them runs a singleton, and checks its history.

    .venv/bin/python tests/fault/singleton_history.py [ROUNDS] [LEASE_MS]

Three nodes reach Redis through a proxy each. In each round the one that has the singleton loses
Redis in one of four ways (connections stall, are refused, the process is frozen, it is killed),
another takes the singleton, and the first comes back. Every beat of the singleton is written down
with its token and the machine's monotonic clock. At the end: no token was used by two nodes, all
beats of one activation lie before those of the next.

Prints a line per round and a table; leaves with status 1 if the history is wrong."""

import itertools
import json
import random
import signal
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from faulty_node import APPS, Node

from support.servers import RedisServer, wait_until

FAULTS = ("stall", "refuse", "freeze", "kill")


class Suspect(Node):
    """A node that may have the singleton."""

    def home(self) -> str | None:
        """Where this node finds the singleton."""
        try:
            answer = self.ask('Clock.ref().ask("where", timeout_ms=1000)', timeout=5)
        except OSError:
            return None
        return str(answer["value"][0]) if "value" in answer else None

    def hurt(self, fault: str) -> None:
        if fault == "stall":
            self.proxy.stall()
        elif fault == "refuse":
            self.proxy.refuse()
        elif fault == "freeze":
            self.process.send_signal(signal.SIGSTOP)
        else:
            self.process.kill()

    def heal(self, fault: str) -> None:
        if fault in ("stall", "refuse"):
            self.proxy.heal()
        elif fault == "freeze":
            self.process.send_signal(signal.SIGCONT)
        else:
            self.process = self.start()


def check(notes: list[list[str]]) -> list[str]:
    """What is wrong with a history of beats: (word, node, token, time)."""
    wrong = []
    spans: dict[int, tuple[str, float, float]] = {}
    for _, node, token, when in notes:
        who, first, last = spans.get(int(token), (node, float(when), float(when)))
        if who != node:
            wrong.append(f"token {token} was used by {who} and {node}")
        spans[int(token)] = (who, min(first, float(when)), max(last, float(when)))
    ordered = [(token, *spans[token]) for token in sorted(spans)]
    for one, next_ in itertools.pairwise(ordered):
        if one[3] >= next_[2]:
            overlap = (one[3] - next_[2]) * 1e3
            wrong.append(
                f"tokens {one[0]} ({one[1]}) and {next_[0]} ({next_[1]}): {overlap:.1f} ms"
            )
    return wrong


def one_round(nodes: dict[str, Suspect], number: int, fault: str) -> float:
    """Seconds until another node had the singleton."""
    wait_until(lambda: nodes["a"].home() is not None, "the singleton lives", 60)
    home = nodes["a"].home()
    assert home is not None
    hurt = nodes[home]
    asker = next(node for node in nodes.values() if node is not hurt)
    began = time.monotonic()
    hurt.hurt(fault)
    wait_until(lambda: asker.home() not in (None, home), f"round {number}: it moves", 60)
    took = time.monotonic() - began
    hurt.heal(fault)
    wait_until(lambda: hurt.home() not in (None, home), f"round {number}: it is back", 60)
    print(f"{number:4} {fault:7} {home} -> {asker.home()}  {took:.2f} s", flush=True)
    return took


def run(rounds: int, lease_ms: int) -> int:
    moves: dict[str, list[float]] = {fault: [] for fault in FAULTS}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        redis = stack.enter_context(RedisServer(folder / "redis"))
        (folder / "puff.toml").write_text(
            f'python_path = [{json.dumps(str(APPS))}]\nwsgi = "actor_console.application"\n'
            f'[cluster]\nname = "history"\nlease_ms = {lease_ms}\n'
        )
        notes = folder / "notes"
        notes.touch()
        nodes = {name: Suspect(folder, redis, name) for name in "abc"}
        for node in nodes.values():
            stack.callback(node.end)
        for node in nodes.values():
            node.wait()
        for number in range(1, rounds + 1):
            fault = random.choice(FAULTS)
            moves[fault].append(one_round(nodes, number, fault))
        history = [line.split(" ") for line in notes.read_text().splitlines() if line[:4] == "beat"]
    wrong = check(history)
    activations = len({line[2] for line in history})
    print(f"\n{rounds} rounds, {activations} activations, {len(history)} beats")
    for fault, times in moves.items():
        if times:
            print(
                f"  {fault:7} {len(times):4} times, moved after"
                f" {statistics.median(times):.2f} s, at most {max(times):.2f} s"
            )
    print(f"two at once: {len(wrong)}")
    for line in wrong[:20]:
        print(f"  {line}")
    return 1 if wrong else 0


if __name__ == "__main__":
    asked = [int(word) for word in sys.argv[1:]]
    sys.exit(run(asked[0] if asked else 200, asked[1] if len(asked) > 1 else 1_000))
