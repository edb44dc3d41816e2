"""What the applications of the tests share: events that a test reads with GET /events?NAME, and
gates that an application waits for until a test opens them with GET /open?NAME."""

import json
from collections import defaultdict

events: dict[str, list[str]] = defaultdict(list)
opened: set[str] = set()


def note(name: str, event: str) -> None:
    events[name].append(event)


def take(path: str, name: str) -> bytes | None:
    """The answer to a test's own request, None for any other path."""
    if path == "/events":
        return json.dumps(events[name]).encode()
    if path == "/open":
        opened.add(name)
        return b"[]"
    return None
