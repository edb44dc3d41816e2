"""Names of transactions that are committed in two phases."""

import base64
import re
from typing import Any

_PREPARED = re.compile(r"^(\d+)_([^_]*)_([^_]*)$", re.ASCII)


class Xid:
    """The identifier of a transaction for `tpc_begin`, in the way of the X/Open standard; or, where
    `format_id` and `bqual` are None, one that another program made in its own way. `prepared`,
    `owner` and `database` are known of those that `tpc_recover` found."""

    __module__ = "puff.postgres.extensions"

    def __init__(self, format_id: int, gtrid: str, bqual: str) -> None:
        if not 0 <= format_id <= 0x7FFFFFFF:
            raise ValueError("format_id must be a non-negative 32-bit integer")
        for name, part in (("gtrid", gtrid), ("bqual", bqual)):
            if len(part) > 64:
                raise ValueError(f"{name} must be a string no longer than 64 characters")
            if not all(" " <= c < "\x7f" for c in part):
                raise ValueError(f"{name} must contain only printable characters.")
        self.format_id: int | None = format_id
        self.gtrid = gtrid
        self.bqual: str | None = bqual
        self.prepared: Any = None
        self.owner: str | None = None
        self.database: str | None = None

    @classmethod
    def from_string(cls, s: str) -> "Xid":
        """The identifier that the server keeps as `s`; any string is one."""
        if not isinstance(s, str):
            raise TypeError("not a valid transaction id")
        parsed = _parse(s)
        if parsed is not None:
            return parsed
        foreign = cls.__new__(cls)
        foreign.format_id = foreign.bqual = None
        foreign.gtrid = s
        foreign.prepared = foreign.owner = foreign.database = None
        return foreign

    def __str__(self) -> str:
        if self.format_id is None or self.bqual is None:
            return self.gtrid
        gtrid, bqual = (
            base64.b64encode(part.encode()).decode() for part in (self.gtrid, self.bqual)
        )
        return f"{self.format_id}_{gtrid}_{bqual}"

    def __len__(self) -> int:
        return 3

    def __getitem__(self, index: Any) -> Any:
        return (self.format_id, self.gtrid, self.bqual)[index]

    def __repr__(self) -> str:
        return (
            f"<Xid: {self[:3]!r} ({self.gtrid!r})>"
            if self.format_id is None
            else (f"<Xid: ({self.format_id!r}, {self.gtrid!r}, {self.bqual!r})>")
        )


def _parse(s: str) -> Xid | None:
    match = _PREPARED.match(s)
    if match is None:
        return None
    try:
        gtrid, bqual = (
            base64.b64decode(part, validate=True).decode() for part in match.group(2, 3)
        )
        return Xid(int(match[1]), gtrid, bqual)
    except ValueError:
        return None
