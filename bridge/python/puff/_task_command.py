"""`puff tasks`: what a person does with a queue."""

import argparse
import json
import sys
import time
import uuid
from typing import Any

from puff import _puff
from puff.task_queue import TaskFailed, TaskQueue

STATES = ("ready", "scheduled", "running", "parked", "dead")
TIMEOUT_MS = 10_000


def main(*arguments: str) -> None:
    """Leaves with status 1 if what was named is not there."""
    options = _parser().parse_args(arguments)
    queue = TaskQueue(options.queue)
    if not globals()[f"_{options.verb}"](queue, options):
        sys.exit(1)


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--queue", default="default", metavar="NAME", help="which [[task_queue]]")
    common.add_argument("--json", action="store_true", help="print JSON")
    parser = argparse.ArgumentParser(prog="puff tasks")
    verbs = parser.add_subparsers(dest="verb", required=True)

    def verb(name: str, text: str) -> argparse.ArgumentParser:
        return verbs.add_parser(name, help=text, description=text, parents=[common])

    listed = verb("list", "Tasks of a state, the next one first.")
    listed.add_argument("state", nargs="?", choices=STATES, default="ready")
    listed.add_argument("--offset", type=int, default=0)
    listed.add_argument("--limit", type=int, default=50)
    for name, text in (
        ("show", "Everything about a task."),
        ("retry", "Runs a scheduled or dead task now."),
        ("cancel", "Takes a task out of the queue, or cancels it where it runs."),
    ):
        verb(name, text).add_argument("id", type=_id)
    replayed = verb("replay", "Puts dead letters back into the queue.")
    replayed.add_argument("id", type=_id, nargs="?", help="one of them; without it all")
    purged = verb("purge", "Forgets all tasks of a state.")
    purged.add_argument("state", choices=("ready", "scheduled", "dead"))
    verb("stats", "How many tasks are in which state.")
    verb("pause", "No node claims tasks of the queue any more; what runs goes on.")
    verb("resume", "Ends a pause.")
    return parser


def _id(text: str) -> bytes:
    try:
        return uuid.UUID(text).bytes
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no id of a task") from None


def _list(queue: TaskQueue, options: argparse.Namespace) -> bool:
    words = (options.state, max(options.offset, 0), max(options.limit, 1))
    reply = _puff.task_call(options.queue, "list", words, TIMEOUT_MS, None)
    rows = [
        _row(id_, options.state, record, at, more)
        for id_, at, record, more in zip(*[iter(reply)] * 4, strict=True)
    ]
    if options.json:
        _print_json(rows)
    for row in [] if options.json else rows:
        note = row.get("error", row.get("progress", ""))
        print(f"{row['id']}  {row['time']}  {row['function']}  {_short(note)}".rstrip())
    return True


def _show(queue: TaskQueue, options: argparse.Namespace) -> bool:
    state, record, progress, error = _puff.task_call(
        options.queue, "show", (options.id,), TIMEOUT_MS, None
    )
    if not state:
        print(f"nobody knows the task {uuid.UUID(bytes=options.id)}", file=sys.stderr)
        return False
    row = _row(options.id, state.decode(), record, 0, error or progress)
    if state == b"finished":
        try:
            row["result"] = queue.task_result(options.id)
        except TaskFailed as failure:
            row["error"] = vars(failure)
    if options.json:
        _print_json(row)
    else:
        for name, value in row.items():
            print(f"{name}: {value if isinstance(value, str) else json.dumps(value)}")
    return True


def _retry(queue: TaskQueue, options: argparse.Namespace) -> bool:
    return _say(options, bool(queue.retry(options.id)), "runs now", "is neither scheduled nor dead")


def _cancel(queue: TaskQueue, options: argparse.Namespace) -> bool:
    return _say(options, bool(queue.cancel(options.id)), "is cancelled", "neither waits nor runs")


def _replay(queue: TaskQueue, options: argparse.Namespace) -> bool:
    if options.id is not None:
        return _say(options, bool(queue.replay(options.id)), "is back", "is no dead letter")
    return _count(options, "replayed", lambda: queue.replay())


def _purge(queue: TaskQueue, options: argparse.Namespace) -> bool:
    return _count(options, "purged", lambda: queue.purge(options.state))


def _stats(queue: TaskQueue, options: argparse.Namespace) -> bool:
    counts = queue.stats()
    if options.json:
        _print_json(counts)
    for name, value in {} if options.json else counts.items():
        print(f"{name:16} {value}")
    return True


def _pause(queue: TaskQueue, options: argparse.Namespace) -> bool:
    return bool(queue.pause())


def _resume(queue: TaskQueue, options: argparse.Namespace) -> bool:
    return bool(queue.resume())


def _count(options: argparse.Namespace, what: str, step: Any) -> bool:
    total = 0
    while done := step():
        total += done
    print(json.dumps({what: total}) if options.json else f"{what}: {total}")
    return True


def _say(options: argparse.Namespace, done: bool, yes: str, no: str) -> bool:
    name = str(uuid.UUID(bytes=options.id))
    if options.json:
        _print_json({"id": name, "done": done})
    else:
        print(f"{name} {yes if done else no}", file=sys.stdout if done else sys.stderr)
    return done


def _row(id_: bytes, state: str, record: bytes, at: int, more: bytes) -> dict[str, Any]:
    row: dict[str, Any] = {"id": str(uuid.UUID(bytes=id_)), "state": state}
    if at:
        row["time"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at / 1000))
    row.update(_of_record(record))
    if more:
        row["error" if state == "dead" else "progress"] = json.loads(more.lstrip(b"-+"))
    return row


def _of_record(record: bytes) -> dict[str, Any]:
    """What a record says; the C++ side writes it (services/tasks/record.hpp)."""
    if len(record) < 22 or record[0] != 1:
        return {"function": "?"} if record else {"function": ""}
    number = int.from_bytes
    name, extras = number(record[18:20], "little"), number(record[20:22], "little")
    return {
        "function": record[22 : 22 + name].decode(errors="replace"),
        "param": record[22 + name + extras :].decode(errors="replace"),
        "priority": 100 - record[8],
        "attempts": number(record[2:4], "little") - number(record[4:6], "little"),
        "max_attempts": number(record[6:8], "little"),
        "timeout_ms": number(record[10:14], "little"),
    }


def _short(note: Any) -> str:
    if isinstance(note, dict):
        return f"{note.get('type')}: {note.get('text')}"
    return json.dumps(note) if note != "" else ""


def _print_json(value: Any) -> None:
    print(json.dumps(value, indent=2))
