"""The calls of a cursor for COPY."""

from abc import abstractmethod
from collections.abc import Iterable
from typing import Any

from puff.postgres import _copy
from puff.postgres._exceptions import ProgrammingError
from puff.postgres._fetching import Fetching


class Copying(Fetching):
    """The part of a cursor that copies between tables and files."""

    @abstractmethod
    def mogrify(self, query: Any, vars: Any = None) -> bytes:
        """The statement that `execute` would run."""

    def copy_expert(
        self, sql: Any, file: Any, size: int = 8192, *, timeout: float | None = None
    ) -> None:
        """Runs a COPY .. FROM STDIN or TO STDOUT: reads the file, or writes to it. The server may
        let wait `timeout` seconds at a time; after that OperationalError, and the connection is
        closed."""
        self._check_copy("copy_expert")
        _copy.run(self, self.mogrify(sql), file, size, timeout)

    def copy_from(
        self,
        file: Any,
        table: str,
        sep: str = "\t",
        null: str = "\\N",
        size: int = 8192,
        columns: Iterable[str] | None = None,
        *,
        timeout: float | None = None,
    ) -> None:
        """Fills a table from a file with a line for each row; `timeout` as in `copy_expert`."""
        if not hasattr(file, "read"):
            raise TypeError("argument 1 must have a .read() method")
        self._check_copy("copy_from")
        sql = _copy.statement(self.connection, table, columns, "FROM stdin", sep, null)
        _copy.run(self, sql, file, size, timeout)

    def copy_to(
        self,
        file: Any,
        table: str,
        sep: str = "\t",
        null: str = "\\N",
        columns: Iterable[str] | None = None,
        *,
        timeout: float | None = None,
    ) -> None:
        """Writes a table to a file, a line for each row; `timeout` as in `copy_expert`."""
        if not hasattr(file, "write"):
            raise TypeError("argument 1 must have a .write() method")
        self._check_copy("copy_to")
        sql = _copy.statement(self.connection, table, columns, "TO stdout", sep, null)
        _copy.run(self, sql, file, 8192, timeout)

    def _check_copy(self, what: str) -> None:
        conn = self._ready(what)
        if conn._async:
            raise ProgrammingError(f"{what} cannot be used in asynchronous mode")
