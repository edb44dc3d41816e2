"""How a connection begins and ends transactions."""

from typing import Any

from puff.postgres import _wait
from puff.postgres._constants import (
    STATUS_BEGIN,
    STATUS_PREPARED,
    STATUS_READY,
    TRANSACTION_STATUS_IDLE,
)
from puff.postgres._exceptions import ProgrammingError
from puff.postgres._link import Link
from puff.postgres._wait import check_may_wait
from puff.postgres._xid import Xid


class Transactions(Link):
    """A connection that begins a transaction with the first statement, unless in autocommit."""

    _autocommit = False
    _begin_sql = b"BEGIN"
    _xid: Xid | None = None
    # Whether a `with` block runs, which is a transaction also in autocommit.
    _entered = False
    # Counts transactions: what belongs to an ended one is told by its number.
    _mark = 0

    @property
    def status(self) -> int:
        """STATUS_READY, STATUS_BEGIN (a transaction is open) or STATUS_PREPARED."""
        return self._status

    # -- begin and end --

    def _begin(self) -> None:
        """Begins a transaction if the next statement needs one."""
        if self._status != STATUS_READY or (self._autocommit and not self._entered):
            return
        self._command(self._begin_sql)
        self._status = STATUS_BEGIN

    def _execute(self, sql: bytes, query: Any = None, vars: Any = None) -> Any:
        """The reply to a statement in a transaction; `query` and `vars` are what it was made of."""
        turns = self._turns
        if vars and self._is_single():
            turns.share()
            try:
                # What others did while this one waited may have changed it.
                if self._is_single():
                    return self._run(sql, query, vars)
            finally:
                turns.unshare()
        turns.enter()
        try:
            if self._status == STATUS_READY and (not self._autocommit or self._entered):
                self._begin()
            return self._run(sql)
        finally:
            turns.leave()

    def _is_single(self) -> bool:
        """Whether a statement would be a transaction of its own, as far as is known: it may be on
        its way together with those of other greenlets."""
        return (
            self._autocommit
            and not self._entered
            and self._session is not None
            and self._transaction == TRANSACTION_STATUS_IDLE
            and _wait.callback is None
        )

    def commit(self) -> None:
        """Makes what the transaction did permanent."""
        self._check_end("commit")
        self._end(b"COMMIT")

    def rollback(self) -> None:
        """Undoes what the transaction did. Allowed at any time."""
        self._check_end("rollback")
        self._end(b"ROLLBACK")

    def _check_end(self, what: str) -> None:
        self._check_open()
        self._check_sync(what)
        if self._xid is not None:
            raise ProgrammingError(f"{what} cannot be used during a two-phase transaction")

    def _end(self, sql: bytes) -> None:
        with self._turns:
            if self._status != STATUS_BEGIN:
                return
            check_may_wait()
            self._mark += 1
            # Whatever goes wrong, the transaction is over.
            self._status = STATUS_READY
            self._command(sql)

    def _check_not_prepared(self, what: str) -> None:
        if self._status == STATUS_PREPARED:
            raise ProgrammingError(f"{what} cannot be used with a prepared two-phase transaction")
