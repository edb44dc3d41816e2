"""Functions that are added at the times of a cron expression."""

from puff import _puff
from puff._task_options import Options
from puff._task_records import encode_record, limit_key, to_json

_known: list[tuple[str, Options]] = []
_running_queues: set[str] = set()


def add(path: str, options: Options) -> None:
    """Has a function run at its times, on a node that works on its queue."""
    _known.append((path, options))
    if options.queue in _running_queues:
        _announce(path, options)


def announce_all(queue: str) -> None:
    """This node works on a queue from now on: tells it of all functions that have times."""
    _running_queues.add(queue)
    for path, options in _known:
        if options.queue == queue:
            _announce(path, options)


def _announce(path: str, options: Options) -> None:
    assert options.cron is not None
    text = to_json(path, options.cron_param)
    limit = limit_key(options, path, options.cron_param)
    record = encode_record(path, options, text, "", limit)
    _puff.task_rhythm(options.queue, path, options.cron, record)
