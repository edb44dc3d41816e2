"""How a connection commits in two phases."""

from typing import Any

from puff import _puff
from puff.postgres._characteristics import Characteristics
from puff.postgres._constants import STATUS_BEGIN, STATUS_PREPARED, STATUS_READY
from puff.postgres._exceptions import InterfaceError, ProgrammingError
from puff.postgres._xid import Xid


class TwoPhases(Characteristics):
    """A connection whose transactions can be prepared, and committed later, perhaps by another."""

    def xid(self, format_id: int, gtrid: str, bqual: str) -> Xid:
        """Names a transaction for `tpc_begin`."""
        self._check_open()
        return Xid(format_id, gtrid, bqual)

    def tpc_begin(self, xid: Xid | str) -> None:
        """Begins a transaction that will be committed in two phases."""
        self._check_open()
        self._check_sync("tpc_begin")
        if self._status != STATUS_READY:
            raise ProgrammingError("tpc_begin cannot be used inside a transaction")
        named = _named(xid)
        if self._autocommit:
            raise ProgrammingError("tpc_begin can't be called in autocommit mode")
        with self._turns:
            self._begin()
            self._xid = named

    def tpc_prepare(self) -> None:
        """The first phase: what the transaction did is safe, but not yet seen."""
        self._check_open()
        self._check_sync("tpc_prepare")
        self._check_not_prepared("tpc_prepare")
        if self._xid is None:
            raise ProgrammingError("prepare must be called inside a two-phase transaction")
        self._finish_named("PREPARE TRANSACTION", self._xid)
        self._status = STATUS_PREPARED

    def tpc_commit(self, xid: Xid | str | None = None) -> None:
        """The second phase; or the only one; or, outside a transaction, that of one which
        `tpc_recover` has found."""
        self._check_open()
        self._check_sync("tpc_commit")
        self._finish_two_phases(xid, b"COMMIT", "COMMIT PREPARED")

    def tpc_rollback(self, xid: Xid | str | None = None) -> None:
        """Undoes the transaction, in whichever phase it is."""
        self._check_open()
        self._check_sync("tpc_rollback")
        self._finish_two_phases(xid, b"ROLLBACK", "ROLLBACK PREPARED")

    def tpc_recover(self) -> list[Xid]:
        """The transactions of this server that wait for their second phase."""
        self._check_open()
        self._check_sync("tpc_recover")
        self._check_not_prepared("tpc_recover")
        was_ready = self._status == STATUS_READY
        with self._turns:
            self._begin()
            result = self._command("SELECT gid, prepared, owner, database FROM pg_prepared_xacts")
        found = [self._recovered(result, row) for row in range(result.rows)]
        if was_ready and self._status == STATUS_BEGIN:
            self._end(b"ROLLBACK")
        return found

    def _recovered(self, result: Any, row: int) -> Xid:
        gid, prepared, owner, database = (
            self._decoded(result.value(row, column)) for column in range(4)
        )
        xid = Xid.from_string(gid)
        xid.prepared = _puff.pg_typecasts["DATETIMETZ"](prepared, None)
        xid.owner, xid.database = owner, database
        return xid

    def _finish_two_phases(self, xid: Xid | str | None, one: bytes, prepared: str) -> None:
        if xid is not None:
            named = _named(xid)
            if self._status != STATUS_READY:
                raise ProgrammingError(
                    "tpc_commit/tpc_rollback with a xid must be called outside a transaction"
                )
            self._finish_named(prepared, named)
            return
        if self._xid is None:
            raise ProgrammingError(
                "tpc_commit/tpc_rollback with no parameter must be called in a two-phase "
                "transaction"
            )
        if self._status == STATUS_BEGIN:
            self._end(one)
        elif self._status == STATUS_PREPARED:
            self._finish_named(prepared, self._xid)
        else:
            raise InterfaceError("unexpected state in tpc_commit/tpc_rollback")
        self._status = STATUS_READY
        self._xid = None

    def _finish_named(self, statement: str, xid: Xid) -> None:
        with self._turns:
            self._mark += 1
            self._command(statement.encode() + b" " + self._quoted_text(str(xid)))


def _named(xid: Xid | str) -> Xid:
    return xid if isinstance(xid, Xid) else Xid.from_string(xid)
