"""Where the connections of Django's settings lead, and when they go back."""

from typing import Any

from puff import _pools, _puff

_OF_A_SERVER = ("HOST", "PORT", "USER", "PASSWORD")
# The words of a connection string that Django has settings for, and those of Django.
_SETTINGS = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}


def pool_of(settings: dict[str, Any]) -> str | None:
    """The pool that a database's settings mean; None if they mean a database of a server."""
    if any(settings.get(key) for key in _OF_A_SERVER):
        return None
    return _pools.pool_named(settings.get("NAME"))


def server_of(pool: str) -> dict[str, str]:
    """What libpq needs to reach the server of a pool, and the name of the pool's database."""
    words: dict[str, str] = _puff.pg_parse_conninfo(_pools.conninfo_of(pool))
    return {key: value for key, value in words.items() if value}


def django_settings_of(pool: str) -> dict[str, Any]:
    """The same in the words of Django's settings."""
    server = server_of(pool)
    settings: dict[str, Any] = {"NAME": server.pop("dbname", "postgres")}
    settings |= {name: server.pop(word, "") for word, name in _SETTINGS.items()}
    return {**settings, "OPTIONS": server}


class _GivenBack:
    """Closes connections when the greenlet that used them has done its work. Wrappers of Django
    hold each other and would wait for the garbage collector."""

    def __init__(self) -> None:
        self._connections: dict[int, Any] = {}

    def add(self, connection: Any) -> None:
        open_ones = {k: v for k, v in self._connections.items() if not v.closed}
        self._connections = {**open_ones, id(connection): connection}

    def remove(self, connection: Any) -> bool:
        """Whether it was there."""
        return self._connections.pop(id(connection), None) is not None

    def __del__(self) -> None:
        for connection in self._connections.values():
            connection.close()


def give_back_at_end(connection: Any) -> None:
    """Closes a connection, if nobody did, when the work of this greenlet ends."""
    works = _puff.greenlet_locals()
    if works is not None:
        works.setdefault(_GivenBack, _GivenBack()).add(connection)


def keep_beyond_end(connection: Any) -> bool:
    """Takes `give_back_at_end` back; False if the work that holds the connection is another's."""
    works = _puff.greenlet_locals()
    if works is None:
        return True
    return _GivenBack in works and works[_GivenBack].remove(connection)
