"""Looking up types in the server's catalog, leaving the transaction as it was."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from puff.postgres._constants import STATUS_IN_TRANSACTION
from puff.postgres._cursor import cursor
from puff.postgres._exceptions import ProgrammingError


def solve_scope(conn_or_curs: Any) -> tuple[Any, Any]:
    """The connection of a connection or cursor, and a plain cursor of it."""
    if conn_or_curs is None:
        raise ProgrammingError("no connection or cursor provided")
    conn = conn_or_curs.connection if hasattr(conn_or_curs, "execute") else conn_or_curs
    return conn, conn.cursor(cursor_factory=cursor)


@contextmanager
def looking_up(conn_or_curs: Any) -> Iterator[Any]:
    """A cursor for questions to the catalog."""
    conn, curs = solve_scope(conn_or_curs)
    was = conn.status
    try:
        yield curs
    finally:
        if was != STATUS_IN_TRANSACTION and not conn.autocommit and not conn.closed:
            conn.rollback()


def ask_about(curs: Any, question: str, name: str) -> list[Any]:
    """The rows of a question about a type with this name, which may begin with a schema.

    `question` ends in WHERE, and knows the type as t and its namespace as ns. Without a schema it
    is the type that the search path finds."""
    if "." in name:
        schema, bare = name.split(".", 1)
    else:
        schema, bare = "public", name
    curs.execute(question + " t.typname = %s AND ns.nspname = %s", (bare, schema))
    found: list[Any] = curs.fetchall()
    return found or _ask_by_path(curs, question, name)


def _ask_by_path(curs: Any, question: str, name: str) -> list[Any]:
    conn = curs.connection
    guarded = conn.status == STATUS_IN_TRANSACTION
    if guarded:
        curs.execute("SAVEPOINT register_type")
    try:
        curs.execute(question + " t.oid = %s::regtype", (name,))
        found: list[Any] = curs.fetchall()
    except ProgrammingError:
        found = []
    finally:
        if guarded:
            curs.execute("ROLLBACK TO SAVEPOINT register_type")
    return found
