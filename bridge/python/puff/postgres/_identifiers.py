"""Names of tables and columns in statements."""

from typing import Any


def quote_ident(ident: str | bytes, scope: Any) -> str:
    """A name in double quotes. `scope` is a connection or cursor."""
    conn = getattr(scope, "connection", scope)
    if not hasattr(conn, "_codec"):
        raise TypeError("argument 2 must be a connection or a cursor")
    if isinstance(ident, bytes):
        ident = ident.decode(conn._codec or "utf-8")
    if not isinstance(ident, str):
        raise TypeError(f"a name must be a str, not {type(ident).__name__}")
    if "\0" in ident:
        raise ValueError("A name cannot contain NUL (0x00) characters.")
    # Text that cannot be sent is refused here.
    ident.encode(conn._codec or "utf-8")
    return '"' + ident.replace('"', '""') + '"'
