"""An application that asks a task queue: the body of a request is an expression."""

import base64
import json

import task_work

from puff.task_queue import Step, TaskFailed, global_task_queue, named_client


def application(environ, start_response):
    text = environ["wsgi.input"].read().decode()
    names = {"q": global_task_queue, "named": named_client, "work": task_work, "Step": Step}
    try:
        answer = {"value": _plain(eval(text, names | {"id": _id}))}
    except TaskFailed as failure:
        answer = {"failed": [failure.type, failure.text, failure.traceback]}
    except Exception as failure:
        answer = {"raised": [type(failure).__name__, str(failure)]}
    body = json.dumps(answer).encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


def _id(text):
    return base64.b16decode(text)


def _plain(value):
    if isinstance(value, bytes):
        return base64.b16encode(value).decode()
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value
