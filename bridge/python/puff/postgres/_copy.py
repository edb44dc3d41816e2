"""COPY between tables and files."""

import io
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from puff._puff import PgFailure
from puff.postgres._constants import FOREVER_MS
from puff.postgres._exceptions import ProgrammingError
from puff.postgres._identifiers import quote_ident
from puff.postgres._wait import check_may_wait

if TYPE_CHECKING:
    from puff.postgres._connection import connection

# Worth a trip, and small enough that the server reads one while the next is made.
_PIECE = 1 << 16
# Files of which nobody can tell how much is read at once.
_PLAIN_FILES = (io.StringIO, io.BytesIO, io.TextIOWrapper, io.BufferedReader)


def statement(
    conn: "connection",
    table: str,
    columns: Iterable[str] | None,
    direction: str,
    sep: str,
    null: str,
) -> bytes:
    """The COPY of a table in text form."""
    names = [quote_ident(name, conn) for name in columns or ()]
    listed = f"({','.join(names)})" if names else ""
    return (
        conn._encoded(f"COPY {quote_ident(table, conn)}{listed} {direction} WITH DELIMITER AS ")
        + conn._quoted_text(sep)
        + b" NULL AS "
        + conn._quoted_text(null)
    )


def run(cursor: Any, sql: bytes, file: Any, size: int, timeout: float | None) -> None:
    """Runs a COPY with a file that is read or written; any other statement as `execute` would. No
    step of it may take longer than `timeout` seconds, whether it is a piece or the end."""
    if not hasattr(file, "read") and not hasattr(file, "write"):
        raise TypeError(
            "file must be a readable file-like object for COPY FROM; a writable file-like object "
            f"for COPY TO: got {type(file).__name__}"
        )
    conn = cursor.connection
    # Not even set_wait_callback helps: the pieces are waited for one by one.
    check_may_wait()
    cursor.query = sql
    cursor._forget()
    cursor._rowcount = -1
    limit = FOREVER_MS if timeout is None else max(int(timeout * 1000), 1)
    with conn._turns:
        conn._begin()
        reply = conn._run(sql)
        kind = reply.results[-1].kind if reply.results else "nothing"
        if kind == "copy_in":
            reply = _send(conn, file, size, limit)
        elif kind == "copy_out":
            reply = _receive(conn, file, limit)
    cursor._accept(reply)


def _step(conn: "connection", call: Any, *arguments: Any, limit: int = FOREVER_MS) -> Any:
    check_may_wait()
    try:
        reply = call(*arguments, limit)
    except PgFailure as failure:
        error = conn._failed(failure)
        if failure.args[0] == "timed_out":
            conn.close()  # in the midst of a COPY it is of no use
        raise error from None
    if not reply.more:
        conn._take(reply)
    return reply


def _send(conn: "connection", file: Any, size: int, limit: int) -> Any:
    """Sends what the file gives; if it fails, the COPY fails on the server too, saying why."""
    session = conn._session
    try:
        for data in _pieces(conn, file, size):
            reply = _step(conn, session.copy_data, data, limit=limit)
            if not reply.more:
                return reply
    except Exception as failure:
        if conn._closed:
            raise
        why = f"error in .read() call: {type(failure).__name__} {failure}"
        return _step(conn, session.copy_end, why, limit=limit)
    except BaseException:
        conn.close()
        raise
    return _step(conn, session.copy_end, "", limit=limit)


def _pieces(conn: "connection", file: Any, size: int) -> Iterator[bytes]:
    """What the file gives, `size` at a time, as bytes in pieces that are worth a trip."""
    read = file.read
    if size > 0 and type(file) in _PLAIN_FILES and "read" not in vars(file):
        size = max(size, _PIECE)
    gathered: list[bytes] = []
    length = 0
    while piece := read(size):
        data = piece.encode(conn._codec or "utf-8") if isinstance(piece, str) else bytes(piece)
        gathered.append(data)
        length += len(data)
        if length >= _PIECE:
            yield b"".join(gathered)
            gathered, length = [], 0
    if gathered:
        yield b"".join(gathered)


def _receive(conn: "connection", file: Any, limit: int) -> Any:
    """Writes what the server sends; if the file fails, the rest is thrown away first."""
    session = conn._session
    is_text = isinstance(file, io.TextIOBase)
    try:
        while True:
            reply = _step(conn, session.next, limit=limit)
            if reply.data:
                file.write(conn._decoded(reply.data) if is_text else reply.data)
            if not reply.more:
                return reply
    except Exception:
        if not conn._closed:
            _step(conn, session.drain, limit=limit)
        raise
    except BaseException:
        conn.close()
        raise


def refuse(cursor: Any, kind: str) -> None:
    """Ends a COPY that `execute` began, and says what to call instead."""
    conn = cursor.connection
    if kind == "copy_in":
        text = "can't execute COPY FROM: use the copy_from() method instead"
        _step(conn, conn._session.copy_end, text)
    else:
        text = "can't execute COPY TO: use the copy_to() method instead"
        _step(conn, conn._session.drain)
    raise cursor._error(ProgrammingError, text)
