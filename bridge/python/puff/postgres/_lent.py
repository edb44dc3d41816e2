"""A connection to a session that somebody else has and will give back."""

from typing import Any

from puff.postgres._connection import connection

_STEPS = {
    b"COMMIT": b"RELEASE SAVEPOINT puff_lent",
    b"ROLLBACK": b"ROLLBACK TO SAVEPOINT puff_lent; RELEASE SAVEPOINT puff_lent",
}


class LentConnection(connection):
    """The session of a request. Where a transaction is open that its owner will end, what this
    connection begins, commits and rolls back is a part of it: a savepoint."""

    def __init__(self, session: Any, pool: str, in_transaction: bool) -> None:
        super().__init__("", pool=pool)
        self._session = session
        self._within = in_transaction
        if in_transaction:
            self._begin_sql = b"SAVEPOINT puff_lent"
        self._prepare_session()

    def _end(self, sql: bytes) -> None:
        super()._end(_STEPS.get(sql, sql) if self._within else sql)
