"""Database connections of requests: their own for resolvers, a caller's for requests."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from puff import _puff
from puff.graphql._context import GraphQLContext

__all__ = ["borrowed", "connection_of", "session_of"]


def connection_of(call: Any) -> Any:
    """The connection of a resolver's request."""
    from puff.postgres._lent import LentConnection

    pool: str = call.database
    return LentConnection(_puff.graphql_lend(call), pool, call.is_mutation)


@contextmanager
def borrowed(context: GraphQLContext) -> Iterator[None]:
    """Meanwhile Django, and whoever else connects to a pool in this greenlet, uses the request's
    own connection."""
    from puff.postgres import set_connection_override
    from puff.postgres._connecting import _override

    token = set_connection_override(context.connection)
    try:
        yield
    finally:
        _let_go_of_django()
        _override.reset(token)


def _let_go_of_django() -> None:
    import sys

    django = sys.modules.get("django.db")
    if django is not None:
        django.connections.close_all()


def session_of(connection: Any) -> tuple[int, str]:
    """The session of a caller's connection and the pool that it is of. ProgrammingError if it is of
    none."""
    from puff.postgres import ProgrammingError

    inner = getattr(connection, "connection", None)
    link = inner if inner is not None and hasattr(inner, "_session") else connection
    pool = getattr(link, "_pool", None)
    if pool is None:
        raise ProgrammingError("connection= needs a connection of one of Puff's pools")
    session = link._session or link._connect()
    return session.number, pool
