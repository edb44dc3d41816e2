"""An exception class for each error of PostgreSQL, named after it: `errors.UniqueViolation` is what
SQLSTATE 23505 raises, and an IntegrityError."""

from typing import TYPE_CHECKING

from puff.postgres import _exceptions
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
    QueryCanceledError,
    TransactionRollbackError,
    Warning,
)

__all__ = [
    "DataError",
    "DatabaseError",
    "Error",
    "IntegrityError",
    "InterfaceError",
    "InternalError",
    "NotSupportedError",
    "OperationalError",
    "ProgrammingError",
    "QueryCanceledError",
    "TransactionRollbackError",
    "Warning",
    "lookup",
]

globals().update({kind.__name__: kind for kind in _exceptions.sqlstate_errors.values()})


def lookup(code: str) -> type[Error]:
    """The class of an SQLSTATE: lookup("23505") is `UniqueViolation`. KeyError if there is none."""
    return _exceptions.sqlstate_errors[code]


if TYPE_CHECKING:

    def __getattr__(name: str) -> type[Error]: ...
