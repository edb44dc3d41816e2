"""How a connection runs statements without waiting for them."""

import weakref
from abc import abstractmethod
from typing import Any

from puff._puff import PgFailure
from puff.postgres import _wait
from puff.postgres._constants import FOREVER_MS, POLL_OK, POLL_READ, STATUS_READY, STATUS_SETUP
from puff.postgres._exceptions import InterfaceError, ProgrammingError
from puff.postgres._two_phases import TwoPhases


class Asynchronous(TwoPhases):
    """A connection that begins a statement, and is polled until that has been answered."""

    # What was begun and not yet answered.
    _executing = False
    _async_cursor: "weakref.ref[Any] | None" = None
    _answer: Any = None

    def fileno(self) -> int:
        """A file that becomes readable when `poll` has something to do."""
        self._check_open()
        session = self._session or self._connect()
        return int(session.fileno())

    def isexecuting(self) -> bool:
        """Whether an asynchronous statement has been begun and its answer not been taken."""
        self._check_open()
        return self._executing

    def poll(self) -> int:
        """Goes on with what was begun: POLL_OK when it is done, POLL_READ while `fileno` must
        become readable first. Otherwise takes what the server has sent by itself."""
        self._check_open()
        session = self._session or self._connect()
        if self._status == STATUS_SETUP:
            self._status = STATUS_READY
            return POLL_OK
        try:
            if not self._executing:
                _wait.check_may_wait()
                self._take(session.poll(FOREVER_MS))
                return POLL_OK
            reply = session.finish()
        except PgFailure as failure:
            self._executing = False
            raise self._failed(failure) from None
        if reply is None:
            return POLL_READ
        self._executing = False
        self._take(reply)
        self._deliver(reply)
        return POLL_OK

    def _start(self, sql: bytes, cursor: Any) -> None:
        """Begins a statement of an asynchronous connection."""
        session = self._session or self._connect()
        try:
            session.begin(sql)
        except PgFailure as failure:
            raise self._failed(failure) from None
        self._executing = True
        self._async_cursor = weakref.ref(cursor)

    def _deliver(self, reply: Any) -> None:
        waiting, self._async_cursor = self._async_cursor, None
        if waiting is None:
            self._answer = reply
            return
        cursor = waiting()
        if cursor is None:
            raise InterfaceError("the asynchronous cursor has disappeared")
        cursor._accept(reply)

    def _check_not_executing(self, what: str) -> None:
        if self._executing:
            raise ProgrammingError(f"{what} cannot be used while an asynchronous query is underway")

    def _run_by_callback(self, session: Any, sql: bytes, callback: _wait.Callback) -> Any:
        if self._executing:
            raise ProgrammingError("a single async query can be executed on the same connection")
        session.begin(sql)
        self._executing = True
        self._async_cursor = None
        try:
            callback(self)
        except BaseException:
            # The answer that is still to come would be taken for that of the next statement.
            self._executing = False
            self.close()
            raise
        reply, self._answer = self._answer, None
        if reply is None:
            raise InterfaceError("the wait callback returned before the statement was done")
        return reply

    @abstractmethod
    def close(self) -> None:
        """Gives the connection back, or closes it."""
