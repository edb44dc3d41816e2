"""The commands of hashes, sets, sorted sets and streams that need a signature of their own."""

from collections.abc import Iterable, Mapping
from typing import Any

from puff import _redis_replies as replies
from puff._redis_commands import (
    FOREVER,
    CommandBase,
    Seconds,
    Word,
    Words,
    many,
    pairs,
    scan_options,
    seconds,
)
from puff._redis_table import words_of


class HashCommands(CommandBase):
    """Hashes."""

    def hset(
        self,
        name: Word,
        key: Word | None = None,
        value: Word | None = None,
        mapping: Mapping[Any, Word] | None = None,
        items: Iterable[Word] | None = None,
    ) -> Any:
        """Sets a field, those of `mapping`, or `items` (fields and values in turn); how many are
        new."""
        words: list[Any] = ["HSET", name]
        if key is not None:
            words += [key, value]
        words += [*pairs(mapping or {}), *(items or ())]
        return self._call(tuple(words))

    def hmset(self, name: Word, mapping: Mapping[Any, Word]) -> Any:
        """Sets the fields of `mapping`."""
        return self._call(("HSET", name, *pairs(mapping)), replies.ok)

    def hget(self, name: Word, key: Word) -> Any:
        """The value of a field as bytes, None without one."""
        return self._call(("HGET", name, key))

    def hmget(self, name: Word, keys: Words, *more: Word) -> Any:
        """The values of fields in a list, None for each that does not exist."""
        return self._call(("HMGET", name, *many(keys, more)))

    def hgetall(self, name: Word) -> Any:
        """All fields and values in a dict."""
        return self._call(("HGETALL", name), replies.mapping)

    def hdel(self, name: Word, *keys: Word) -> Any:
        """Removes fields; how many existed."""
        return self._call(("HDEL", name, *words_of(keys)))

    def hincrby(self, name: Word, key: Word, amount: int = 1) -> Any:
        """Adds to the number in a field; the new value."""
        return self._call(("HINCRBY", name, key, amount))

    def hscan(
        self, name: Word, cursor: int = 0, match: Word | None = None, count: int | None = None
    ) -> Any:
        """A page of a hash: the next cursor (0 at the end) and a dict."""
        words = ("HSCAN", name, cursor, *scan_options(match, count))
        return self._call(words, replies.scan_of(replies.mapping))

    def hscan_iter(self, name: Word, match: Word | None = None, count: int | None = None) -> Any:
        """An iterator over (field, value) of a hash (on the asyncio thread for `async for`)."""
        options = scan_options(match, count)
        return self._pages(("HSCAN", name), options, lambda page: replies.mapping(page).items())


class SetCommands(CommandBase):
    """Sets."""

    def sadd(self, name: Word, *values: Word) -> Any:
        """Adds members; how many are new."""
        return self._call(("SADD", name, *words_of(values)))

    def smembers(self, name: Word) -> Any:
        """All members in a set."""
        return self._call(("SMEMBERS", name), replies.members)

    def spop(self, name: Word, count: int | None = None) -> Any:
        """Removes a random member: bytes or None; with `count` a list."""
        if count is None:
            return self._call(("SPOP", name))
        return self._call(("SPOP", name, count), replies.rows)

    def sscan(
        self, name: Word, cursor: int = 0, match: Word | None = None, count: int | None = None
    ) -> Any:
        """A page of a set: the next cursor (0 at the end) and a list."""
        words = ("SSCAN", name, cursor, *scan_options(match, count))
        return self._call(words, replies.scan_of(replies.rows))

    def sscan_iter(self, name: Word, match: Word | None = None, count: int | None = None) -> Any:
        """An iterator over the members of a set (on the asyncio thread for `async for`)."""
        return self._pages(("SSCAN", name), scan_options(match, count), replies.rows)


class SortedSetCommands(CommandBase):
    """Sorted sets."""

    def zadd(
        self,
        name: Word,
        mapping: Mapping[Any, float],
        nx: bool = False,
        xx: bool = False,
        ch: bool = False,
        incr: bool = False,
        gt: bool = False,
        lt: bool = False,
    ) -> Any:
        """Adds members with their scores; how many are new (`ch`: or changed). With `incr` the new
        score of the one member, None if the condition did not hold."""
        options = {"NX": nx, "XX": xx, "GT": gt, "LT": lt, "CH": ch, "INCR": incr}
        chosen = [option for option, wanted in options.items() if wanted]
        scores = [word for member, score in mapping.items() for word in (score, member)]
        return self._call(("ZADD", name, *chosen, *scores), replies.number if incr else None)

    def zincrby(self, name: Word, amount: float, value: Word) -> Any:
        """Adds to a member's score; the new score."""
        return self._call(("ZINCRBY", name, amount, value), replies.number)

    def zrange(
        self,
        name: Word,
        start: Word,
        end: Word,
        desc: bool = False,
        withscores: bool = False,
        *,
        byscore: bool = False,
        bylex: bool = False,
        offset: int | None = None,
        num: int | None = None,
    ) -> Any:
        """Members from `start` to `end` by rank, score or name, in a list; with `withscores` of
        (member, score)."""
        options = {"BYSCORE": byscore, "BYLEX": bylex, "REV": desc}
        chosen: list[Word] = [option for option, wanted in options.items() if wanted]
        if offset is not None and num is not None:
            chosen += ["LIMIT", offset, num]
        return self._range(("ZRANGE", name, start, end, *chosen), withscores)

    def zrevrange(self, name: Word, start: int, end: int, withscores: bool = False) -> Any:
        """`zrange` by rank from the highest score."""
        return self._range(("ZREVRANGE", name, start, end), withscores)

    def zrangebyscore(
        self,
        name: Word,
        min: Word,
        max: Word,
        start: int | None = None,
        num: int | None = None,
        withscores: bool = False,
    ) -> Any:
        """Members with scores from `min` to `max`; `num` of them after the first `start`."""
        words = ("ZRANGEBYSCORE", name, min, max, *_limit(start, num))
        return self._range(words, withscores)

    def zrevrangebyscore(
        self,
        name: Word,
        max: Word,
        min: Word,
        start: int | None = None,
        num: int | None = None,
        withscores: bool = False,
    ) -> Any:
        """`zrangebyscore` from the highest score."""
        words = ("ZREVRANGEBYSCORE", name, max, min, *_limit(start, num))
        return self._range(words, withscores)

    def zrank(self, name: Word, value: Word) -> Any:
        """A member's rank from the lowest score, None without one."""
        return self._call(("ZRANK", name, value))

    def zrevrank(self, name: Word, value: Word) -> Any:
        """A member's rank from the highest score, None without one."""
        return self._call(("ZREVRANK", name, value))

    def zpopmin(self, name: Word, count: int = 1) -> Any:
        """Removes members with the lowest scores: a list of (member, score)."""
        return self._call(("ZPOPMIN", name, count), replies.scored)

    def zpopmax(self, name: Word, count: int = 1) -> Any:
        """Removes members with the highest scores: a list of (member, score)."""
        return self._call(("ZPOPMAX", name, count), replies.scored)

    def bzpopmin(self, keys: Words, timeout: Seconds | None = 0) -> Any:
        """Waits for a member with the lowest score: (set, member, score), or None after `timeout`
        seconds (0: waits for ever)."""
        return self._wait("BZPOPMIN", keys, timeout)

    def bzpopmax(self, keys: Words, timeout: Seconds | None = 0) -> Any:
        """`bzpopmin` with the highest score."""
        return self._wait("BZPOPMAX", keys, timeout)

    def bzmpop(
        self,
        timeout: Seconds,
        numkeys: int,
        keys: Words,
        min: bool = False,
        max: bool = False,
        count: int = 1,
    ) -> Any:
        """Waits for members of one of the sets: (set, [(member, score), ..]) or None."""
        if min == max:
            raise ValueError("bzmpop() needs either min=True or max=True")
        wait = seconds(timeout)
        end = "MIN" if min else "MAX"
        words = ("BZMPOP", wait, numkeys, *many(keys), end, "COUNT", count)
        return self._call(words, replies.popped_many_scored, wait or FOREVER)

    def zscan(
        self, name: Word, cursor: int = 0, match: Word | None = None, count: int | None = None
    ) -> Any:
        """A page of a sorted set: the next cursor (0 at the end) and a list of (member, score)."""
        words = ("ZSCAN", name, cursor, *scan_options(match, count))
        return self._call(words, replies.scan_of(replies.scored))

    def zscan_iter(self, name: Word, match: Word | None = None, count: int | None = None) -> Any:
        """An iterator over (member, score) (on the asyncio thread for `async for`)."""
        return self._pages(("ZSCAN", name), scan_options(match, count), replies.scored)

    def _range(self, words: tuple[Any, ...], withscores: bool) -> Any:
        if withscores:
            return self._call((*words, "WITHSCORES"), replies.scored)
        return self._call(words)

    def _wait(self, command: str, keys: Words, timeout: Seconds | None) -> Any:
        wait = seconds(timeout or 0)
        words = (command, *many(keys), wait)
        return self._call(words, replies.popped_with_score, wait or FOREVER)


class StreamCommands(CommandBase):
    """Streams. An entry is (id, {field: value})."""

    def xadd(
        self,
        name: Word,
        fields: Mapping[Any, Word],
        id: Word = "*",
        maxlen: int | None = None,
        approximate: bool = True,
        nomkstream: bool = False,
        minid: Word | None = None,
        limit: int | None = None,
    ) -> Any:
        """Appends an entry; its id as bytes, None if `nomkstream` and there is no stream."""
        words: list[Any] = ["XADD", name]
        if nomkstream:
            words.append("NOMKSTREAM")
        words += [*_trimming(maxlen, minid, approximate, limit), id, *pairs(fields)]
        return self._call(tuple(words))

    def xtrim(
        self,
        name: Word,
        maxlen: int | None = None,
        approximate: bool = True,
        minid: Word | None = None,
        limit: int | None = None,
    ) -> Any:
        """Removes old entries; how many."""
        return self._call(("XTRIM", name, *_trimming(maxlen, minid, approximate, limit)))

    def xrange(self, name: Word, min: Word = "-", max: Word = "+", count: int | None = None) -> Any:
        """Entries with ids from `min` to `max`."""
        words = ("XRANGE", name, min, max, *_count(count))
        return self._call(words, replies.entries)

    def xrevrange(
        self, name: Word, max: Word = "+", min: Word = "-", count: int | None = None
    ) -> Any:
        """Entries with ids from `max` down to `min`."""
        words = ("XREVRANGE", name, max, min, *_count(count))
        return self._call(words, replies.entries)

    def xread(
        self, streams: Mapping[Any, Word], count: int | None = None, block: int | None = None
    ) -> Any:
        """New entries of streams behind the given ids: a list of [stream, entries]. With `block` it
        waits so many milliseconds for the first (0: for ever)."""
        words = ("XREAD", *_count(count), *_block(block), *_streams(streams))
        return self._call(words, replies.streams, _blocked(block))

    def xreadgroup(
        self,
        groupname: Word,
        consumername: Word,
        streams: Mapping[Any, Word],
        count: int | None = None,
        block: int | None = None,
        noack: bool = False,
    ) -> Any:
        """`xread` as a consumer of a group."""
        options = (*_count(count), *_block(block), *(["NOACK"] if noack else []))
        words = ("XREADGROUP", "GROUP", groupname, consumername, *options, *_streams(streams))
        return self._call(words, replies.streams, _blocked(block))

    def xgroup_create(
        self, name: Word, groupname: Word, id: Word = "$", mkstream: bool = False
    ) -> Any:
        """Makes a group that reads behind `id`."""
        make = ["MKSTREAM"] if mkstream else []
        return self._call(("XGROUP", "CREATE", name, groupname, id, *make), replies.ok)


def _limit(start: int | None, num: int | None) -> tuple[Word, ...]:
    return () if start is None or num is None else ("LIMIT", start, num)


def _count(count: int | None) -> tuple[Word, ...]:
    return () if count is None else ("COUNT", count)


def _block(block: int | None) -> tuple[Word, ...]:
    return () if block is None else ("BLOCK", block)


def _blocked(block: int | None) -> float | None:
    return FOREVER if block == 0 else (block or 0) / 1000


def _streams(streams: Mapping[Any, Word]) -> tuple[Word, ...]:
    return ("STREAMS", *streams.keys(), *streams.values())


def _trimming(
    maxlen: int | None, minid: Word | None, approximate: bool, limit: int | None
) -> tuple[Word, ...]:
    if maxlen is not None and minid is not None:
        raise ValueError("give either maxlen or minid")
    if maxlen is None and minid is None:
        return ()
    how: tuple[Word, ...] = ("MAXLEN",) if maxlen is not None else ("MINID",)
    bound = maxlen if maxlen is not None else minid
    assert bound is not None
    rest: tuple[Word, ...] = () if limit is None else ("LIMIT", limit)
    return (*how, *(["~"] if approximate else []), bound, *rest)
