"""What the clients of the node's resources have in common."""

from abc import ABC, abstractmethod
from typing import Any, Self

DEFAULT_TIMEOUT_MS = 10_000


class NamedClient:
    """Speaks to the resource that puff.toml gives a name. It holds nothing and costs nothing to
    make."""

    _kind = "pool"

    def __init__(self, name: str = "default") -> None:
        self._name = name

    def __call__(self) -> Self:
        """The client itself: `global_redis()` and `global_redis` are the same."""
        return self

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._kind} {self._name!r}>"

    def by_name(self, name: str) -> Self:
        """The client of another one."""
        return type(self)(name)


class TimedClient(NamedClient):
    """One whose calls have a deadline: they raise TimeoutError after `timeout_ms`."""

    def __init__(self, name: str = "default", timeout_ms: int = DEFAULT_TIMEOUT_MS) -> None:
        super().__init__(name)
        self._timeout_ms = timeout_ms

    def by_name(self, name: str) -> Self:
        """The client of another one, with the same deadline."""
        return type(self)(name, self._timeout_ms)

    def with_timeout(self, timeout_ms: int) -> Self:
        """A client of the same one with another deadline."""
        return type(self)(self._name, timeout_ms)


class Receiver(ABC):
    """What comes one by one: `receive` waits for the next, None is the end. Iterating receives
    (`for` in a greenlet, `async for` on the asyncio thread); leaving its `with` block closes it."""

    @abstractmethod
    def receive(self) -> Any: ...

    @abstractmethod
    def close(self) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Any:
        received = self.receive()
        if received is None:
            raise StopIteration
        return received

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Any:
        received = await self.receive()
        if received is None:
            raise StopAsyncIteration
        return received
