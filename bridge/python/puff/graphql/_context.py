"""What a resolver is given: the context of its call, and its parents."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, overload

from puff.graphql._failures import GraphQLError

__all__ = ["GraphQLContext", "Headers", "ParentRow", "Parents"]


class Headers(Mapping[str, str]):
    """The headers of a request; names are looked up without regard to case."""

    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        self._pairs = tuple(pairs)
        self._by_name: dict[str, str] = {}
        for name, value in self._pairs:
            known = self._by_name.get(name.lower())
            self._by_name[name.lower()] = value if known is None else f"{known}, {value}"

    def __getitem__(self, name: str) -> str:
        return self._by_name[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)

    def __repr__(self) -> str:
        return f"Headers({list(self._pairs)!r})"

    def items_in_order(self) -> tuple[tuple[str, str], ...]:
        """All of them as they came, repeated ones too."""
        return self._pairs


class ParentRow:
    """One parent: its columns as attributes and as keys, each read when it is asked for."""

    __slots__ = ("_call", "_row")

    def __init__(self, call: Any, row: int) -> None:
        self._call = call
        self._row = row

    def __getitem__(self, column: str) -> Any:
        value = self._call.cell(column, self._row)
        if value is NotImplemented:
            raise KeyError(_missing(self._call, column))
        return value

    def __getattr__(self, column: str) -> Any:
        value = self._call.cell(column, self._row)
        if value is NotImplemented:
            raise AttributeError(_missing(self._call, column))
        return value

    def get(self, column: str, default: Any = None) -> Any:
        """The value, or `default` if the parents have no such column."""
        value = self._call.cell(column, self._row)
        return default if value is NotImplemented else value

    def keys(self) -> tuple[str, ...]:
        """The names of its columns."""
        names: tuple[str, ...] = self._call.columns
        return names

    def __repr__(self) -> str:
        return f"ParentRow({ {name: self[name] for name in self.keys()} })"


class Parents(Sequence[ParentRow]):
    """The objects whose field is resolved, in their order; nothing is read before it is needed."""

    __slots__ = ("_call",)

    def __init__(self, call: Any) -> None:
        self._call = call

    def __len__(self) -> int:
        count: int = self._call.rows
        return count

    @overload
    def __getitem__(self, index: int) -> ParentRow: ...
    @overload
    def __getitem__(self, index: slice) -> list[ParentRow]: ...

    def __getitem__(self, index: int | slice) -> ParentRow | list[ParentRow]:
        if isinstance(index, slice):
            return [ParentRow(self._call, row) for row in range(*index.indices(len(self)))]
        row = index + len(self) if index < 0 else index
        if not 0 <= row < len(self):
            raise IndexError("there is no such parent")
        return ParentRow(self._call, row)

    def column(self, name: str) -> list[Any]:
        """All values of a column."""
        values = self._call.column(name)
        if values is None:
            raise GraphQLError(_missing(self._call, name))
        found: list[Any] = values
        return found


class GraphQLContext:
    """What a resolver may ask beside its arguments. One for each call."""

    __slots__ = ("_auth", "_call", "_connection")

    def __init__(self, call: Any) -> None:
        self._call = call
        self._connection: Any = None

    def parent_values(self, columns: Sequence[str]) -> list[tuple[Any, ...]]:
        """The values of these columns, a tuple for each parent. An error names a column that the
        parents lack, and those that they have."""
        parents = Parents(self._call)
        return list(zip(*(parents.column(name) for name in columns), strict=True))

    @property
    def required_columns(self) -> tuple[str, ...]:
        """The columns that the selection below this field reads: a query may restrict itself to
        them."""
        names: tuple[str, ...] = self._call.required_columns
        return names

    @property
    def layer_cache(self) -> dict[Any, Any]:
        """A dict that all fields of these parents share, for what more than one of them needs."""
        cache: dict[Any, Any] = self._call.cache
        return cache

    @property
    def auth(self) -> Any:
        """What the schema's `auth(headers)` returned; None if it has none."""
        return self._call.auth

    @property
    def auth_token(self) -> str | None:
        """The bearer token of the request."""
        token: str | None = self._call.auth_token
        return token

    @property
    def headers(self) -> Headers:
        """The headers of the request, or of the socket."""
        return Headers(self._call.headers)

    @property
    def field_name(self) -> str:
        """The field that is resolved."""
        name: str = self._call.field_name
        return name

    @property
    def type_name(self) -> str:
        """The type whose field it is."""
        name: str = self._call.type_name
        return name

    @property
    def connection(self) -> Any:
        """A connection (see `puff.postgres`) to the request's database: in a mutation the one whose
        transaction its field is."""
        if self._connection is None:
            from puff.graphql._connections import connection_of

            self._connection = connection_of(self._call)
        return self._connection


def _missing(call: Any, column: str) -> str:
    known = ", ".join(call.columns) or "none"
    return f"{call.title}: its parents have no column {column!r}; they have: {known}"
