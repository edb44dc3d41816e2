"""Django's cache in a Redis pool of Puff's.

    CACHES = {
        "default": {
            "BACKEND": "puff.contrib.django.redis.PuffRedisCache",
            "LOCATION": "global",  # or the name of a [[redis]] table, or several in a list
        }
    }

It behaves as Django's own RedisCache, and stores the same: both may share a Redis. Of several
locations the first is written and the others are read. On the asyncio thread use `aget` and its
sisters, which stay there; the other methods raise SynchronousOnlyOperation. In any other thread of
the node calls block that thread.

OPTIONS are `serializer` (Django's) and `timeout_ms` of a call; what concerns the connection stands
in puff.toml."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from typing import Any

from asgiref.sync import sync_to_async
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache, RedisCacheClient, RedisSerializer
from django.core.exceptions import ImproperlyConfigured, SynchronousOnlyOperation
from django.utils.functional import cached_property
from django.utils.module_loading import import_string

from puff import _puff
from puff._clients import DEFAULT_TIMEOUT_MS
from puff._redis_replies import Decode
from puff.contrib.django._names import pool_of
from puff.redis import Pipeline, RedisClient

Version = int | None

# Not EXISTS and then INCRBY: one trip, and nobody comes between.
_INCREASE = """\
if redis.call('EXISTS', KEYS[1]) == 0 then return false end
return redis.pcall('INCRBY', KEYS[1], ARGV[1])"""


class PuffRedisCacheClient(RedisCacheClient):
    """The operations of the cache, one trip to the server each. Keys are complete; a timeout is a
    number of seconds, or None for ever."""

    def __init__(
        self, servers: list[str], serializer: Any = None, timeout_ms: int = DEFAULT_TIMEOUT_MS
    ) -> None:
        if isinstance(serializer, str):
            serializer = import_string(serializer)
        made = serializer() if callable(serializer) else serializer
        self._serializer = made or RedisSerializer()
        self._servers = servers
        self._clients = [RedisClient(pool_of(each), timeout_ms) for each in servers]

    def get_client(self, key: str | None = None, *, write: bool = False) -> RedisClient:
        return self._clients[self._get_connection_pool_index(write)]

    def add(self, key: str, value: Any, timeout: int | None) -> Any:
        client = self.get_client(key, write=True)
        if timeout == 0:  # it would be gone at once: only the answer counts
            return self._ask(client, ["EXISTS", key], lambda found: not found)
        return self._ask(client, [*self._setting(key, value, timeout), "NX"], bool)

    def get(self, key: str, default: Any) -> Any:
        def decode(value: bytes | None) -> Any:
            return default if value is None else self._serializer.loads(value)

        return self._ask(self.get_client(key), ["GET", key], decode)

    def set(self, key: str, value: Any, timeout: int | None) -> Any:
        words = self._setting(key, value, timeout)
        return self._ask(self.get_client(key, write=True), words, _nothing)

    def touch(self, key: str, timeout: int | None) -> Any:
        words = ["PERSIST", key] if timeout is None else ["EXPIRE", key, timeout]
        return self._ask(self.get_client(key, write=True), words, bool)

    def delete(self, key: str) -> Any:
        return self._ask(self.get_client(key, write=True), ["DEL", key], bool)

    def get_many(self, keys: Iterable[str]) -> Any:
        names = list(keys)

        def decode(values: list[bytes | None]) -> dict[str, Any]:
            found = zip(names, values, strict=True)
            return {name: self._serializer.loads(each) for name, each in found if each is not None}

        return self._ask(self.get_client(), ["MGET", *names], decode)

    def has_key(self, key: str) -> Any:
        return self._ask(self.get_client(key), ["EXISTS", key], bool)

    def incr(self, key: str, delta: int) -> Any:
        def decode(value: int | None) -> int:
            if value is None:
                raise ValueError(f"Key '{key}' not found.")
            return value

        words = ["EVAL", _INCREASE, 1, key, delta]
        return self._ask(self.get_client(key, write=True), words, decode)

    def set_many(self, data: Mapping[str, Any], timeout: int | None) -> Any:
        client = self.get_client(write=True)
        if timeout is None:
            dumped = (
                word for key, value in data.items() for word in (key, self._serializer.dumps(value))
            )
            return self._ask(client, ["MSET", *dumped], _nothing)
        pipeline = client.pipeline()
        for key, value in data.items():
            pipeline.command(self._setting(key, value, timeout))
        return self._execute(pipeline)

    def delete_many(self, keys: Iterable[str]) -> Any:
        return self._ask(self.get_client(write=True), ["DEL", *keys], _nothing)

    def clear(self) -> Any:
        return self._ask(self.get_client(write=True), ["FLUSHDB"], bool)

    def _setting(self, key: str, value: Any, timeout: int | None) -> list[Any]:
        if timeout == 0:
            return ["DEL", key]
        expiry = [] if timeout is None else ["EX", timeout]
        return ["SET", key, self._serializer.dumps(value), *expiry]

    def _ask(self, client: RedisClient, words: list[Any], decode: Decode) -> Any:
        return _value_of(lambda: client.command(words, decode))

    def _execute(self, pipeline: Pipeline) -> Any:
        return _value_of(pipeline.execute)


class AsyncCacheClient(PuffRedisCacheClient):
    """The same with awaitables for results, for the asyncio thread."""

    def _ask(self, client: RedisClient, words: list[Any], decode: Decode) -> Any:
        return client.command(words, decode)

    def _execute(self, pipeline: Pipeline) -> Any:
        return pipeline.execute()


class PuffRedisCache(RedisCache):
    """See the module."""

    def __init__(self, server: str | list[str] | tuple[str, ...], params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = PuffRedisCacheClient
        # Django reads these two before, and Redis has no use for them.
        settings = {"MAX_ENTRIES", "CULL_FREQUENCY"}
        given: dict[str, Any] = params.get("OPTIONS", {})
        self._options = {k: v for k, v in given.items() if k not in settings}
        if unknown := self._options.keys() - {"serializer", "timeout_ms"}:
            raise ImproperlyConfigured(
                f"CACHES: PuffRedisCache does not know OPTIONS {', '.join(sorted(unknown))}: "
                "what concerns the connection stands in the [[redis]] table of puff.toml"
            )

    @cached_property
    def _awaiting(self) -> AsyncCacheClient:
        return AsyncCacheClient(self._servers, **self._options)

    async def aadd(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Version = None
    ) -> Any:
        if not _puff.is_asyncio():
            return await super().aadd(key, value, timeout, version)
        name = self.make_and_validate_key(key, version)
        return await self._awaiting.add(name, value, self.get_backend_timeout(timeout))

    async def aget(self, key: Any, default: Any = None, version: Version = None) -> Any:
        if not _puff.is_asyncio():
            return await super().aget(key, default, version)
        return await self._awaiting.get(self.make_and_validate_key(key, version), default)

    async def aset(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Version = None
    ) -> None:
        if not _puff.is_asyncio():
            await super().aset(key, value, timeout, version)
            return
        name = self.make_and_validate_key(key, version)
        await self._awaiting.set(name, value, self.get_backend_timeout(timeout))

    async def atouch(
        self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: Version = None
    ) -> Any:
        if not _puff.is_asyncio():
            return await super().atouch(key, timeout, version)
        name = self.make_and_validate_key(key, version)
        return await self._awaiting.touch(name, self.get_backend_timeout(timeout))

    async def adelete(self, key: Any, version: Version = None) -> Any:
        if not _puff.is_asyncio():
            return await super().adelete(key, version)
        return await self._awaiting.delete(self.make_and_validate_key(key, version))

    async def aget_many(self, keys: Iterable[Any], version: Version = None) -> dict[Any, Any]:
        names = {self.make_and_validate_key(key, version): key for key in keys}
        if _puff.is_asyncio():
            found = await self._awaiting.get_many(names)
        else:
            found = await sync_to_async(self._cache.get_many, thread_sensitive=True)(names)
        return {names[name]: value for name, value in found.items()}

    async def ahas_key(self, key: Any, version: Version = None) -> Any:
        if not _puff.is_asyncio():
            return await super().ahas_key(key, version)
        return await self._awaiting.has_key(self.make_and_validate_key(key, version))

    async def aincr(self, key: Any, delta: int = 1, version: Version = None) -> Any:
        name = self.make_and_validate_key(key, version)
        if not _puff.is_asyncio():
            return await sync_to_async(self._cache.incr, thread_sensitive=True)(name, delta)
        return await self._awaiting.incr(name, delta)

    async def aset_many(
        self,
        data: Mapping[Any, Any],
        timeout: Any = DEFAULT_TIMEOUT,
        version: Version = None,
    ) -> list[Any]:
        span = self.get_backend_timeout(timeout)
        named = {self.make_and_validate_key(key, version): data[key] for key in data}
        if not named:
            return []
        if _puff.is_asyncio():
            await self._awaiting.set_many(named, span)
        else:
            await sync_to_async(self._cache.set_many, thread_sensitive=True)(named, span)
        return []

    async def adelete_many(self, keys: Iterable[Any], version: Version = None) -> None:
        names = [self.make_and_validate_key(key, version) for key in keys]
        if not names:
            return
        if _puff.is_asyncio():
            await self._awaiting.delete_many(names)
        else:
            await sync_to_async(self._cache.delete_many, thread_sensitive=True)(names)

    async def aclear(self) -> Any:
        if not _puff.is_asyncio():
            return await super().aclear()
        return await self._awaiting.clear()


def _nothing(_: Any) -> None:
    return None


def _value_of(call: Callable[[], Any]) -> Any:
    """The value of a call that waits: here, or from a greenlet while this thread blocks."""
    if _puff.is_asyncio():
        raise SynchronousOnlyOperation(
            "this call of the cache would block the asyncio thread: await its sister with an 'a' "
            "(aget, aset, ..) or use sync_to_async"
        )
    if _puff.is_greenlet() or not _puff.is_puff():
        return call()
    outcome: Future[Any] = Future()

    def in_greenlet() -> None:
        try:
            outcome.set_result(call())
        except BaseException as failure:
            outcome.set_exception(failure)

    _puff.spawn(in_greenlet, None)
    return outcome.result()
