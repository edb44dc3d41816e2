"""What actors of different nodes say to each other: calls, values and failures in bytes."""

import json
from collections.abc import Callable
from typing import Any

from puff._remote_error import RemoteError, words_of
from puff.errors import Cancelled, Overloaded, Unavailable

JSON, BYTES = "application/json", "application/octet-stream"
CALL = "application/vnd.puff.call+json"

encode: Callable[[Any], str] = json.JSONEncoder(separators=(",", ":")).encode


class ActorFailed(RemoteError):
    """An actor raised an exception."""


def code_of(failure: BaseException) -> str:
    """Puff's own failures keep their meaning on the way."""
    if isinstance(failure, Overloaded):
        return "overloaded"
    if isinstance(failure, TimeoutError):
        return "timed_out"
    if isinstance(failure, LookupError):
        return "not_found"
    if isinstance(failure, Cancelled):
        return "cancelled"
    return "unavailable" if isinstance(failure, Unavailable) else "internal"


def described(failure: BaseException) -> ActorFailed:
    return failure if isinstance(failure, ActorFailed) else ActorFailed(*words_of(failure))


def encode_value(value: Any) -> tuple[str, bytes]:
    if isinstance(value, bytes):
        return BYTES, value
    return JSON, encode(value).encode()


def encode_call(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[str, bytes]:
    if not kwargs:
        if len(args) == 1 and isinstance(args[0], bytes):
            return BYTES, args[0]
        return JSON, encode(args).encode()
    if not args:
        return JSON, encode(kwargs).encode()
    return CALL, encode({"args": args, "kwargs": kwargs}).encode()


def decode_call(content_type: str, body: bytes) -> tuple[Any, dict[str, Any]]:
    if content_type == JSON:
        value = json.loads(body)
        if isinstance(value, list):
            return value, {}
        if isinstance(value, dict):
            return (), value
        raise ValueError("a message in JSON is an array of arguments or an object of named ones")
    if content_type == CALL:
        value = json.loads(body)
        return value["args"], value["kwargs"]
    return ((body,) if body or content_type else ()), {}


def decode_outcome(outcome: tuple[Any, ...]) -> Any:
    if len(outcome) == 2:
        content_type, body = outcome
        return json.loads(body) if content_type == JSON else body
    raise ActorFailed(*outcome)
