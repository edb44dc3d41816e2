"""The words that a task is kept as in Redis; docs/tasks.md has their meaning."""

import json
from typing import Any

from puff import _puff
from puff._json_text import encode
from puff._task_options import Function, Options, options_of, path_of, rate_of

MAX_PARAM_BYTES = 64 * 1024 * 1024
MAX_PREFIXES = 10_000

#: A task on its way to the queue: its id, when it is due in ms (-1: at once), its key among unique
#: ones, its record.
Order = tuple[bytes, int, str, bytes]

_prefixes: dict[Any, bytes] = {}


def prefix_of(path: str, o: Options) -> bytes:
    """A record without its parameter, of a function whose options are plain."""
    key = (path, o.timeout_ms, o.keep_results_for_ms, o.priority, o.max_attempts)
    found = _prefixes.get(key)
    if found is None:
        found = _puff.task_encode(path, b"", *key[1:], None)
        if len(_prefixes) < MAX_PREFIXES:
            _prefixes[key] = found
    return found


def order_of(
    path: str, o: Options, param: Any, text: str, scheduled: int | None, unique: str | None
) -> Order:
    """The order of a task under a new id; `text` is the parameter as JSON."""
    id_, due = _puff.task_new_id(), due_of(scheduled)
    if o.plain and unique is None:
        return (id_, due, "", prefix_of(path, o) + text.encode())
    key = f"{path}:{unique}" if unique is not None else unique_key(o, path, param, text)
    return (id_, due, key, encode_record(path, o, text, key, limit_key(o, path, param)))


def step_record(function: Function, step: bytes, member: bytes, text: str) -> bytes:
    """The record of a task that a chain goes on from (`step`) or that belongs to a group."""
    path = path_of(function)
    options = options_of(function)
    limit = limit_key(options, path, None) if not callable(options.key) else path
    return encode_record(path, options, text, "", limit, step, member)


def to_json(path: str, param: Any) -> str:
    try:
        text = encode(param)
    except (TypeError, ValueError) as failure:
        raise type(failure)(f"the parameter of {path}: {failure}") from None
    if len(text) > MAX_PARAM_BYTES:
        raise ValueError(f"the parameter of {path} takes more than 64 MiB")
    return text


def due_of(scheduled: int | None) -> int:
    if not scheduled:
        return -1
    if scheduled < 0:
        raise ValueError(f"scheduled_time_unix_ms must not be negative, as {scheduled} is")
    return int(scheduled)


def unique_key(o: Options, path: str, param: Any, text: str) -> str:
    if o.unique is False:
        return ""
    if o.unique is True:
        import hashlib

        sorted_ = json.dumps(param, sort_keys=True, separators=(",", ":"))
        return f"{path}:{hashlib.sha1(sorted_.encode(), usedforsecurity=False).hexdigest()}"
    return f"{path}:{o.unique(param) if callable(o.unique) else o.unique}"


def limit_key(o: Options, path: str, param: Any) -> str:
    if not (o.concurrency or o.rate):
        return ""
    if o.key is None:
        return path
    return str(o.key(param)) if callable(o.key) else o.key


def encode_record(
    path: str,
    o: Options,
    text: str,
    unique: str,
    limit: str,
    step: bytes = b"",
    member: bytes = b"",
) -> bytes:
    times, per = rate_of(o.rate) if o.rate else (0, 0)
    again = (o.retries, o.backoff_ms, o.max_backoff_ms)
    extras = (unique, limit, o.concurrency, times, per, *again, step, member)
    # Retries after exceptions count as attempts too.
    attempts = max(o.max_attempts, o.retries + 1)
    return _puff.task_encode(
        path, text, o.timeout_ms, o.keep_results_for_ms, o.priority, attempts, extras
    )
