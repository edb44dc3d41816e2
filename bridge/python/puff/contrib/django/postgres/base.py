"""What Django looks for in a database backend."""

import math
import time
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from puff import _puff
from puff.contrib.django import _driver

if _driver.is_taken():
    raise ImproperlyConfigured(
        "puff.contrib.django.postgres and a backend that needs psycopg cannot be used together, "
        "and django.db.backends.postgresql was imported with psycopg first. Give all PostgreSQL "
        "databases the ENGINE puff.contrib.django.postgres; if they have it, name "
        "'puff.contrib.django' in INSTALLED_APPS before 'django.contrib.postgres'"
    )

from django.db.backends.postgresql import base
from django.db.backends.postgresql.psycopg_any import IsolationLevel

from puff.contrib.django.postgres import kept
from puff.contrib.django.postgres.client import DatabaseClient
from puff.contrib.django.postgres.creation import DatabaseCreation
from puff.contrib.django.postgres.features import DatabaseFeatures
from puff.contrib.django.postgres.places import (
    give_back_at_end,
    keep_beyond_end,
    pool_of,
    server_of,
)

__all__ = ["DatabaseWrapper", "IsolationLevel"]

# In the settings of a database: the pool that it was when Django started, and CONN_MAX_AGE.
POOL = "PUFF_POOL"
MAX_AGE = "PUFF_CONN_MAX_AGE"


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, with connections that a pool lends.

    Under Puff each greenlet has wrappers of its own. What a wrapper holds goes back at the end of a
    request, whatever CONN_MAX_AGE says (the pool keeps connections open), and at the latest when
    the greenlet ends. A connection to a database that is no pool's is kept for the next request
    until its CONN_MAX_AGE is over."""

    client_class = DatabaseClient
    creation_class = DatabaseCreation
    features_class = DatabaseFeatures
    pool = None  # psycopg's

    def __init__(self, settings_dict: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(settings_dict, *args, **kwargs)
        if POOL not in settings_dict:
            settings_dict[POOL] = pool_of(settings_dict)
        if settings_dict[POOL] or _puff.is_puff():
            settings_dict.setdefault(MAX_AGE, settings_dict["CONN_MAX_AGE"])
            settings_dict["CONN_MAX_AGE"] = 0
        self._at_end_of_request = False
        self._kept_as, self._ends = "", 0.0

    def get_connection_params(self) -> dict[str, Any]:
        settings = self.settings_dict
        if settings["OPTIONS"].get("pool"):
            raise ImproperlyConfigured(
                f"DATABASES[{self.alias!r}]: OPTIONS: Database pooling requires psycopg >= 3; "
                "Puff's pools stand in puff.toml, and NAME names one"
            )
        params: dict[str, Any] = super().get_connection_params()
        pool = settings[POOL]
        if pool is None:
            return params
        if pool_of(settings) == pool:
            return self._pooled(pool, params)
        # A database beside the pool's, such as that of the tests.
        return {**server_of(pool), **params}

    def _pooled(self, pool: str, params: dict[str, Any]) -> dict[str, Any]:
        """What asks a pool for a connection. Words of libpq would be for a new one."""
        ours = {"dbname": pool, "cursor_factory": params.pop("cursor_factory")}
        if words := params.keys() - {"dbname", "client_encoding"}:
            raise ImproperlyConfigured(
                f"DATABASES[{self.alias!r}]: OPTIONS {', '.join(sorted(words))} cannot be given to "
                f"connections of the pool {pool!r}, which are open already: put them into its url "
                "in puff.toml"
            )
        return ours

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = self._kept_one(conn_params)
        if connection is None:
            connection = super().get_new_connection(conn_params)
            age = self.settings_dict.get(MAX_AGE, 0)
            self._ends = time.monotonic() + (math.inf if age is None else age)
        give_back_at_end(connection)
        return connection

    def _kept_one(self, conn_params: dict[str, Any]) -> Any:
        self._kept_as = repr(sorted(conn_params.items()))
        found = kept.take(self._kept_as)
        if found is None:
            return None
        self.isolation_level, self._ends = found.isolation_level, found.ends
        return found.connection

    def close_if_unusable_or_obsolete(self) -> None:
        self._at_end_of_request = True
        try:
            super().close_if_unusable_or_obsolete()
        finally:
            self._at_end_of_request = False

    def _close(self) -> None:
        if self._at_end_of_request and self._is_kept():
            return
        super()._close()

    def _is_kept(self) -> bool:
        """Whether the connection stays open for another request."""
        if self.settings_dict[POOL] or self.settings_dict.get(MAX_AGE, 0) == 0:
            return False
        if self.in_atomic_block or not keep_beyond_end(self.connection):
            return False
        found = kept.Kept(self.connection, self.isolation_level, self._ends)
        return kept.keep(self._kept_as, found)
