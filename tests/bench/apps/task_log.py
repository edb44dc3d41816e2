"""What tasks of every queue tell: a byte in a file for each that ran."""

import os

_file = os.open(os.environ["TASK_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)


def ran():
    os.write(_file, b".")


def parameter(i):
    return {"i": i, "user": "user-1234", "ok": True}
