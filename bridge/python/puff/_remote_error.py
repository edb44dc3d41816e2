"""Exceptions of code that ran elsewhere."""

import traceback
from types import TracebackType
from typing import Self

from puff.errors import PuffError


class RemoteError(PuffError):
    """Code that ran elsewhere raised an exception: `type` and `text` are the exception's,
    `traceback` is what was printed there."""

    def __init__(self, type: str, text: str, traceback: str) -> None:
        super().__init__(f"{type}: {text}" if text else type)
        self.type = type
        self.text = text
        self.traceback = traceback

    def __reduce__(self) -> tuple[type[Self], tuple[str, str, str]]:
        return (type(self), (self.type, self.text, self.traceback))


def words_of(failure: BaseException, trace: TracebackType | None = None) -> tuple[str, str, str]:
    """What a RemoteError tells of `failure`; `trace` instead of the whole of its own."""
    kind = type(failure)
    module = "" if kind.__module__ == "builtins" else kind.__module__ + "."
    lines = traceback.format_exception(kind, failure, trace or failure.__traceback__)
    return module + kind.__qualname__, str(failure), "".join(lines)
