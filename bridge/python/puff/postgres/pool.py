"""Pools of connections inside one program, for programs that bring their own. Puff's own pools (a
[[postgres]] table) need none of this: `puff.postgres.connect()` takes from them."""

import threading
from collections.abc import Hashable
from typing import Any

from puff.postgres._constants import TRANSACTION_STATUS_IDLE, TRANSACTION_STATUS_UNKNOWN
from puff.postgres._exceptions import Error

__all__ = ["AbstractConnectionPool", "PoolError", "SimpleConnectionPool", "ThreadedConnectionPool"]


class PoolError(Error):
    """The pool is closed or exhausted, or does not know the connection."""

    __module__ = "puff.postgres.pool"


class AbstractConnectionPool:
    """Keeps `minconn` connections open and lends at most `maxconn`; the other arguments are those
    of `connect`. A connection may be asked for by a key: the same key gives the same connection."""

    def __init__(self, minconn: int, maxconn: int, *args: Any, **kwargs: Any) -> None:
        self.minconn = int(minconn)
        self.maxconn = int(maxconn)
        self.closed = False
        self._args = args
        self._kwargs = kwargs
        self._pool: list[Any] = []
        self._used: dict[Hashable, Any] = {}
        # id(connection): its key
        self._rused: dict[int, Hashable] = {}
        self._keys = 0
        for _ in range(self.minconn):
            self._connect()

    def _connect(self, key: Hashable = None) -> Any:
        from puff import postgres

        conn = postgres.connect(*self._args, **self._kwargs)
        if key is None:
            self._pool.append(conn)
        else:
            self._lend(conn, key)
        return conn

    def _lend(self, conn: Any, key: Hashable) -> Any:
        self._used[key] = conn
        self._rused[id(conn)] = key
        return conn

    def _getkey(self) -> int:
        self._keys += 1
        return self._keys

    def _check(self) -> None:
        if self.closed:
            raise PoolError("connection pool is closed")

    def _getconn(self, key: Hashable = None) -> Any:
        self._check()
        if key is None:
            key = self._getkey()
        if key in self._used:
            return self._used[key]
        if self._pool:
            return self._lend(self._pool.pop(), key)
        if len(self._used) == self.maxconn:
            raise PoolError("connection pool exhausted")
        return self._connect(key)

    def _putconn(self, conn: Any, key: Hashable = None, close: bool = False) -> None:
        self._check()
        if key is None:
            key = self._rused.get(id(conn))
            if key is None:
                raise PoolError("trying to put unkeyed connection")
        if close or len(self._pool) >= self.minconn:
            conn.close()
        elif not conn.closed:
            self._take_back(conn)
        # Somebody may have closed the pool meanwhile.
        if not self.closed or key in self._used:
            del self._used[key]
            del self._rused[id(conn)]

    def _take_back(self, conn: Any) -> None:
        status = conn.info.transaction_status
        if status == TRANSACTION_STATUS_UNKNOWN:
            conn.close()
            return
        if status != TRANSACTION_STATUS_IDLE:
            conn.rollback()
        self._pool.append(conn)

    def _closeall(self) -> None:
        self._check()
        for conn in [*self._pool, *self._used.values()]:
            conn.close()
        self.closed = True


class SimpleConnectionPool(AbstractConnectionPool):
    """A pool for one thread."""

    def getconn(self, key: Hashable = None) -> Any:
        """Lends a connection."""
        return self._getconn(key)

    def putconn(self, conn: Any, key: Hashable = None, close: bool = False) -> None:
        """Takes a connection back, rolled back; or closes it."""
        self._putconn(conn, key, close)

    def closeall(self) -> None:
        """Closes all connections, those that are lent too."""
        self._closeall()


class ThreadedConnectionPool(AbstractConnectionPool):
    """A pool for several threads."""

    def __init__(self, minconn: int, maxconn: int, *args: Any, **kwargs: Any) -> None:
        self._lock = threading.Lock()
        super().__init__(minconn, maxconn, *args, **kwargs)

    def getconn(self, key: Hashable = None) -> Any:
        """Lends a connection."""
        with self._lock:
            return self._getconn(key)

    def putconn(self, conn: Any = None, key: Hashable = None, close: bool = False) -> None:
        """Takes a connection back, rolled back; or closes it."""
        with self._lock:
            self._putconn(conn, key, close)

    def closeall(self) -> None:
        """Closes all connections, those that are lent too."""
        with self._lock:
            self._closeall()
