"""PostgreSQL, by DB-API 2.0 in psycopg2's manner: its connections and cursors, its types, and its
modules `extensions`, `extras`, `errors`, `sql`, .. below this package.

    from puff import postgres

    with postgres.connect(autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT name FROM people WHERE born < %s", [date(2000, 1, 1)])
        names = [name for (name,) in cursor]

Under Puff `connect()` takes a connection of a pool that puff.toml configures; while a greenlet
waits for the server others run. With a conninfo string or libpq's keywords it opens one of its own,
which works in every Python program. Programs that import psycopg2 can be given this package by
`install_as_psycopg2()`."""

from puff import _puff
from puff.postgres import _adapters, _connection, _typecasts, _wait
from puff.postgres import errorcodes as errorcodes
from puff.postgres import errors as errors
from puff.postgres import extensions as extensions
from puff.postgres import extras as extras
from puff.postgres import native as native
from puff.postgres import pool as pool
from puff.postgres import sql as sql
from puff.postgres import tz as tz
from puff.postgres._adapters import Binary
from puff.postgres._connecting import (
    PostgresClient,
    _connect,
    connect,
    global_postgres,
    named_client,
    set_connection_override,
)
from puff.postgres._connection import connection as Connection
from puff.postgres._cursor import cursor as Cursor
from puff.postgres._exceptions import (
    DatabaseError,
    DataError,
    Error,
    IntegrityError,
    InterfaceError,
    InternalError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
    Warning,
)
from puff.postgres._install import install_as_psycopg2
from puff.postgres._lobject import lobject as _lobject
from puff.postgres._moments import (
    Date,
    DateFromTicks,
    Time,
    TimeFromTicks,
    Timestamp,
    TimestampFromTicks,
)
from puff.postgres._version import (
    __libpq_version__,
    __version__,
    apilevel,
    paramstyle,
    threadsafety,
)

__all__ = [
    "BINARY",
    "DATE",
    "DATETIME",
    "NUMBER",
    "ROWID",
    "STRING",
    "TIME",
    "Binary",
    "Connection",
    "Cursor",
    "DataError",
    "DatabaseError",
    "Date",
    "DateFromTicks",
    "Error",
    "IntegrityError",
    "InterfaceError",
    "InternalError",
    "NotSupportedError",
    "OperationalError",
    "PostgresClient",
    "ProgrammingError",
    "Time",
    "TimeFromTicks",
    "Timestamp",
    "TimestampFromTicks",
    "Warning",
    "__libpq_version__",
    "__version__",
    "_connect",
    "apilevel",
    "connect",
    "global_postgres",
    "install_as_psycopg2",
    "named_client",
    "paramstyle",
    "set_connection_override",
    "threadsafety",
]

BINARY = _typecasts.builtin["BINARY"]
DATE = _typecasts.builtin["DATE"]
DATETIME = _typecasts.builtin["DATETIME"]
NUMBER = _typecasts.builtin["NUMBER"]
ROWID = _typecasts.builtin["ROWID"]
STRING = _typecasts.builtin["STRING"]
TIME = _typecasts.builtin["TIME"]

_puff.pg_use(
    data_error=DataError,
    interface_error=InterfaceError,
    programming_error=ProgrammingError,
    not_supported_error=NotSupportedError,
    adapters=_adapters.adapters,
    defaults=_adapters.defaults,
    quoted=_adapters.quoted,
    composable=sql.Composable,
    check_may_wait=_wait.check_may_wait,
)
_connection.use_classes(Cursor, _lobject)
native.make_callable(pool.__name__)
