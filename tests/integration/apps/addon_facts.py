"""An application beside the add-on of tests/support/addons."""

import json

import puff


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    handler = globals().get("do_" + environ["PATH_INFO"][1:], do_other)
    return [handler(environ["QUERY_STRING"]).encode()]


def do_other(query):
    return "the application"


def do_triple(query):
    import trial_cpp

    return str(trial_cpp.triple(int(query)))


def do_task(query):
    path, parameter = query.split("=")
    queue = puff.global_task_queue
    added = queue.add_task(path, json.loads(parameter.replace("%22", '"')))
    try:
        return json.dumps(queue.wait_for_task_result(added))
    except Exception as failed:
        return repr(failed) + str(failed)


def half(number):
    return number // 2
