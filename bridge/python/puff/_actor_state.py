"""Where actors keep their state: in Redis beside their names, or in a table of PostgreSQL."""

from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from puff import _puff
from puff.errors import Unavailable

if TYPE_CHECKING:
    from puff._actor_cell import Cell

SAVE_TIMEOUT_MS = 10_000
SAVE_TIMEOUT = SAVE_TIMEOUT_MS / 1000

TABLE = """CREATE TABLE IF NOT EXISTS puff_actor_states (
    cluster text NOT NULL,
    name text NOT NULL,
    version bigint NOT NULL,
    state json,
    saved_at timestamptz,
    PRIMARY KEY (cluster, name))"""
TAKE = """INSERT INTO puff_actor_states AS s (cluster, name, version) VALUES ($1, $2, 1)
    ON CONFLICT (cluster, name) DO UPDATE SET version = s.version + 1
    RETURNING version, state::text"""
SAVE = """UPDATE puff_actor_states SET state = $3::text::json, saved_at = now()
    WHERE cluster = $1 AND name = $2 AND version = $4"""


class Store(Protocol):
    """On the actor's own greenlet; what cannot be done raises."""

    def take(self, cell: "Cell") -> bytes:
        """The state to begin with, empty if there is none. Activations before this one save no
        more."""

    def save(self, cell: "Cell", state: bytes) -> None:
        """Keeps the state; raises if the actor lives elsewhere by now."""

    #: Whether the state is saved by `save` also when the name is given up; else together with that.
    rests_apart: bool


class RedisStore:
    """The state came with the activation, and is saved by the script that looks whose the name
    is."""

    rests_apart = False

    def take(self, cell: "Cell") -> bytes:
        return cell.state

    def save(self, cell: "Cell", state: bytes) -> None:
        _puff.actor_rest(cell.name, cell.token, state, False, None, SAVE_TIMEOUT_MS)


class PostgresStore:
    """A row for each actor. Who comes to life raises its version, and a state is saved only under
    the version that its actor took: so nothing of an activation that is over is saved, whatever
    became of Redis."""

    rests_apart = True

    def __init__(self, cluster: str, pool: str) -> None:
        from puff.postgres import native

        self._cluster = cluster
        self._pool = native.pool(pool, timeout=SAVE_TIMEOUT)

    def take(self, cell: "Cell") -> bytes:
        from puff.postgres import errors

        try:
            row = self._pool.fetchrow(TAKE, self._cluster, cell.name)
        except errors.UndefinedTable:
            self._create()
            row = self._pool.fetchrow(TAKE, self._cluster, cell.name)
        cell.version = row[0]
        # A class that kept its states in Redis before brings the last one.
        return row[1].encode() if row[1] is not None else cell.state

    def _create(self) -> None:
        from puff.postgres import errors

        # Another node may be as fast.
        with suppress(errors.UniqueViolation, errors.DuplicateTable):
            self._pool.execute(TABLE)

    def save(self, cell: "Cell", state: bytes) -> None:
        done = self._pool.execute(SAVE, self._cluster, cell.name, state.decode(), cell.version)
        if done != "UPDATE 1":
            raise Unavailable(f"{cell.name} lives elsewhere by now")


CHOICES = ("redis", "postgres")
_redis = RedisStore()
_postgres: dict[str, PostgresStore] = {}


def store_of(choice: str | None) -> Store:
    """The store that a class has chosen, or that of [cluster]."""
    cluster, default, pool = _puff.actor_settings()
    if (choice or default) == "redis":
        return _redis
    if pool not in _postgres:
        _postgres[pool] = PostgresStore(cluster, pool)
    return _postgres[pool]
