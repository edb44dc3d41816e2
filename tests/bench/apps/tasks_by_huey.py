"""Tasks of huey, with results, as its consumer is told by blocking."""

import os
import time

from huey import RedisHuey
from task_log import parameter, ran

huey = RedisHuey("q", url=os.environ["TASK_REDIS"], notify_result=True)


@huey.task()
def noop(_):
    ran()
    return 1


@huey.task()
def sleep10(_):
    time.sleep(0.01)
    ran()
    return 1


@huey.task()
def echo(given):
    ran()
    return given["i"]


def add(i, kind):
    {"noop": noop, "sleep10": sleep10}[kind](parameter(i))


def ask(i):
    return echo(parameter(i))(blocking=True, timeout=20)
