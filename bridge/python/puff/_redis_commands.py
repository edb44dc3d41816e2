"""The commands of Redis as methods: keys and strings, lists, and what concerns the server. The rest
is in `_redis_collections` and `_redis_table`."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from puff import _puff
from puff import _redis_replies as replies
from puff._redis_replies import Decode
from puff._redis_table import words_of

Word = str | bytes | int | float
Words = Word | Iterable[Word]
Seconds = int | float | timedelta

FOREVER = None


def seconds(span: Seconds) -> float:
    return span.total_seconds() if isinstance(span, timedelta) else span


def whole_seconds(span: Seconds) -> int:
    return int(seconds(span))


def milliseconds(span: int | timedelta) -> int:
    return int(span.total_seconds() * 1000) if isinstance(span, timedelta) else span


def unix_seconds(when: int | datetime) -> int:
    return int(when.timestamp()) if isinstance(when, datetime) else when


def unix_milliseconds(when: int | datetime) -> int:
    return int(when.timestamp() * 1000) if isinstance(when, datetime) else when


def many(first: Words, rest: tuple[Word, ...] = ()) -> tuple[Word, ...]:
    """One word, several, or an iterable of them, as redis-py takes them."""
    if isinstance(first, str | bytes | int | float):
        return (first, *rest)
    return (*first, *rest)


def pairs(items: Mapping[Any, Word] | Iterable[tuple[Any, Word]]) -> tuple[Word, ...]:
    """Keys and values, one after the other."""
    found = items.items() if isinstance(items, Mapping) else items
    return tuple(word for item in found for word in item)


class CommandBase(ABC):
    """What a family of commands needs: somebody to call, and iteration over pages."""

    @abstractmethod
    def _call(
        self, words: tuple[Any, ...], decode: Decode | None = None, waits: Seconds | None = 0
    ) -> Any:
        """Sends a command; `waits` is how long the server itself may wait, None for ever."""

    def _pages(self, command: tuple[Word, ...], options: tuple[Word, ...], items: Decode) -> Any:
        """The items of all pages of a SCAN command, in a generator (on the asyncio thread an async
        one)."""

        def page(cursor: int) -> Any:
            return self._call((*command, cursor, *options), replies.scan_of(items))

        return _each_async(page) if _puff.is_asyncio() else _each(page)


def _each(page: Callable[[int], Any]) -> Iterator[Any]:
    cursor, items = page(0)
    yield from items
    while cursor != 0:
        cursor, items = page(cursor)
        yield from items


async def _each_async(page: Callable[[int], Any]) -> AsyncIterator[Any]:
    cursor, items = await page(0)
    for item in items:
        yield item
    while cursor != 0:
        cursor, items = await page(cursor)
        for item in items:
            yield item


def scan_options(
    match: Word | None, count: int | None, kind: str | None = None
) -> tuple[Word, ...]:
    options: list[Word] = []
    if match is not None:
        options += ["MATCH", match]
    if count is not None:
        options += ["COUNT", count]
    if kind is not None:
        options += ["TYPE", kind]
    return tuple(options)


class KeyCommands(CommandBase):
    """Keys, strings, and the server."""

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Callable[..., Any]:
            """The methods that `_redis_table` adds."""

    def command(self, words: Iterable[Word], decode: Decode | None = None) -> Any:
        """Any command: its reply as it is, or what `decode` makes of it."""
        return self._call(tuple(words), decode)

    def execute_command(self, *words: Word) -> Any:
        """`command`, as redis-py spells it; the first word may hold the command's blanks."""
        return self._call((*str(words[0]).split(), *words[1:]))

    def get(self, key: Word) -> Any:
        """The value of `key` as bytes, None without one."""
        return self._call(("GET", key))

    def set(
        self,
        key: Word,
        value: Word,
        nx: bool | None = None,
        ex: Seconds | None = None,
        *,
        px: int | timedelta | None = None,
        xx: bool = False,
        keepttl: bool = False,
        get: bool = False,
        exat: int | datetime | None = None,
        pxat: int | datetime | None = None,
    ) -> Any:
        """Sets `key`: only if it does not exist (`nx`) or does (`xx`); to expire in `ex` seconds,
        `px` milliseconds, or at a Unix time. Whether it was set; with `get` the old value."""
        words: list[Any] = ["SET", key, value]
        if ex is not None:
            words += ["EX", whole_seconds(ex)]
        if px is not None:
            words += ["PX", milliseconds(px)]
        if exat is not None:
            words += ["EXAT", unix_seconds(exat)]
        if pxat is not None:
            words += ["PXAT", unix_milliseconds(pxat)]
        options = {"NX": nx, "XX": xx, "KEEPTTL": keepttl, "GET": get}
        words += [name for name, wanted in options.items() if wanted]
        return self._call(tuple(words), None if get else replies.ok)

    def mset(
        self,
        items: Mapping[Any, Word] | Iterable[tuple[Word, Word]],
        nx: bool | None = None,
    ) -> Any:
        """Sets all keys of a dict or of pairs; with `nx` all or none, if none exists yet. Whether
        they were set."""
        if nx:
            return self._call(("MSETNX", *pairs(items)), replies.flag)
        return self._call(("MSET", *pairs(items)), replies.ok)

    def msetnx(self, items: Mapping[Any, Word] | Iterable[tuple[Word, Word]]) -> Any:
        """`mset` with `nx`."""
        return self.mset(items, nx=True)

    def mget(self, keys: Words, *more: Word) -> Any:
        """The values of the keys in a list, None for each that does not exist."""
        return self._call(("MGET", *many(keys, more)))

    def getex(
        self,
        key: Word,
        ex: Seconds | None = None,
        px: int | timedelta | None = None,
        exat: int | datetime | None = None,
        pxat: int | datetime | None = None,
        persist: bool = False,
    ) -> Any:
        """`get`, and a new expiry or none (`persist`)."""
        words: list[Any] = ["GETEX", key]
        if ex is not None:
            words += ["EX", whole_seconds(ex)]
        if px is not None:
            words += ["PX", milliseconds(px)]
        if exat is not None:
            words += ["EXAT", unix_seconds(exat)]
        if pxat is not None:
            words += ["PXAT", unix_milliseconds(pxat)]
        if persist:
            words.append("PERSIST")
        return self._call(tuple(words))

    def setex(self, key: Word, time: Seconds, value: Word) -> Any:
        """`set` to expire in `time` seconds."""
        return self._call(("SETEX", key, whole_seconds(time), value), replies.ok)

    def psetex(self, key: Word, time_ms: int | timedelta, value: Word) -> Any:
        """`set` to expire in `time_ms` milliseconds."""
        return self._call(("PSETEX", key, milliseconds(time_ms), value), replies.ok)

    def append(self, key: Word, value: Word) -> Any:
        """Appends to a string; its new length."""
        return self._call(("APPEND", key, value))

    def incr(self, key: Word, delta: int = 1) -> Any:
        """Adds `delta`; the new value."""
        return self._call(("INCRBY", key, delta))

    incrby = incr

    def decr(self, key: Word, delta: int = 1) -> Any:
        """Subtracts `delta`; the new value."""
        return self._call(("DECRBY", key, delta))

    def delete(self, *keys: Word) -> Any:
        """Removes keys; how many existed."""
        return self._call(("DEL", *words_of(keys)))

    def exists(self, *keys: Word) -> Any:
        """How many of the keys exist."""
        return self._call(("EXISTS", *words_of(keys)))

    def expire(
        self,
        key: Word,
        seconds: Seconds,
        nx: bool = False,
        xx: bool = False,
        gt: bool = False,
        lt: bool = False,
    ) -> Any:
        """Lets a key expire in `seconds`; whether it exists (and the condition held)."""
        options = {"NX": nx, "XX": xx, "GT": gt, "LT": lt}
        chosen = (name for name, wanted in options.items() if wanted)
        return self._call(("EXPIRE", key, whole_seconds(seconds), *chosen), replies.flag)

    def pexpire(self, key: Word, time_ms: int | timedelta) -> Any:
        """Lets a key expire in `time_ms` milliseconds; whether it exists."""
        return self._call(("PEXPIRE", key, milliseconds(time_ms)), replies.flag)

    def expireat(self, key: Word, when: int | datetime) -> Any:
        """Lets a key expire at a Unix time in seconds; whether it exists."""
        return self._call(("EXPIREAT", key, unix_seconds(when)), replies.flag)

    def pexpireat(self, key: Word, when: int | datetime) -> Any:
        """Lets a key expire at a Unix time in milliseconds; whether it exists."""
        return self._call(("PEXPIREAT", key, unix_milliseconds(when)), replies.flag)

    def persist(self, key: Word) -> Any:
        """Takes away a key's expiry; whether it had one."""
        return self._call(("PERSIST", key), replies.flag)

    def ttl(self, key: Word) -> Any:
        """Seconds until a key expires; -1 without expiry, -2 without key."""
        return self._call(("TTL", key))

    def pttl(self, key: Word) -> Any:
        """Milliseconds until a key expires; -1 without expiry, -2 without key."""
        return self._call(("PTTL", key))

    def keys(self, pattern: Word = "*") -> Any:
        """All keys that match, in a list. On a large database use `scan_iter`."""
        return self._call(("KEYS", pattern))

    def type(self, key: Word) -> Any:
        """The kind of value: b"string", b"list", .., b"none"."""
        return self._call(("TYPE", key))

    def scan(
        self,
        cursor: int = 0,
        match: Word | None = None,
        count: int | None = None,
        _type: str | None = None,
    ) -> Any:
        """A page of keys: the next cursor (0 at the end) and a list."""
        words = ("SCAN", cursor, *scan_options(match, count, _type))
        return self._call(words, replies.scan_of(replies.rows))

    def scan_iter(
        self, match: Word | None = None, count: int | None = None, _type: str | None = None
    ) -> Any:
        """An iterator over all keys that match (on the asyncio thread for `async for`)."""
        return self._pages(("SCAN",), scan_options(match, count, _type), replies.rows)

    def flushdb(self, asynchronous: bool = False) -> Any:
        """Removes all keys of the database."""
        return self._call(("FLUSHDB", *(["ASYNC"] if asynchronous else [])), replies.ok)

    def flushall(self, asynchronous: bool = False) -> Any:
        """Removes all keys of all databases."""
        return self._call(("FLUSHALL", *(["ASYNC"] if asynchronous else [])), replies.ok)

    def info(self, *sections: str) -> Any:
        """The server's state as a dict."""
        return self._call(("INFO", *sections), replies.info)

    def eval(self, script: Word, numkeys: int, *keys_and_args: Word) -> Any:
        """Runs a Lua script."""
        return self._call(("EVAL", script, numkeys, *keys_and_args))

    def evalsha(self, sha: Word, numkeys: int, *keys_and_args: Word) -> Any:
        """Runs a Lua script that the server knows by its digest."""
        return self._call(("EVALSHA", sha, numkeys, *keys_and_args))

    def wait(self, num_replicas: int, timeout: int) -> Any:
        """How many replicas have the writes of the same pipeline, within `timeout` milliseconds."""
        return self._call(("WAIT", num_replicas, timeout), None, timeout / 1000 or FOREVER)


class ListCommands(CommandBase):
    """Lists."""

    def lpop(self, key: Word, count: int = 1) -> Any:
        """Removes up to `count` items from the left; a list, empty if there is none."""
        return self._call(("LPOP", key, count), replies.rows)

    def rpop(self, key: Word, count: int = 1) -> Any:
        """Removes up to `count` items from the right; a list, empty if there is none."""
        return self._call(("RPOP", key, count), replies.rows)

    def blpop(self, key: Words, timeout_s: Seconds | None = 0) -> Any:
        """Waits until one of the lists has an item: (list, item) from the left, or None after
        `timeout_s` seconds (0: waits for ever)."""
        return self._pop("BLPOP", key, timeout_s)

    def brpop(self, key: Words, timeout_s: Seconds | None = 0) -> Any:
        """`blpop` from the right."""
        return self._pop("BRPOP", key, timeout_s)

    def lpush(self, key: Word, *values: Word) -> Any:
        """Adds items on the left; the new length."""
        return self._call(("LPUSH", key, *words_of(values)))

    def rpush(self, key: Word, *values: Word) -> Any:
        """Adds items on the right; the new length."""
        return self._call(("RPUSH", key, *words_of(values)))

    def rpoplpush(self, source: Word, destination: Word) -> Any:
        """Moves the last item of a list to the front of another: the item, None without one."""
        return self._call(("RPOPLPUSH", source, destination))

    def brpoplpush(self, source: Word, destination: Word, timeout: Seconds | None = 0) -> Any:
        """`rpoplpush` that waits for an item, at most `timeout` seconds (0: for ever)."""
        wait = seconds(timeout or 0)
        words = ("BRPOPLPUSH", source, destination, wait)
        return self._call(words, None, wait or FOREVER)

    def lmove(self, source: Word, destination: Word, src: str = "LEFT", dest: str = "RIGHT") -> Any:
        """Moves an item from an end of a list to an end of another: the item or None."""
        return self._call(("LMOVE", source, destination, src, dest))

    def blmove(
        self,
        source: Word,
        destination: Word,
        timeout: Seconds,
        src: str = "LEFT",
        dest: str = "RIGHT",
    ) -> Any:
        """`lmove` that waits for an item, at most `timeout` seconds (0: for ever)."""
        wait = seconds(timeout)
        words = ("BLMOVE", source, destination, src, dest, wait)
        return self._call(words, None, wait or FOREVER)

    def blmpop(
        self, timeout: Seconds, numkeys: int, *keys: Word, direction: str = "LEFT", count: int = 1
    ) -> Any:
        """Waits for items in one of the lists: (list, items) or None after `timeout` seconds."""
        wait = seconds(timeout)
        words = ("BLMPOP", wait, numkeys, *words_of(keys), direction, "COUNT", count)
        return self._call(words, replies.popped_many, wait or FOREVER)

    def _pop(self, command: str, key: Words, timeout: Seconds | None) -> Any:
        wait = seconds(timeout or 0)
        return self._call((command, *many(key), wait), replies.pair, wait or FOREVER)
