"""Large objects."""

from pathlib import Path
from struct import pack, unpack
from typing import TYPE_CHECKING, Any, Self

from puff._puff import PgFailure
from puff.postgres._constants import FOREVER_MS
from puff.postgres._exceptions import (
    DatabaseError,
    InterfaceError,
    OperationalError,
    ProgrammingError,
)
from puff.postgres._link import Link
from puff.postgres._wait import check_may_wait

if TYPE_CHECKING:
    from puff.postgres._connection import connection

_INT4, _INT8, _BYTEA, _OID = 23, 20, 17, 26
# The bits of the server's modes.
_READ, _WRITE = 0x40000, 0x20000
# So much of a file is in memory at a time.
_PIECE = 1 << 20

_MODES = {
    "": (_READ, True),
    "r": (_READ, True),
    "rt": (_READ, True),
    "rb": (_READ, False),
    "w": (_WRITE, True),
    "wt": (_WRITE, True),
    "wb": (_WRITE, False),
    "rw": (_READ | _WRITE, True),
    "rwt": (_READ | _WRITE, True),
    "rwb": (_READ | _WRITE, False),
    "n": (0, True),
    "nt": (0, True),
    "nb": (0, False),
    "t": (_READ, True),
    "b": (_READ, False),
}


class lobject:
    """A file inside the database, valid until the end of its transaction. `connection.lobject`
    opens or makes one: oid 0 makes a new one (`new_oid` if given, the content of `new_file` if
    given); mode is r, w, rw or n (do not open), with b for bytes or t for text."""

    __module__ = "puff.postgres.extensions"

    def __init__(
        self,
        conn: "connection",
        oid: int = 0,
        mode: str = "",
        new_oid: int = 0,
        new_file: str | None = None,
    ) -> None:
        if mode not in _MODES:
            raise ValueError(f"bad mode for lobject: '{mode}'")
        if not isinstance(conn, Link):
            raise TypeError(f"a connection is needed, not {type(conn).__name__}")
        conn._check_open()
        self._conn = conn
        self._access, self._is_text = _MODES[mode]
        self._fd = -1
        self.oid = oid
        conn._begin()
        self._mark = conn._mark
        if oid == 0:
            self.oid = self._make(new_oid, new_file)
            self._access = (self._access & ~_READ) | _WRITE
        if self._access:
            self._fd = self._int("lo_open", (_OID, _INT4), self.oid, self._access)

    def _make(self, new_oid: int, new_file: str | None) -> int:
        made = self._int("lo_create", (_OID,), new_oid)
        if new_file is not None:
            fd = self._int("lo_open", (_OID, _INT4), made, _WRITE)
            with Path(new_file).open("rb") as file:
                while piece := file.read(_PIECE):
                    self._int("lowrite", (_INT4, _BYTEA), fd, piece)
            self._int("lo_close", (_INT4,), fd)
        return made

    @property
    def mode(self) -> str:
        """How it was opened: "rb", "wt", .."""
        access = {_READ: "r", _WRITE: "w", _READ | _WRITE: "rw", 0: "n"}[self._access]
        return access + ("t" if self._is_text else "b")

    @property
    def closed(self) -> bool:
        """Whether it cannot be used any more."""
        return self._fd < 0 or bool(self._conn.closed) or self._mark != self._conn._mark

    def read(self, size: int = -1) -> Any:
        """At most `size` bytes, or all that is left; a str in text mode."""
        self._check()
        if size < 0:
            here = self.tell()
            end = self._seek(0, 2)
            self._seek(here, 0)
            size = end - here
        pieces = []
        while size > 0:
            piece = self._call("loread", (_INT4, _INT4), self._fd, min(size, _PIECE))
            pieces.append(piece)
            size -= len(piece)
            if len(piece) < _PIECE:
                break
        data = b"".join(pieces)
        return data.decode(self._conn._codec or "utf-8") if self._is_text else data

    def write(self, data: str | bytes) -> int:
        """Writes at the current position: how many bytes that were."""
        self._check()
        if isinstance(data, str):
            data = self._conn._encoded(data)
        if not isinstance(data, bytes):
            kind = type(data).__name__
            raise TypeError(f"lobject.write requires a string; got {kind} instead")
        for start in range(0, len(data), _PIECE):
            self._int("lowrite", (_INT4, _BYTEA), self._fd, data[start : start + _PIECE])
        return len(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Goes to another position: from the start, from here (1) or from the end (2)."""
        self._check()
        return self._seek(offset, whence)

    def tell(self) -> int:
        """The current position."""
        self._check()
        return self._int("lo_tell64", (_INT4,), self._fd)

    def truncate(self, len: int = 0) -> None:
        """Cuts it, or fills it with zeros, to `len` bytes."""
        self._check()
        self._int("lo_truncate64", (_INT4, _INT8), self._fd, len)

    def export(self, filename: str) -> None:
        """Writes all of it to a file."""
        self._check_transaction()
        self._conn._begin()
        fd = self._int("lo_open", (_OID, _INT4), self.oid, _READ)
        with Path(filename).open("wb") as file:
            while piece := self._call("loread", (_INT4, _INT4), fd, _PIECE):
                file.write(piece)
        self._int("lo_close", (_INT4,), fd)

    def close(self) -> None:
        """Ends its use; the object stays."""
        if not self.closed and not self._conn._autocommit and self._conn._transaction == 2:
            self._int("lo_close", (_INT4,), self._fd)
        self._fd = -1

    def unlink(self) -> None:
        """Closes and removes it."""
        self._conn._check_open()
        self._conn._begin()
        self.close()
        self._int("lo_unlink", (_OID,), self.oid)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _seek(self, offset: int, whence: int) -> int:
        return self._int("lo_lseek64", (_INT4, _INT8, _INT4), self._fd, offset, whence)

    def _check(self) -> None:
        if self._fd < 0 or self._conn.closed:
            raise InterfaceError("lobject already closed")
        self._check_transaction()
        if self._mark != self._conn._mark:
            raise ProgrammingError("lobject isn't valid anymore")

    def _check_transaction(self) -> None:
        if self._conn._autocommit:
            raise ProgrammingError("can't use a lobject outside of transactions")

    def _int(self, function: str, types: tuple[int, ...], *values: Any) -> int:
        data = self._call(function, types, *values)
        number: int = unpack(">q" if len(data) == 8 else ">i", data)[0]
        return number & 0xFFFFFFFF if function == "lo_create" else number

    def _call(self, function: str, types: tuple[int, ...], *values: Any) -> bytes:
        """What one of the server's functions gives, in binary."""
        conn = self._conn
        check_may_wait()
        marks = ", ".join(f"${place}" for place in range(1, len(values) + 1))
        packed = tuple(_packed(kind, value) for kind, value in zip(types, values, strict=True))
        session = conn._session or conn._connect()
        try:
            reply = session.bound(
                f"SELECT pg_catalog.{function}({marks})".encode(),
                packed,
                types,
                (True,) * len(values),
                True,
                FOREVER_MS,
            )
        except PgFailure as failure:
            raise conn._failed(failure) from None
        conn._take(reply)
        try:
            value: bytes = conn._last_result(reply, None).value(0, 0)
        except DatabaseError as failure:
            raise _operational(failure) from None
        return value


def _operational(failure: DatabaseError) -> OperationalError:
    """The same error as psycopg2 raises it of large objects."""
    error = OperationalError(*failure.args)
    error.pgerror, error.pgcode = failure.pgerror, failure.pgcode
    error._result, error._codec = failure._result, failure._codec
    return error


def _packed(kind: int, value: Any) -> bytes:
    if kind == _BYTEA:
        return bytes(value)
    formats = {_INT4: ">i", _INT8: ">q", _OID: ">I"}
    return pack(formats[kind], value)
