"""SQLAlchemy on Puff's driver and pools: the dialect `postgresql+puff`.

    engine = create_engine("postgresql+puff:///global")            # the default pool
    engine = create_engine("postgresql+puff:///NAME")              # the [[postgres]] table NAME
    engine = create_engine("postgresql+puff://user@host/database")  # a server of one's own

It is SQLAlchemy's dialect for psycopg2 with another driver. Under Puff an engine keeps no
connections (NullPool): Puff's pools do, and SQLAlchemy's would block the thread of all greenlets
when it is exhausted. `scoped_session` needs `scopefunc=greenlet.getcurrent`, because greenlets
share a thread."""

from types import ModuleType
from typing import Any

from sqlalchemy import URL
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg2 import PGDialect_psycopg2
from sqlalchemy.pool import NullPool
from sqlalchemy.util import memoized_property

from puff import _pools, _puff


class PuffDialect(PGDialect_psycopg2):
    """See the module."""

    driver = "puff"
    supports_statement_cache = True

    @classmethod
    def import_dbapi(cls) -> ModuleType:
        from puff import postgres

        return postgres

    @memoized_property
    def _psycopg2_extensions(self) -> ModuleType:
        from puff.postgres import extensions

        return extensions

    @memoized_property
    def _psycopg2_extras(self) -> ModuleType:
        from puff.postgres import extras

        return extras

    @classmethod
    def get_pool_class(cls, url: URL) -> Any:
        return NullPool if _puff.is_puff() else super().get_pool_class(url)

    def create_connect_args(self, url: URL) -> Any:
        words, options = super().create_connect_args(url)
        if not (url.host or url.username or url.password):
            pool = _pools.pool_named(options.get("dbname"))
            if pool is not None:
                options["dbname"] = pool
        return words, options


# For where Puff is there without having been installed as a package.
registry.register("postgresql.puff", __name__, PuffDialect.__name__)
