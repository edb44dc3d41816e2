"""What psycopg2 has beyond DB-API: classes to derive from, adapters, typecasters, constants."""

from typing import TYPE_CHECKING, Any

from puff import _puff
from puff.postgres._adapters import (
    SQL_IN,
    AsIs,
    Binary,
    Boolean,
    DateFromPy,
    Float,
    Int,
    IntervalFromPy,
    ISQLQuote,
    NoneAdapter,
    QuotedString,
    TimeFromPy,
    TimestampFromPy,
    adapt,
    adapters,
    register_adapter,
)
from puff.postgres._column import Column
from puff.postgres._connection import connection
from puff.postgres._constants import (
    ISOLATION_LEVEL_AUTOCOMMIT,
    ISOLATION_LEVEL_DEFAULT,
    ISOLATION_LEVEL_READ_COMMITTED,
    ISOLATION_LEVEL_READ_UNCOMMITTED,
    ISOLATION_LEVEL_REPEATABLE_READ,
    ISOLATION_LEVEL_SERIALIZABLE,
    POLL_ERROR,
    POLL_OK,
    POLL_READ,
    POLL_WRITE,
    STATUS_ASYNC,
    STATUS_BEGIN,
    STATUS_IN_TRANSACTION,
    STATUS_PREPARED,
    STATUS_READY,
    STATUS_SETUP,
    STATUS_SYNC,
    TRANSACTION_STATUS_ACTIVE,
    TRANSACTION_STATUS_IDLE,
    TRANSACTION_STATUS_INERROR,
    TRANSACTION_STATUS_INTRANS,
    TRANSACTION_STATUS_UNKNOWN,
)
from puff.postgres._cursor import cursor
from puff.postgres._dsn import make_dsn, parse_dsn
from puff.postgres._encodings import encodings
from puff.postgres._exceptions import (
    Diagnostics,
    OperationalError,
    ProgrammingError,
    QueryCanceledError,
    TransactionRollbackError,
)
from puff.postgres._identifiers import quote_ident
from puff.postgres._info import ConnectionInfo
from puff.postgres._json import register_default_json, register_default_jsonb
from puff.postgres._lobject import lobject
from puff.postgres._notify import Notify
from puff.postgres._typecasts import (
    binary_types,
    builtin,
    new_array_type,
    new_type,
    register_type,
    string_types,
)
from puff.postgres._wait import get_wait_callback, set_wait_callback
from puff.postgres._xid import Xid

__all__ = [
    "ISOLATION_LEVEL_AUTOCOMMIT",
    "ISOLATION_LEVEL_DEFAULT",
    "ISOLATION_LEVEL_READ_COMMITTED",
    "ISOLATION_LEVEL_READ_UNCOMMITTED",
    "ISOLATION_LEVEL_REPEATABLE_READ",
    "ISOLATION_LEVEL_SERIALIZABLE",
    "JSON",
    "JSONARRAY",
    "JSONB",
    "JSONBARRAY",
    "POLL_ERROR",
    "POLL_OK",
    "POLL_READ",
    "POLL_WRITE",
    "SQL_IN",
    "STATUS_ASYNC",
    "STATUS_BEGIN",
    "STATUS_IN_TRANSACTION",
    "STATUS_PREPARED",
    "STATUS_READY",
    "STATUS_SETUP",
    "STATUS_SYNC",
    "TRANSACTION_STATUS_ACTIVE",
    "TRANSACTION_STATUS_IDLE",
    "TRANSACTION_STATUS_INERROR",
    "TRANSACTION_STATUS_INTRANS",
    "TRANSACTION_STATUS_UNKNOWN",
    "AsIs",
    "Binary",
    "Boolean",
    "Column",
    "ConnectionInfo",
    "DateFromPy",
    "Diagnostics",
    "Float",
    "ISQLQuote",
    "Int",
    "IntervalFromPy",
    "NoneAdapter",
    "Notify",
    "QueryCanceledError",
    "QuotedString",
    "TimeFromPy",
    "TimestampFromPy",
    "TransactionRollbackError",
    "Xid",
    "adapt",
    "adapters",
    "binary_types",
    "connection",
    "cursor",
    "encodings",
    "encrypt_password",
    "get_wait_callback",
    "libpq_version",
    "lobject",
    "make_dsn",
    "new_array_type",
    "new_type",
    "parse_dsn",
    "quote_ident",
    "register_adapter",
    "register_type",
    "set_wait_callback",
    "string_types",
]

# The built-in typecasters by their names: INTEGER, DATE, UNICODEARRAY, ..
globals().update({name: caster for name, caster in builtin.items() if name != "DEFAULT"})
for _name in ("DATE", "TIME", "DATETIME", "DATETIMETZ", "INTERVAL"):
    globals()["PY" + _name] = builtin[_name]
    globals()[f"PY{_name}ARRAY"] = builtin[_name + "ARRAY"]

JSON, JSONARRAY = register_default_json()
JSONB, JSONBARRAY = register_default_jsonb()


def libpq_version() -> int:
    """The version of libpq: 150004 is 15.4."""
    return _puff.pg_libpq_version()


def encrypt_password(
    password: str, user: str, scope: Any = None, algorithm: str | None = None
) -> str:
    """A password as the server keeps it, so that the password itself need not be sent to change it.
    `algorithm` is scram-sha-256 or md5; without it the server of `scope` says which."""
    for name, value in (("password", password), ("user", user)):
        if not isinstance(value, str | bytes):
            raise TypeError(f"{name} must be a str, not {type(value).__name__}")
    conn = None
    if scope is not None:
        conn = getattr(scope, "connection", scope)
        if not isinstance(conn, connection):
            raise TypeError("the scope must be a connection or a cursor")
    if algorithm is not None and not isinstance(algorithm, str):
        raise TypeError(f"algorithm must be a str, not {type(algorithm).__name__}")
    if conn is None and algorithm != "md5":
        raise ProgrammingError("password encryption other than 'md5' algorithm requires a scope")
    session = None if conn is None else conn._session or conn._connect()
    if algorithm is None and conn is not None:
        algorithm = conn._command(b"SHOW password_encryption").value(0, 0).decode()
    try:
        return _puff.pg_encrypt_password(password, user, session, algorithm)
    except _puff.PgFailure as failure:
        raise OperationalError(failure.args[-1]) from None
    except ValueError as failure:
        raise ProgrammingError(str(failure)) from None


if TYPE_CHECKING:

    def __getattr__(name: str) -> Any: ...
