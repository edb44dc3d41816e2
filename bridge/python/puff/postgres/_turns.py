"""Taking turns: several threads and greenlets use one connection one after the other."""

import threading
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Any

from puff import _puff
from puff.postgres._wait import check_may_wait


class Turns:
    """A lock whose waiters may be greenlets: while one waits, others of its thread run.

    It is no `threading.Lock` for that reason alone. Whoever holds it must be able to go on without
    the thread of those that wait. Not re-entrant."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[Callable[[], object]] = deque()
        # For those who cannot afford a `with`: True if the turn was free and is now taken.
        self.try_enter: Callable[[bool], bool] = self._lock.acquire

    def enter(self) -> None:
        """Waits for the turn."""
        while not self._lock.acquire(False):
            check_may_wait()
            self._wait()

    def leave(self) -> None:
        """Ends the turn."""
        self._lock.release()
        if self._waiting:
            self._wake_one()

    def __enter__(self) -> None:
        if not self._lock.acquire(False):
            self.enter()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.leave()

    def _wait(self) -> None:
        """Until somebody left: then it is worth trying again."""
        if _puff.is_greenlet():
            self._wait_as_greenlet()
        else:
            self._wait_as_thread()

    def _wait_as_thread(self) -> None:
        gate = threading.Lock()
        gate.acquire()
        wake = gate.release
        self._waiting.append(wake)
        try:
            if self._lock.locked():
                gate.acquire()
        except BaseException:
            self._give_up(wake)
            raise
        self._withdraw(wake)

    def _wait_as_greenlet(self) -> None:
        returners: list[Any] = []

        def start(ret: Any) -> None:
            returners.append(ret)
            self._waiting.append(ret)
            # It may have been left before this waiter could be seen.
            if not self._lock.locked() and self._withdraw(ret):
                ret()

        try:
            _puff.wrap_async(start)
        except BaseException:
            for ret in returners:
                self._give_up(ret)
            raise

    def _withdraw(self, wake: Callable[[], object]) -> bool:
        """Whether the waiter was still there to be taken out."""
        try:
            self._waiting.remove(wake)
        except ValueError:
            return False
        return True

    def _give_up(self, wake: Callable[[], object]) -> None:
        if not self._withdraw(wake):
            # It was woken in vain: the next one shall try.
            self._wake_one()

    def _wake_one(self) -> None:
        try:
            wake = self._waiting.popleft()
        except IndexError:
            return
        wake()
