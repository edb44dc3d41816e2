"""Redis. A call returns its value in a greenlet and an awaitable on Puff's asyncio thread; all
calls of a node share one pipelined connection per pool, so many at a time cost little.

    from puff.redis import global_redis

    global_redis.set("greeting", "hello", ex=60)
    global_redis.get("greeting")            # b"hello"

Keys and values are str, bytes, int or float; results are bytes; a missing key is None. Methods have
the names of redis-py. Where the server answers with an error, `RedisError` is raised with its text.
Commands that would change the shared connection (SELECT, SUBSCRIBE, WATCH, ..) are refused with
NotImplementedError and a text that says what to use.

In a plain Python without Puff (a script, `manage.py`) calls block their thread; the pool's URL is
that of the environment or of puff.toml in the working directory."""

import hashlib
from collections.abc import Callable, Coroutine, Iterable
from importlib import import_module
from typing import Any, NoReturn, Self

from puff import _puff
from puff._clients import TimedClient
from puff._redis_collections import (
    HashCommands,
    SetCommands,
    SortedSetCommands,
    StreamCommands,
)
from puff._redis_commands import FOREVER, KeyCommands, ListCommands, Seconds, Word, seconds
from puff._redis_replies import Decode
from puff._redis_table import add_commands
from puff.errors import RedisError

__all__ = [
    "Commands",
    "Pipeline",
    "RedisClient",
    "RedisError",
    "Script",
    "global_redis",
    "named_client",
]

# In a plain Python no node answers; there each thread has connections of its own.
_calls: Any = _puff if _puff.is_puff() else import_module("puff._redis_outside")
# The longest deadline of a command that waits in the server for ever: 24 days.
_LONGEST_MS = 2**31 - 1


class Commands(
    KeyCommands, ListCommands, HashCommands, SetCommands, SortedSetCommands, StreamCommands
):
    """Every command of Redis as a method; the base of clients and pipelines."""


add_commands(Commands)


class RedisClient(Commands, TimedClient):
    """The Redis pool of a name. A command that waits in the server has its own waiting time in
    addition to the deadline."""

    def pipeline(self, transaction: bool = False) -> "Pipeline":
        """Collects commands and sends them together; see `Pipeline`."""
        return Pipeline(self._name, self._timeout_ms, transaction)

    def register_script(self, script: str | bytes) -> "Script":
        """A Lua script as a function; see `Script`."""
        return Script(self, script)

    def _call(
        self, words: tuple[Any, ...], decode: Decode | None = None, waits: Seconds | None = 0
    ) -> Any:
        return _calls.redis_call(self._name, words, _deadline(self._timeout_ms, waits), decode)


class Pipeline(Commands):
    """Commands that are sent together and run in order, without waiting for each other's replies:

        with global_redis.pipeline() as pipe:
            pipe.set("a", 1).incr("a")
            pipe.execute()                  # [True, 2]

    Its methods only collect and return the pipeline itself. Commands of others may run in between;
    with `transaction=True` none does (MULTI and EXEC)."""

    def __init__(self, pool: str, timeout_ms: int, transaction: bool = False) -> None:
        self._pool = pool
        self._timeout_ms = timeout_ms
        self._transaction = transaction
        self._commands: list[tuple[Any, ...]] = []
        self._decoders: list[Decode | None] = []
        self._waits: Seconds | None = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.reset()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.reset()

    def __len__(self) -> int:
        return len(self._commands)

    def __bool__(self) -> bool:
        return True

    def reset(self) -> None:
        """Forgets what was collected."""
        self._commands, self._decoders, self._waits = [], [], 0

    def execute(self, raise_on_error: bool = True) -> Any:
        """Sends what was collected: the list of its results. The first error is raised, after all
        commands ran; with `raise_on_error=False` errors stand in the list."""
        commands, decoders, waits = self._commands, self._decoders, self._waits
        self.reset()
        if not commands:
            return _at_once([])
        decode = _results(commands, decoders, self._transaction, raise_on_error)
        if self._transaction:
            commands = [("MULTI",), *commands, ("EXEC",)]
        deadline = _deadline(self._timeout_ms, waits)
        return _calls.redis_pipeline(self._pool, commands, deadline, decode)

    def _call(
        self, words: tuple[Any, ...], decode: Decode | None = None, waits: Seconds | None = 0
    ) -> Any:
        self._commands.append(words)
        self._decoders.append(decode)
        both = self._waits is not None and waits is not None
        self._waits = seconds(self._waits or 0) + seconds(waits or 0) if both else FOREVER
        return self

    def _pages(self, command: tuple[Word, ...], options: tuple[Word, ...], items: Decode) -> Any:
        raise TypeError("a pipeline cannot iterate: call the client's method")


class Script:
    """A Lua script that is called by its digest, and sent in full where the server does not know
    it yet."""

    def __init__(self, client: RedisClient, script: str | bytes) -> None:
        text = script.encode() if isinstance(script, str) else script
        self.script = text
        self.sha = hashlib.sha1(text, usedforsecurity=False).hexdigest()
        self._client = client

    def __call__(
        self,
        keys: Iterable[Word] = (),
        args: Iterable[Word] = (),
        client: Commands | None = None,
    ) -> Any:
        """Runs the script; in a pipeline it is always sent in full."""
        target = self._client if client is None else client
        names = tuple(keys)
        words = (*names, *args)
        if isinstance(target, Pipeline):
            return target.eval(self.script, len(names), *words)
        if _puff.is_asyncio():
            return self._run_async(target, len(names), words)
        try:
            return target.evalsha(self.sha, len(names), *words)
        except RedisError as failure:
            self._unless_unknown(failure)
            return target.eval(self.script, len(names), *words)

    async def _run_async(self, target: Commands, numkeys: int, words: tuple[Word, ...]) -> Any:
        try:
            return await target.evalsha(self.sha, numkeys, *words)
        except RedisError as failure:
            self._unless_unknown(failure)
            return await target.eval(self.script, numkeys, *words)

    @staticmethod
    def _unless_unknown(failure: RedisError) -> None:
        if not str(failure).startswith("NOSCRIPT"):
            raise failure


def _deadline(timeout_ms: int, waits: Seconds | None) -> int:
    if waits is FOREVER:
        return _LONGEST_MS
    return min(timeout_ms + int(seconds(waits or 0) * 1000), _LONGEST_MS)


def _at_once(value: Any) -> Any:
    async def ready() -> Any:
        return value

    pending: Callable[[], Coroutine[Any, Any, Any]] = ready
    return pending() if _puff.is_asyncio() else value


def _results(
    commands: list[tuple[Any, ...]],
    decoders: list[Decode | None],
    transaction: bool,
    raise_on_error: bool,
) -> Decode:
    """What makes a pipeline's results of its replies."""

    def decode(replies: list[Any]) -> list[Any]:
        found = _of_transaction(replies) if transaction else replies
        for place, reply in enumerate(found):
            if raise_on_error and isinstance(reply, RedisError):
                _raise_with_place(reply, place, commands[place])
        return [_decoded(reply, way) for reply, way in zip(found, decoders, strict=True)]

    return decode


def _of_transaction(replies: list[Any]) -> list[Any]:
    """The replies inside EXEC's. If the server refused to queue a command, nothing ran."""
    outcome = replies[-1]
    if isinstance(outcome, list):
        return outcome
    for place, reply in enumerate(replies[1:-1]):
        if isinstance(reply, RedisError):
            reply.add_note(f"at command {place} of a transaction of which nothing ran")
            raise reply
    raise outcome if isinstance(outcome, RedisError) else RedisError("EXEC gave no replies")


def _decoded(reply: Any, decode: Decode | None) -> Any:
    return reply if decode is None or isinstance(reply, RedisError) else decode(reply)


def _raise_with_place(failure: RedisError, place: int, words: tuple[Any, ...]) -> NoReturn:
    failure.add_note(f"at command {place} of a pipeline: {words[0]}")
    raise failure


def named_client(name: str) -> RedisClient:
    """The client of the `[[redis]]` pool of that name."""
    return RedisClient(name)


global_redis = RedisClient()
