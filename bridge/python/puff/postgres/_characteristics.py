"""What a connection's transactions are like: isolation, read only, deferrable; and autocommit."""

from typing import Any

from puff.postgres._constants import (
    ISOLATION_LEVEL_READ_COMMITTED,
    ISOLATION_LEVEL_READ_UNCOMMITTED,
    ISOLATION_LEVEL_REPEATABLE_READ,
    ISOLATION_LEVEL_SERIALIZABLE,
    STATUS_BEGIN,
)
from puff.postgres._exceptions import ProgrammingError
from puff.postgres._transactions import Transactions

_LEVELS = {
    ISOLATION_LEVEL_READ_COMMITTED: "READ COMMITTED",
    ISOLATION_LEVEL_REPEATABLE_READ: "REPEATABLE READ",
    ISOLATION_LEVEL_SERIALIZABLE: "SERIALIZABLE",
    ISOLATION_LEVEL_READ_UNCOMMITTED: "READ UNCOMMITTED",
}

_UNCHANGED: Any = object()


class Characteristics(Transactions):
    """A connection whose transactions can be told what to be like."""

    _isolation: int | None = None
    _readonly: bool | None = None
    _deferrable: bool | None = None

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
