"""The functions of users that say who may hear a channel at a `[[pubsub_endpoint]]`."""

import inspect
from collections.abc import Callable
from typing import Any, NamedTuple

from puff.imports import import_string

Call = tuple[str, str, str, list[tuple[str, str]], str, str]


class EndpointRequest(NamedTuple):
    """Who wants to hear a channel."""

    transport: str
    """"websocket" or "sse"."""
    path: str
    """As it was sent."""
    query: str
    headers: dict[str, str]
    """By name in lower case; repeated ones are joined by ", "."""
    client: str
    """The address."""


def load(dotted_path: str) -> tuple[Callable[[Call], Any], bool]:
    """What the C++ side calls for each visitor, and whether that is a coroutine function. It
    returns the visitor's name ("": any), or None for who may not."""
    function = import_string(dotted_path)
    if not callable(function):
        raise TypeError(f"{dotted_path} is no function")
    if not inspect.iscoroutinefunction(function):
        return lambda call: _asked(function, call), False

    async def ask(call: Call) -> str | None:
        try:
            return _name(await function(*_arguments(call)))
        except PermissionError:
            return None

    return ask, True


def _asked(function: Callable[[EndpointRequest, str], Any], call: Call) -> str | None:
    try:
        return _name(function(*_arguments(call)))
    except PermissionError:
        return None


def _arguments(call: Call) -> tuple[EndpointRequest, str]:
    transport, path, query, fields, client, channel = call
    headers: dict[str, str] = {}
    for name, value in fields:
        key = name.lower()
        headers[key] = f"{headers[key]}, {value}" if key in headers else value
    return EndpointRequest(transport, path, query, headers, client), channel


def _name(allowed: object) -> str | None:
    if isinstance(allowed, str):
        return allowed or None
    if allowed is True:
        return ""
    if allowed is False or allowed is None:
        return None
    raise TypeError(f"authorize returns True, False or a name, not {type(allowed).__name__}")
