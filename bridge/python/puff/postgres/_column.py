"""What a cursor says of a result's columns."""

from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from puff._puff import PgResult

_NUMERIC = 1700
_FIELDS = (
    "name",
    "type_code",
    "display_size",
    "internal_size",
    "precision",
    "scale",
    "null_ok",
    "table_oid",
    "table_column",
)


class Column(tuple[Any, ...]):
    """One item of `cursor.description`: a sequence of seven with names, and the table and its
    column where the value came from."""

    __module__ = "puff.postgres.extensions"

    table_oid: int | None
    table_column: int | None

    def __new__(
        cls,
        name: str | None = None,
        type_code: int | None = None,
        display_size: int | None = None,
        internal_size: int | None = None,
        precision: int | None = None,
        scale: int | None = None,
        null_ok: bool | None = None,
        table_oid: int | None = None,
        table_column: int | None = None,
    ) -> Self:
        column = super().__new__(
            cls, (name, type_code, display_size, internal_size, precision, scale, null_ok)
        )
        column.table_oid = table_oid
        column.table_column = table_column
        return column

    name = property(lambda self: self[0], doc="its name")
    type_code = property(lambda self: self[1], doc="the OID of its type")
    display_size = property(lambda self: self[2], doc="always None")
    internal_size = property(lambda self: self[3], doc="bytes, or -1 if that varies")
    precision = property(lambda self: self[4], doc="digits of a numeric")
    scale = property(lambda self: self[5], doc="digits of a numeric behind the point")
    null_ok = property(lambda self: self[6], doc="always None")

    def __repr__(self) -> str:
        known = [(name, getattr(self, name)) for name in _FIELDS]
        said = ", ".join(f"{name}={value!r}" for name, value in known if value is not None)
        return f"Column({said})"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), tuple(getattr(self, name) for name in _FIELDS)


def columns_of(result: "PgResult", codec: str | None) -> tuple[Column, ...]:
    """The columns of a result that has rows."""
    return tuple([_column(*column[:6], codec) for column in result.describe()])


def _column(
    name: bytes, oid: int, size: int, modifier: int, table: int, place: int, codec: str | None
) -> Column:
    if modifier > 0:
        # The server counts four bytes of header to it.
        modifier -= 4
    precision = scale = None
    if oid == _NUMERIC and modifier > 0:
        precision, scale = modifier >> 16 & 0xFFFF, modifier & 0xFFFF
    inner = size
    if size == -1:
        inner = precision if precision is not None else modifier
    return Column(
        name.decode(codec or "utf-8"),
        oid,
        None,
        inner,
        precision,
        scale,
        None,
        table or None,
        place or None,
    )
