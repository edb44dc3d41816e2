"""The exceptions of DB-API 2.0, with a class for each SQLSTATE, and what they tell of an error."""

from typing import TYPE_CHECKING, Any

from puff.postgres._sqlstates import CODES

if TYPE_CHECKING:
    from puff._puff import PgResult

# The letters by which libpq names the fields of an error (PG_DIAG_*).
_FIELDS = {
    "severity": "S",
    "severity_nonlocalized": "V",
    "sqlstate": "C",
    "message_primary": "M",
    "message_detail": "D",
    "message_hint": "H",
    "statement_position": "P",
    "internal_position": "p",
    "internal_query": "q",
    "context": "W",
    "schema_name": "s",
    "table_name": "t",
    "column_name": "c",
    "datatype_name": "d",
    "constraint_name": "n",
    "source_file": "F",
    "source_line": "L",
    "source_function": "R",
}


class Warning(Exception):
    """Something important, but no failure."""

    __module__ = "puff.postgres"


class Error(Exception):
    """The base of all errors of the database and of this package.

    `pgerror` is the server's whole text, `pgcode` its SQLSTATE, `cursor` what raised it, `diag` all
    that the server said; each None where there is no such thing."""

    __module__ = "puff.postgres"

    pgerror: str | None = None
    pgcode: str | None = None
    cursor: Any = None
    _result: "PgResult | None" = None
    _codec: str | None = None

    @property
    def diag(self) -> "Diagnostics":
        """What the server said about the error, by parts."""
        return Diagnostics(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self.args, {"pgerror": self.pgerror, "pgcode": self.pgcode}

    def __setstate__(self, state: dict[str, Any] | None) -> None:
        state = state or {}
        self.pgerror = state.get("pgerror")
        self.pgcode = state.get("pgcode")
        self.cursor = None


class Diagnostics:
    """The parts of a server's error: `message_primary`, `constraint_name`, .. (str or None)."""

    def __init__(self, error: Error) -> None:
        if not isinstance(error, Error):
            raise TypeError(f"the argument must be an Error, not {type(error).__name__}")
        self._error = error

    def __getattr__(self, name: str) -> str | None:
        letter = _FIELDS.get(name)
        if letter is None:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        result = self._error._result
        field = result.error_field(letter) if result is not None else None
        return None if field is None else field.decode(self._error._codec or "utf-8", "replace")

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *_FIELDS]


class InterfaceError(Error):
    """The driver was used in a way that it cannot be used."""

    __module__ = "puff.postgres"


class DatabaseError(Error):
    """An error of the database."""

    __module__ = "puff.postgres"


class DataError(DatabaseError):
    """A value is out of range or malformed."""

    __module__ = "puff.postgres"


class OperationalError(DatabaseError):
    """The connection, the server, or its resources failed."""

    __module__ = "puff.postgres"


class IntegrityError(DatabaseError):
    """A constraint forbids it."""

    __module__ = "puff.postgres"


class InternalError(DatabaseError):
    """The server is in a state where this cannot be done."""

    __module__ = "puff.postgres"


class ProgrammingError(DatabaseError):
    """The statement is wrong, or misses its table; or the driver was called in a wrong order."""

    __module__ = "puff.postgres"


class NotSupportedError(DatabaseError):
    """The server or the driver has no such feature."""

    __module__ = "puff.postgres"


class QueryCanceledError(OperationalError):
    """The statement was cancelled: by `connection.cancel`, or a timeout of the server."""

    __module__ = "puff.postgres.extensions"


class TransactionRollbackError(OperationalError):
    """The server gave up the transaction (a deadlock, a serialization failure): try it again."""

    __module__ = "puff.postgres.extensions"


_BASE_OF_CLASS: dict[str, type[Error]] = {
    "08": OperationalError,
    "0A": NotSupportedError,
    **dict.fromkeys(("20", "21", "3D", "3F", "42", "44"), ProgrammingError),
    "22": DataError,
    "23": IntegrityError,
    **dict.fromkeys(("24", "25", "2B", "2D", "2F", "38", "39", "3B"), InternalError),
    **dict.fromkeys(("F0", "P0", "XX"), InternalError),
    **dict.fromkeys(("26", "27", "28", "34", "HV"), OperationalError),
    "40": TransactionRollbackError,
}


def base_of(code: str) -> type[Error]:
    """The exception of DB-API for an SQLSTATE that has no class of its own."""
    if code == "57014":
        return QueryCanceledError
    if code.startswith("5"):
        return OperationalError
    return _BASE_OF_CLASS.get(code[:2], DatabaseError)


def _class_name(code: str, name: str) -> str:
    # Names that come twice: the rarer class is told apart.
    if code in ("38002", "38003", "38004", "39004"):
        return _camel(name) + "Ext"
    return "InternalError_" if name == "INTERNAL_ERROR" else _camel(name)


def _camel(name: str) -> str:
    return "".join(word.capitalize() for word in name.rstrip("_").split("_"))


def _is_error(code: str) -> bool:
    return code[:2] not in ("00", "01") or code == "02001"


# {SQLSTATE: exception class}.
sqlstate_errors: dict[str, type[Error]] = {
    code: type(_class_name(code, name), (base_of(code),), {"__module__": "puff.postgres.errors"})
    for code, name in CODES.items()
    if _is_error(code)
}


def error_of_result(result: "PgResult", codec: str | None, cursor: Any) -> Error:
    """The exception for a result that is an error."""
    return error_of_text(
        result.error_text.decode(codec or "utf-8", "replace"),
        (result.error_field("C") or b"").decode(),
        result,
        codec,
        cursor,
    )


def error_of_text(
    text: str, code: str, result: "PgResult | None", codec: str | None, cursor: Any
) -> Error:
    """The exception for an error's text and SQLSTATE."""
    kind = sqlstate_errors.get(code) or (base_of(code) if code else DatabaseError)
    bare = text
    for severity in ("ERROR:  ", "FATAL:  ", "PANIC:  "):
        bare = bare.removeprefix(severity)
    error = kind(bare)
    error.pgerror = text
    error.pgcode = code or None
    error._result = result
    error._codec = codec
    error.cursor = cursor
    return error
