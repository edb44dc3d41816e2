"""Stacks of threads and greenlets as text, for logs and `puff status --stacks`."""

import sys
import threading
import traceback
from types import FrameType
from typing import Any


def describe_all(waiting: list[Any]) -> str:
    """Every thread and each of the greenlets that wait, a paragraph each."""
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    parts = [
        _describe(f"thread {names.get(ident, 'of C++')} ({ident})", frame)
        for ident, frame in sys._current_frames().items()
    ]
    for number, greenlet in enumerate(waiting, 1):
        frame = getattr(greenlet, "gr_frame", None)
        if frame is not None:
            parts.append(_describe(f"greenlet {number} of {len(waiting)}, waiting", frame))
    return "\n".join(parts)


def describe_thread(ident: int) -> str:
    """The stack of one thread; empty if it runs no Python."""
    frame = sys._current_frames().get(ident)
    return "".join(traceback.format_stack(frame)) if frame else ""


def _describe(title: str, frame: FrameType) -> str:
    return f"{title}:\n{''.join(traceback.format_stack(frame))}"
