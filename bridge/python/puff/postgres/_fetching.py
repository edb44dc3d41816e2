"""How a cursor's rows are fetched."""

from collections.abc import Iterator
from typing import Any

from puff import _puff
from puff.postgres._exceptions import InterfaceError, ProgrammingError
from puff.postgres._named import Named
from puff.postgres._typecasts import Casters, fallback, string_types

_find_casters = _puff.pg_casters
# So many rows are made at once while a program iterates.
_ROWS_AHEAD = 100


class Fetching(Named):
    """The part of a cursor that makes rows of its result. `fetchone` and the iterator themselves
    are written in C++: `PgCursorRows`."""

    arraysize = 1
    row_factory: Any = None
    string_types: Casters | None = None
    binary_types: Casters | None = None

    def _check_usable(self) -> None:
        if self._closed or self.connection._closed:
            raise InterfaceError("cursor already closed")

    def _fetch_first(self) -> Any:
        """What `fetchone` does where there is more to it than to take the next row."""
        if self._fetch("fetchone", 1) <= 0:
            return None
        return self._take_rows(1)[0]

    def fetchmany(self, size: int | None = None) -> list[Any]:
        """The next `size` rows (`arraysize`), or fewer at the end."""
        if size is None:
            size = self.arraysize
        left = self._fetch("fetchmany", size)
        return self._take_rows(left if size < 0 else min(size, left))

    def fetchall(self) -> list[Any]:
        """All rows that are left."""
        return self._take_rows(self._fetch("fetchall", -1))

    def _fetch(self, what: str, size: int) -> int:
        """Has rows to take: from the server if the cursor is there. How many there are."""
        self._check_usable()
        if self._name is not None:
            self._fetch_named(what, size)
        if self._rows < 0:
            raise ProgrammingError("no results to fetch")
        return self._rows - self._row

    def _take_rows(self, count: int) -> list[Any]:
        if count <= 0:
            return []
        first = self._row
        self._row = first + count
        return self._make_rows(first, first + count)

    def _make_rows(self, first: int, last: int) -> list[Any]:
        """The rows of the result from `first` to before `last`."""
        rows: list[Any] = self._result.fetch(
            first, last, self._casters or self._cast(), self, self.row_factory
        )
        return rows

    def _cast(self) -> tuple[Any, ...]:
        """The typecasters of the result's columns."""
        casters: tuple[Any, ...] = _find_casters(
            self._result,
            (self.string_types, self.connection.string_types, string_types),
            fallback,
        )
        self._casters = casters
        return casters

    def __iter__(self) -> Iterator[Any]:
        if self._name is not None or type(self).__next__ is not Fetching.__next__:
            return self
        self._fetch("fetchall", -1)
        return self._iterate()

    def _ahead(self, first: int) -> list[Any]:
        """Some rows from `first` on; if one of them cannot be made, those before it."""
        last = min(first + _ROWS_AHEAD, self._rows)
        try:
            return self._make_rows(first, last)
        except Exception:
            return self._make_rows(first, first + 1)

    def __next__(self) -> Any:
        if self._name is not None:
            self._check_usable()
            self._have_named_rows()
        row = self.fetchone() if self._name is None else self._next_row()
        if row is None and self._row >= self._rows:
            raise StopIteration
        return row

    def _next_row(self) -> Any:
        rows = self._take_rows(min(1, self._rows - self._row))
        return rows[0] if rows else None

    def scroll(self, value: int, mode: str = "relative") -> None:
        """Moves to another row: by `value`, or to it with mode="absolute". A cursor with a name is
        moved on the server."""
        self._check_usable()
        if self._name is not None:
            self._move(value, mode)
            return
        if mode not in ("relative", "absolute"):
            raise self._error(ProgrammingError, "scroll mode must be 'relative' or 'absolute'")
        target = value + self._row if mode == "relative" else value
        if not 0 <= target < self._rows:
            raise self._error(ProgrammingError, "scroll destination out of bounds")
        self._row = target
