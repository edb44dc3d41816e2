"""What is known of a connection: its `info`."""

from typing import TYPE_CHECKING, Any

from puff.postgres._constants import TRANSACTION_STATUS_UNKNOWN

if TYPE_CHECKING:
    from puff.postgres._connection import connection

# Those that libpq has of OpenSSL.
_TLS_ATTRIBUTES = ("library", "key_bits", "cipher", "compression", "protocol")


class ConnectionInfo:
    """A connection as its server and libpq describe it."""

    __module__ = "puff.postgres.extensions"

    def __init__(self, connection: "connection") -> None:
        from puff.postgres._connection import connection as kind

        if not isinstance(connection, kind):
            raise TypeError(f"a connection is needed, not {type(connection).__name__}")
        self._connection = connection

    def _known(self, field: str, otherwise: Any) -> Any:
        """A field of what the session is like; a connection that is closed knows nothing."""
        return otherwise if self._connection.closed else self._connection._known()[field]

    def _said(self, keyword: str) -> Any:
        return self._known("connection", {}).get(keyword)

    def _text(self, keyword: str) -> str | None:
        return None if self._connection.closed else str(self._said(keyword) or "")

    @property
    def dbname(self) -> str | None:
        """The database."""
        return self._text("dbname")

    @property
    def user(self) -> str | None:
        """The user."""
        return self._text("user")

    @property
    def password(self) -> str | None:
        """The password."""
        return self._text("password")

    @property
    def host(self) -> str | None:
        """The server's name, address, or the folder of its socket."""
        host: str | None = self._said("host")
        return host

    @property
    def port(self) -> int | None:
        """The server's port."""
        return None if self._connection.closed else int(self._said("port") or 5432)

    @property
    def options(self) -> str | None:
        """Options for the server, as they were given."""
        return self._text("options")

    @property
    def dsn_parameters(self) -> dict[str, str]:
        """What the connection was opened with, without the password."""
        return self._connection.get_dsn_parameters()

    @property
    def status(self) -> int:
        """libpq's ConnStatusType: 0 is good, 1 is bad."""
        return 1 if self._connection.closed else 0

    @property
    def transaction_status(self) -> int:
        """TRANSACTION_STATUS_*."""
        if self._connection.closed:
            return TRANSACTION_STATUS_UNKNOWN
        return self._connection.get_transaction_status()

    def parameter_status(self, name: str) -> str | None:
        """A setting that the server reports."""
        return None if self._connection.closed else self._connection.get_parameter_status(name)

    @property
    def protocol_version(self) -> int:
        """Of the protocol between client and server."""
        return int(self._known("protocol_version", 0))

    @property
    def server_version(self) -> int:
        """150004 is 15.4."""
        return int(self._known("server_version", 0))

    @property
    def error_message(self) -> str | None:
        """The text of the last error, or None."""
        return self._connection._error_message

    @property
    def socket(self) -> int:
        """The file that `connection.fileno` gives."""
        return -1 if self._connection.closed else self._connection.fileno()

    @property
    def backend_pid(self) -> int:
        """The process of the server that serves the connection."""
        return int(self._known("backend_pid", 0))

    @property
    def needs_password(self) -> bool:
        """Whether the server asked for a password and none was given."""
        return bool(self._known("needs_password", False))

    @property
    def used_password(self) -> bool:
        """Whether a password was used."""
        return bool(self._known("used_password", False))

    @property
    def ssl_in_use(self) -> bool:
        """Whether the connection is encrypted."""
        return bool(self._known("uses_tls", False))

    def ssl_attribute(self, name: str) -> str | None:
        """What libpq says of the encryption: protocol, cipher, .."""
        value: str | None = self._known("tls", {}).get(name)
        return value

    @property
    def ssl_attribute_names(self) -> list[str]:
        """The names that `ssl_attribute` knows."""
        return list(_TLS_ATTRIBUTES)
