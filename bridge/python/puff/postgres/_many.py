"""One statement with many sets of values."""

import re
from collections.abc import Iterable
from typing import Any

from puff import _puff
from puff.postgres._constants import (
    TRANSACTION_STATUS_IDLE,
    TRANSACTION_STATUS_INERROR,
    TRANSACTION_STATUS_INTRANS,
)

# So many statements, or so many bytes of them, make one trip to the server.
_MOST_STATEMENTS = 100
_MOST_BYTES = 1 << 17
_BETWEEN = b"\n;\n"
# Statements that do the same in a transaction block as outside.
_ROW_CHANGES = re.compile(rb"\s*(?:insert|update|delete)\b", re.IGNORECASE)


def run(cursor: Any, query: Any, vars_list: Iterable[Any]) -> int:
    """Runs them in order: how many rows they gave or changed in all, -1 if that is not known.

    Many go in one trip: inside a transaction, where it makes no difference how many of them had
    been done when one fails, as they are; in autocommit, if they change rows, each in a transaction
    block of its own. The first goes alone, so that what is wrong with the statement itself is told
    as if there were no others."""
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
        # Whether the first of them showed that it may be run apart from others in one trip.
        self._may_run_apart = False
        self._is_first = True

    def add(self, sql: bytes) -> None:
        alone = self._is_first or not self._is_in_transaction()
        if alone and self._may_run_apart:
            # A statement that may be two would not be one block.
            alone = b";" in sql
            if alone:
                self.flush()
        self._waiting.append(sql)
        self._size += len(sql)
        if alone or len(self._waiting) >= _MOST_STATEMENTS or self._size >= _MOST_BYTES:
            self.flush()

    def flush(self) -> None:
        statements, self._waiting, self._size = self._waiting, [], 0
        if not statements:
            return
        if self._is_in_transaction() or len(statements) == 1:
            count, results = _run_together(self._cursor, statements)
        else:
            count, results = _run_apart(self._cursor, statements), 0
        if self._is_first:
            self._is_first = False
            self._may_run_apart = (
                results == 1
                and self._cursor.connection._autocommit
                and self._cursor.connection._transaction == TRANSACTION_STATUS_IDLE
                and _ROW_CHANGES.match(statements[0]) is not None
            )
        self.count = _sum(self.count, count)

    def _is_in_transaction(self) -> bool:
        return bool(self._cursor.connection._transaction == TRANSACTION_STATUS_INTRANS)


def _sum(count: int, more: int) -> int:
    return -1 if count < 0 or more < 0 else count + more


def _rows_of(result: Any) -> int:
    return int(result.rows if result.kind == "rows" else result.affected)


def _run_together(cursor: Any, statements: list[bytes]) -> tuple[int, int]:
    """Runs some statements in one trip: how many rows, or -1; and how many results."""
    reply = cursor.connection._execute(_BETWEEN.join(statements))
    results = reply.results
    # Each gave as many results as the others, unless one failed.
    each = max(len(results) // len(statements), 1)
    cursor.query = statements[min((len(results) - 1) // each, len(statements) - 1)]
    cursor._accept(reply)
    count = 0
    for result in results[each - 1 :: each]:
        count = _sum(count, _rows_of(result))
    return count, len(results)


def _run_apart(cursor: Any, statements: list[bytes]) -> int:
    """Runs some statements in one trip, each in a transaction of its own: how many rows, or -1.
    Those behind one that fails are not run, those before it stay."""
    conn = cursor.connection
    blocks = [b"BEGIN" + _BETWEEN + sql + _BETWEEN + b"COMMIT" for sql in statements]
    reply = _reply_to_blocks(conn, _BETWEEN.join(blocks))
    results = reply.results
    failed = results[-1] if results and results[-1].kind == "error" else None
    done = results[1 : len(results) - len(results) % 3 : 3]
    if failed is not None and len(results) % 3 == 0:
        # It was the COMMIT that failed.
        del done[-1]
    count = 0
    for result in done:
        count = _sum(count, _rows_of(result))
    if failed is None:
        cursor.query = statements[-1]
        return count
    if failed.error_field("P") is None:
        cursor.query = statements[len(done)]
        cursor._accept(reply)
    # It was not understood: alone it says where, as a position in itself.
    for sql in statements[len(done) :]:
        count = _sum(count, _run_together(cursor, [sql])[0])
    return count


def _reply_to_blocks(conn: Any, sql: bytes) -> Any:
    """The reply to some transaction blocks; one that failed is rolled back."""
    with conn._turns:
        try:
            reply = conn._run(sql)
            if reply.transaction == TRANSACTION_STATUS_INERROR:
                conn._run(b"ROLLBACK")
        except BaseException:
            # Nobody knows whether a block is open.
            conn.close()
            raise
    return reply
