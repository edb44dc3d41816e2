"""One statement with many sets of values."""

from collections.abc import Iterable
from typing import Any

from puff import _puff
from puff.postgres._constants import TRANSACTION_STATUS_INTRANS

# So many statements, or so many bytes of them, make one trip to the server.
_MOST_STATEMENTS = 100
_MOST_BYTES = 1 << 17
_BETWEEN = b"\n;\n"


def run(cursor: Any, query: Any, vars_list: Iterable[Any]) -> int:
    """Runs them in order: how many rows they gave or changed in all, -1 if that is not known.

    Inside a transaction, where it makes no difference how many of them had been done when one
    fails, many go in one trip; the first goes alone, so that what is wrong with the statement
    itself is told as if there were no others."""
    cursor._forget()
    batch = _Batch(cursor)
    conn = cursor.connection
    try:
        for vars in vars_list:
            sql = _puff.pg_mogrify(cursor, query, vars, conn._codec, conn._standard_strings)
            batch.add(sql)
    finally:
        # Also if a set of values is wrong: those before it were good.
        batch.flush()
    cursor._forget()
    return batch.count


class _Batch:
    """Statements on their way."""

    def __init__(self, cursor: Any) -> None:
        self.count = 0
        self._cursor = cursor
        self._waiting: list[bytes] = []
        self._size = 0

    def add(self, sql: bytes) -> None:
        self._waiting.append(sql)
        self._size += len(sql)
        alone = self._cursor.connection._transaction != TRANSACTION_STATUS_INTRANS
        if alone or len(self._waiting) >= _MOST_STATEMENTS or self._size >= _MOST_BYTES:
            self.flush()

    def flush(self) -> None:
        statements, self._waiting, self._size = self._waiting, [], 0
        if statements:
            self.count = _sum(self.count, _run_together(self._cursor, statements))


def _sum(count: int, more: int) -> int:
    return -1 if count < 0 or more < 0 else count + more


def _run_together(cursor: Any, statements: list[bytes]) -> int:
    """Runs some statements in one trip: how many rows, or -1."""
    reply = cursor.connection._execute(_BETWEEN.join(statements))
    results = reply.results
    # Each gave as many results as the others, unless one failed.
    each = max(len(results) // len(statements), 1)
    failed = bool(results) and results[-1].kind == "error"
    cursor.query = statements[min((len(results) - 1) // each, len(statements) - 1)]
    cursor._accept(reply)
    if failed:
        return -1
    count = 0
    for result in results[each - 1 :: each]:
        count = _sum(count, result.rows if result.kind == "rows" else result.affected)
    return count
