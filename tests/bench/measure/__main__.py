import argparse
import json
import sys

from measure import places, report
from measure.actors import actors
from measure.cases import measure
from measure.cluster import cluster
from measure.django import django
from measure.graphql import graphql
from measure.http import frameworks, hello
from measure.postgres import postgres
from measure.pubsub import pubsub
from measure.redis import redis
from measure.startup import startup
from measure.syscalls import syscalls
from measure.task_ceiling import task_ceiling
from measure.tasks import tasks
from measure.websocket import websocket

TOPICS = {
    "http": hello,
    "frameworks": frameworks,
    "redis": redis,
    "pubsub": pubsub,
    "websocket": websocket,
    "postgres": postgres,
    "django": django,
    "actors": actors,
    "cluster": cluster,
    "graphql": graphql,
    "tasks": lambda seconds: [*tasks(seconds), *task_ceiling(seconds)],
    "startup": startup,
    "syscalls": syscalls,
}
IN_ALL = [topic for topic in TOPICS if topic != "syscalls"]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run.sh", description="Measures Puff and its peers.")
    parser.add_argument("topic", nargs="?", default="all", choices=[*TOPICS, "all"])
    parser.add_argument("--rounds", type=int, default=3, help="of each contender in turn (3)")
    parser.add_argument("--seconds", type=float, default=5, help="of each measurement (5)")
    parser.add_argument("--only", default="", metavar="CASE", help="cases with this in their name")
    parser.add_argument("--placement", choices=["pinned", "free"], help="one instead of both")
    return parser.parse_args()


def main() -> int:
    """0: all targets reached; 1: not; 2: something could not be measured."""
    asked = arguments()
    around = report.surroundings(asked.rounds, asked.seconds)
    topics = IN_ALL if asked.topic == "all" else [asked.topic]
    cases = [case for topic in topics for case in TOPICS[topic](asked.seconds)]
    results = [
        measure(case, placement, asked.rounds, lambda line: print(line, file=sys.stderr))
        for case in cases
        if asked.only.lower() in case.name.lower()
        for placement in case.placements
        if asked.placement in (None, placement) or len(case.placements) == 1
    ]
    text = report.as_markdown(around, results)
    places.OUTPUT.mkdir(parents=True, exist_ok=True)
    (places.OUTPUT / f"{asked.topic}.md").write_text(text)
    whole = json.dumps(report.as_json(around, results), indent=1)
    (places.OUTPUT / f"{asked.topic}.json").write_text(whole)
    print(text)
    if not results or any(r.failures for r in results):
        return 2
    return 0 if all(v.passed for r in results for v in r.verdicts()) else 1


sys.exit(main())
