"""Publish and subscribe over a private Redis on a unix socket."""

import re

from measure import places
from measure.cases import Case, Measure, Sample
from measure.redis import figures, output, private_folder, redis_server
from measure.servers import write_puff_toml
from measure.targets import Limit, Ratio


def pubsub(seconds: float) -> list[Case]:
    messages = round(100_000 * seconds)
    return [
        Case(
            "publish to receive in Python",
            {"puff": _puff("latency", round(400 * seconds))},
            (Limit("p50_ms", at_most=0.12, placement="free"),),
            placements=("free",),
        ),
        Case(
            "deliveries to 100 subscribers in Python",
            {"puff": _puff("fan_out", round(4_000 * seconds))},
            (Limit("rps", at_least=1.0e6),),
            placements=("free",),
        ),
        Case(
            "deliveries to 100 subscribers in C++",
            {"puff's broker": _engine("deliveries", messages)},
            (Limit("rps", at_least=10e6),),
            placements=("free",),
        ),
        Case(
            "one reader of Redis",
            {"puff's broker": _engine("reader", messages), "redis-py": _redis_py(messages // 5)},
            (Limit("rps", at_least=350e3), Ratio("rps", ("redis-py",), at_least=2)),
            placements=("free",),
        ),
    ]


def _puff(function: str, count: int) -> Measure:
    def run(placement: str) -> Sample:
        with redis_server(placement) as path, private_folder() as folder:
            config = write_puff_toml(folder, f'[[pubsub]]\nurl = "unix://{path}"\n')
            command = [places.PUFF, "run", "--config", str(config), f"pubsub_by_puff.{function}"]
            return figures([*command, str(count)], placement, folder)

    return run


def _redis_py(count: int) -> Measure:
    def run(placement: str) -> Sample:
        with redis_server(placement) as path, private_folder() as folder:
            script = str(places.APPS / "pubsub_by_redis_py.py")
            command = [str(places.PEERS / "python"), script, str(path), str(count)]
            return figures(command, placement, folder)

    return run


def _engine(line: str, messages: int) -> Measure:
    def run(_placement: str) -> Sample:
        command = [places.cpp_program("bench_pubsub_engine"), str(messages)]
        out = output(command, None, places.APPS)
        found = re.search(rf"^{line}\s+(\S+) per second (\S+) us", out, re.MULTILINE)
        if not found:
            raise places.Missing(f"bench_pubsub_engine printed something else:\n{out}")
        return {"rps": float(found[1]), "cpu_us": float(found[2])}

    return run
