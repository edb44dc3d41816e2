"""A pytest plugin: Puff's dialect under the name by which SQLAlchemy's tests choose what holds for
psycopg2. Connections are kept as there, by SQLAlchemy: some tests look at them after their use."""

import importlib

from sqlalchemy.dialects import registry
from sqlalchemy.pool import QueuePool

from puff.contrib.sqlalchemy import PuffDialect


class Psycopg2Dialect(PuffDialect):
    driver = "psycopg2"
    supports_statement_cache = True

    @classmethod
    def load_provisioning(cls):
        importlib.import_module("sqlalchemy.dialects.postgresql.provision")

    @classmethod
    def get_pool_class(cls, url):
        return QueuePool


registry.register("postgresql.psycopg2", __name__, "Psycopg2Dialect")
