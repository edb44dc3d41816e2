"""Tasks of celery, acknowledged when they have ended, with results."""

import os
import time

from celery import Celery
from task_log import parameter, ran

app = Celery("tasks_by_celery", broker=os.environ["TASK_REDIS"], backend=os.environ["TASK_REDIS"])
app.conf.update(
    broker_connection_retry_on_startup=True,
    result_expires=300,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_redirect_stdouts=False,
)


@app.task
def noop(_):
    ran()
    return 1


@app.task
def sleep10(_):
    time.sleep(0.01)
    ran()
    return 1


@app.task
def echo(given):
    ran()
    return given["i"]


def add(i, kind):
    {"noop": noop, "sleep10": sleep10}[kind].delay(parameter(i))


def ask(i):
    return echo.delay(parameter(i)).get(timeout=20)
