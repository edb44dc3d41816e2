"""Cursors whose rows know the names of their columns."""

from abc import abstractmethod
from collections import OrderedDict, namedtuple
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from puff.postgres._connection import connection
from puff.postgres._cursor import cursor
from puff.postgres._names import field_name


class DictCursorBase(cursor):
    """What cursors with rows by name share: their index of columns is made with the first row."""

    def __init__(self, *args: Any, row_factory: Any = None, **kwargs: Any) -> None:
        if row_factory is None:
            raise NotImplementedError("DictCursorBase can't be instantiated without a row factory.")
        super().__init__(*args, **kwargs)
        self._query_executed = False
        self._prefetch = False
        self.row_factory = row_factory

    @abstractmethod
    def _build_index(self) -> None: ...

    def fetchone(self) -> Any:
        if self._fetch("fetchone", 1) <= 0:
            return None
        return self._take_rows(1)[0]

    def _cast(self) -> tuple[Any, ...]:
        # Comes before the first row of every result.
        if self._query_executed:
            self._build_index()
        return super()._cast()


class DictConnection(connection):
    """A connection whose cursors are DictCursors."""

    def cursor(self, *args: Any, **kwargs: Any) -> Any:
        kwargs.setdefault("cursor_factory", self.cursor_factory or DictCursor)
        return super().cursor(*args, **kwargs)


class DictCursor(DictCursorBase):
    """A cursor whose rows are lists that may also be indexed by the columns' names."""

    index: "OrderedDict[str, int]"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["row_factory"] = DictRow
        super().__init__(*args, **kwargs)
        self.index = OrderedDict()
        self._prefetch = True

    def execute(self, query: Any, vars: Any = None) -> None:
        self.index = OrderedDict()
        self._query_executed = True
        super().execute(query, vars)

    def callproc(self, procname: str, vars: Any = None) -> Any:
        self.index = OrderedDict()
        self._query_executed = True
        return super().callproc(procname, vars)

    def _make_rows(self, first: int, last: int) -> list[Any]:
        if self.row_factory is not DictRow:
            return super()._make_rows(first, last)
        casters, made = self._casters or self._cast(), []
        for values in self._result.fetch(first, last, casters, self, None):
            row = DictRow.__new__(DictRow)
            row._index = self.index
            row.extend(values)
            made.append(row)
        return made

    def _build_index(self) -> None:
        if self._query_executed and self.description:
            for place, column in enumerate(self.description):
                self.index[column[0]] = place
            self._query_executed = False


class DictRow(list[Any]):
    """A row of a DictCursor: a list; `row["name"]`, `keys()`, `items()`, .. by its columns."""

    __slots__ = ("_index",)

    def __init__(self, cursor: DictCursor) -> None:
        self._index = cursor.index
        self[:] = [None] * len(cursor.description or ())

    def __getitem__(self, x: Any) -> Any:
        if not isinstance(x, int | slice):
            x = self._index[x]
        return list.__getitem__(self, x)

    def __setitem__(self, x: Any, v: Any) -> None:
        if not isinstance(x, int | slice):
            x = self._index[x]
        list.__setitem__(self, x, v)

    def items(self) -> Iterator[tuple[str, Any]]:
        """(name, value) of each column."""
        get = super().__getitem__
        return ((name, get(place)) for name, place in self._index.items())

    def keys(self) -> Iterator[str]:
        """The names."""
        return iter(self._index)

    def values(self) -> Iterator[Any]:
        """The values."""
        get = super().__getitem__
        return (get(place) for place in self._index.values())

    def get(self, x: Any, default: Any = None) -> Any:
        """The value of a column, or `default` if there is no such column."""
        try:
            return self[x]
        except (LookupError, TypeError):
            return default

    def copy(self) -> "OrderedDict[str, Any]":  # type: ignore[override]
        """A dict of names and values."""
        return OrderedDict(self.items())

    def __contains__(self, x: Any) -> bool:
        return x in self._index

    def __reduce__(self) -> Any:
        return _new_row, (type(self),), self.__getstate__()

    def __getstate__(self) -> Any:
        return self[:], self._index.copy()

    def __setstate__(self, data: Any) -> None:
        self[:] = data[0]
        self._index = data[1]


def _new_row(kind: type[DictRow]) -> DictRow:
    return kind.__new__(kind)


class RealDictConnection(connection):
    """A connection whose cursors are RealDictCursors."""

    def cursor(self, *args: Any, **kwargs: Any) -> Any:
        kwargs.setdefault("cursor_factory", self.cursor_factory or RealDictCursor)
        return super().cursor(*args, **kwargs)


class RealDictCursor(DictCursorBase):
    """A cursor whose rows are dicts."""

    column_mapping: list[str]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["row_factory"] = RealDictRow
        super().__init__(*args, **kwargs)
        self.column_mapping = []

    def execute(self, query: Any, vars: Any = None) -> None:
        self.column_mapping = []
        self._query_executed = True
        super().execute(query, vars)

    def callproc(self, procname: str, vars: Any = None) -> Any:
        self.column_mapping = []
        self._query_executed = True
        return super().callproc(procname, vars)

    def _make_rows(self, first: int, last: int) -> list[Any]:
        if self.row_factory is not RealDictRow:
            return super()._make_rows(first, last)
        casters, made = self._casters or self._cast(), []
        put = OrderedDict.__setitem__
        for values in self._result.fetch(first, last, casters, self, None):
            row = RealDictRow.__new__(RealDictRow)
            for name, value in zip(self.column_mapping, values, strict=True):
                put(row, name, value)
            made.append(row)
        return made

    def _build_index(self) -> None:
        if self._query_executed and self.description:
            self.column_mapping = [column[0] for column in self.description]
            self._query_executed = False


class RealDictRow(OrderedDict[Any, Any]):
    """A row of a RealDictCursor: a dict by the columns' names, in their order."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        row_cursor = None
        if args and isinstance(args[0], cursor):
            row_cursor, args = args[0], args[1:]
        super().__init__(*args, **kwargs)
        if isinstance(row_cursor, RealDictCursor):
            if row_cursor.description and not row_cursor.column_mapping:
                row_cursor._build_index()
            # Until the row is full, values come by their place; this key keeps the names.
            self[RealDictRow] = row_cursor.column_mapping

    def __setitem__(self, key: Any, value: Any) -> None:
        if RealDictRow not in self:
            super().__setitem__(key, value)
            return
        names = self[RealDictRow]
        super().__setitem__(names[key], value)
        if key == len(names) - 1:
            del self[RealDictRow]


class NamedTupleConnection(connection):
    """A connection whose cursors are NamedTupleCursors."""

    def cursor(self, *args: Any, **kwargs: Any) -> Any:
        kwargs.setdefault("cursor_factory", self.cursor_factory or NamedTupleCursor)
        return super().cursor(*args, **kwargs)


class NamedTupleCursor(cursor):
    """A cursor whose rows are namedtuples: `row.name`. Characters of a name that an attribute
    cannot have are _."""

    Record: Any = None
    MAX_CACHE = 1024

    def execute(self, query: Any, vars: Any = None) -> None:
        self.Record = None
        super().execute(query, vars)

    def executemany(self, query: Any, vars: Any) -> None:
        self.Record = None
        super().executemany(query, vars)

    def callproc(self, procname: str, vars: Any = None) -> Any:
        self.Record = None
        return super().callproc(procname, vars)

    def fetchone(self) -> Any:
        row = super().fetchone()
        return None if row is None else self._record()._make(row)

    def fetchmany(self, size: int | None = None) -> list[Any]:
        return self._records(super().fetchmany(size))

    def fetchall(self) -> list[Any]:
        return self._records(super().fetchall())

    def __iter__(self) -> Iterator[Any]:
        rows = super().__iter__()
        # Not `for`: with a name the iterator is this cursor.
        while (row := next(rows, None)) is not None:
            yield self._record()._make(row)

    def _record(self) -> Any:
        if self.Record is None:
            self.Record = self._make_nt()
        return self.Record

    def _records(self, rows: list[Any]) -> list[Any]:
        return list(map(self._record()._make, rows))

    def _make_nt(self) -> Any:
        key = tuple(column[0] for column in self.description or ())
        return self._cached_make_nt(key)

    @classmethod
    def _do_make_nt(cls, key: tuple[str, ...]) -> Any:
        return namedtuple("Record", [field_name(name) for name in key])

    _cached_make_nt: Any


# Classes of rows by the class of the cursor and its columns' names.
_made: Any = lru_cache(512)(lambda cls, key: cls._do_make_nt(key))
NamedTupleCursor._cached_make_nt = classmethod(_made)
