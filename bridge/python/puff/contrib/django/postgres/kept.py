"""Connections to databases that are no pool's, kept between the requests of one process as
CONN_MAX_AGE says. Django keeps them in threads; greenlets end with their request."""

import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import Any

from puff.postgres import Error
from puff.postgres.extensions import TRANSACTION_STATUS_IDLE

# Idle ones of a database; what comes back beyond is closed.
MOST = 32


@dataclass
class Kept:
    """A connection that nobody uses, what Django's wrapper knows of it, and when it is too old."""

    connection: Any
    isolation_level: Any
    ends: float

    def is_of_use(self) -> bool:
        """Asks the server, which may have ended it meanwhile."""
        if time.monotonic() >= self.ends or self.connection.closed:
            return False
        try:
            with self.connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except Error:
            return False
        return True


_lock = threading.Lock()  # of this table, which threads use too
_idle: dict[str, deque[Kept]] = {}


def keep(database: str, what: Kept) -> bool:
    """Keeps a connection for the next that wants one to this database; False if it is not to be."""
    if what.connection.closed or time.monotonic() >= what.ends:
        return False
    if what.connection.info.transaction_status != TRANSACTION_STATUS_IDLE:
        return False
    what.connection.autocommit = True
    with _lock:
        idle = _idle.setdefault(database, deque())
        if len(idle) >= MOST:
            return False
        idle.append(what)
    return True


def take(database: str) -> Kept | None:
    """The connection that came last, if one is left that works; what does not is closed."""
    while True:
        with _lock:
            idle = _idle.get(database)
            if not idle:
                return None
            what = idle.pop()
        if what.is_of_use():
            return what
        what.connection.close()


def close_all() -> None:
    """Closes whatever is kept."""
    with _lock:
        everything = [what for idle in _idle.values() for what in idle]
        _idle.clear()
    for what in everything:
        what.connection.close()
