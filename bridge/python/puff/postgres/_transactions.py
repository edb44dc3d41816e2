"""How a connection begins and ends transactions."""

from typing import Any

from puff import _puff
from puff.postgres._constants import (
    ISOLATION_LEVEL_READ_COMMITTED,
    ISOLATION_LEVEL_READ_UNCOMMITTED,
    ISOLATION_LEVEL_REPEATABLE_READ,
    ISOLATION_LEVEL_SERIALIZABLE,
    STATUS_BEGIN,
    STATUS_PREPARED,
    STATUS_READY,
)
from puff.postgres._exceptions import InterfaceError, ProgrammingError
from puff.postgres._link import Link
from puff.postgres._xid import Xid

_LEVELS = {
    ISOLATION_LEVEL_READ_COMMITTED: "READ COMMITTED",
    ISOLATION_LEVEL_REPEATABLE_READ: "REPEATABLE READ",
    ISOLATION_LEVEL_SERIALIZABLE: "SERIALIZABLE",
    ISOLATION_LEVEL_READ_UNCOMMITTED: "READ UNCOMMITTED",
}

_UNCHANGED: Any = object()


class Transactions(Link):
    """A connection that begins a transaction with the first statement, unless in autocommit."""

    _autocommit = False
    _isolation: int | None = None
    _readonly: bool | None = None
    _deferrable: bool | None = None
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

    def _execute(self, sql: bytes) -> Any:
        """The reply to a statement in a transaction."""
        turns = self._turns
        if not turns.try_enter(False):
            turns.enter()
        try:
            if self._status == STATUS_READY and (not self._autocommit or self._entered):
                self._begin()
            return self._run(sql)
        finally:
            turns.leave()

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
            self._mark += 1
            # Whatever goes wrong, the transaction is over.
            self._status = STATUS_READY
            self._command(sql)

    # -- characteristics --

    @property
    def autocommit(self) -> bool:
        """Whether each statement is its own transaction."""
        return self._autocommit

    @autocommit.setter
    def autocommit(self, value: object) -> None:
        self._check_session_change("set_session")
        self._change_session(autocommit=bool(value))

    @property
    def isolation_level(self) -> int | None:
        """ISOLATION_LEVEL_*, or None for the server's default. May be set to these, or to the words
        of SQL: "repeatable read", "default"."""
        return self._isolation

    @isolation_level.setter
    def isolation_level(self, value: int | str | bytes | None) -> None:
        self._check_session_change("set_session")
        self._change_session(isolation=_level(value))

    @property
    def readonly(self) -> bool | None:
        """Whether transactions may not write; None for the server's default."""
        return self._readonly

    @readonly.setter
    def readonly(self, value: object) -> None:
        self._check_session_change("set_session")
        self._change_session(readonly=_choice(value))

    @property
    def deferrable(self) -> bool | None:
        """Whether serializable transactions that only read may wait for a safe snapshot; None for
        the server's default."""
        return self._deferrable

    @deferrable.setter
    def deferrable(self, value: object) -> None:
        self._check_session_change("set_session")
        self._change_session(deferrable=_choice(value))

    def set_session(
        self,
        isolation_level: int | str | bytes | None = None,
        readonly: object = None,
        deferrable: object = None,
        autocommit: object = None,
    ) -> None:
        """Sets what the next transactions are like; None changes nothing."""
        self._check_session_change("set_session")
        self._change_session(
            _UNCHANGED if autocommit is None else bool(autocommit),
            _UNCHANGED if isolation_level is None else _level(isolation_level),
            _UNCHANGED if readonly is None else _choice(readonly),
            _UNCHANGED if deferrable is None else _choice(deferrable),
        )

    def set_isolation_level(self, level: int | None) -> None:
        """Rolls back and sets the level; ISOLATION_LEVEL_AUTOCOMMIT means autocommit."""
        self._check_open()
        self._check_sync("isolation_level")
        self._check_not_prepared("isolation_level")
        if level is not None and not 0 <= level <= 4:
            raise ValueError("isolation level must be between 0 and 4")
        self._end(b"ROLLBACK")
        if level == 0:
            self._change_session(autocommit=True)
        else:
            self._change_session(autocommit=False, isolation=level)

    def _check_session_change(self, what: str) -> None:
        self._check_open()
        self._check_sync(what)
        if self._status == STATUS_BEGIN:
            raise ProgrammingError(f"{what} cannot be used inside a transaction")
        self._check_not_prepared(what)

    def _check_not_prepared(self, what: str) -> None:
        if self._status == STATUS_PREPARED:
            raise ProgrammingError(f"{what} cannot be used with a prepared two-phase transaction")

    def _change_session(
        self,
        autocommit: bool = _UNCHANGED,
        isolation: int | None = _UNCHANGED,
        readonly: bool | None = _UNCHANGED,
        deferrable: bool | None = _UNCHANGED,
    ) -> None:
        before: tuple[Any, ...] = (self._isolation, self._readonly, self._deferrable)
        wanted = (isolation, readonly, deferrable)
        after: tuple[Any, ...] = tuple(
            old if new is _UNCHANGED else new for old, new in zip(before, wanted, strict=True)
        )
        if autocommit is _UNCHANGED:
            autocommit = self._autocommit
        in_force = before if self._autocommit else (None, None, None)
        with self._turns:
            self._put_in_force(in_force, after if autocommit else (None, None, None))
        self._autocommit = autocommit
        self._isolation, self._readonly, self._deferrable = after
        self._begin_sql = _begin_statement(*after)

    def _put_in_force(self, before: tuple[Any, ...], after: tuple[Any, ...]) -> None:
        """Without BEGIN, it is the session's defaults that say what transactions are like."""
        settings = zip(("isolation", "read_only", "deferrable"), before, after, strict=True)
        for name, old, new in settings:
            if old != new:
                self._command(f"SET default_transaction_{name} TO {_setting(new)}")

    # -- in two phases --

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


def _level(value: int | str | bytes | None) -> int | None:
    if value is None:
        return None
    if isinstance(value, int):
        if not 1 <= value <= 4:
            raise ValueError("isolation_level must be between 1 and 4")
        return value
    word = value.decode() if isinstance(value, bytes) else value
    if not isinstance(word, str):
        raise TypeError(f"isolation_level can't be {type(value).__name__}")
    for level, name in _LEVELS.items():
        if name == word.upper():
            return level
    if word.lower() == "default":
        return None
    raise ValueError(f"bad value for isolation_level: '{word}'")


def _choice(value: object) -> bool | None:
    if value is None:
        return None
    if isinstance(value, str | bytes):
        word = value.decode() if isinstance(value, bytes) else value
        if word.lower() == "default":
            return None
        raise ValueError(f"the only string accepted is 'default'; got {word}")
    return bool(value)


def _begin_statement(
    isolation: int | None, readonly: bool | None, deferrable: bool | None
) -> bytes:
    words = ["BEGIN"]
    if isolation is not None:
        words.append("ISOLATION LEVEL " + _LEVELS[isolation])
    if readonly is not None:
        words.append("READ ONLY" if readonly else "READ WRITE")
    if deferrable is not None:
        words.append("DEFERRABLE" if deferrable else "NOT DEFERRABLE")
    return " ".join(words).encode()


def _setting(value: Any) -> str:
    if value is None:
        return "DEFAULT"
    if isinstance(value, bool):
        return "'on'" if value else "'off'"
    return f"'{_LEVELS[value]}'"


def _named(xid: Xid | str) -> Xid:
    return xid if isinstance(xid, Xid) else Xid.from_string(xid)
