"""COPY for the native API: where its data comes from and goes to."""

import inspect
import os
import re
from collections.abc import Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from puff import _puff
from puff._puff import PgFailure
from puff.postgres._exceptions import error_of_result
from puff.postgres._native_values import _BYTES, text_of
from puff.postgres._steps import Steps

if TYPE_CHECKING:
    from puff.postgres._native_connection import Connection

_PIECE = 256 * 1024
# The server reads one while the next is made.
_PIECE_OF_RECORDS = 64 * 1024
_DRAINED_MS = 5000
# A parameter; or what may hold a dollar that is none: strings, names, comments.
_PARAMETER = re.compile(
    r"""\$(?P<number>\d+)
    | \b[eE]'(?:[^'\\]|\\.|'')*'
    | '(?:[^']|'')*'
    | "(?:[^"]|"")*"
    | --[^\n]*
    | /\*.*?\*/
    | \$(?P<tag>[^\W\d]\w*)?\$.*?\$(?(tag)(?P=tag))\$
    | [^\W\d][\w$]*""",
    re.VERBOSE | re.DOTALL,
)


def quoted_name(name: str) -> str:
    """An identifier as SQL."""
    return '"' + name.replace('"', '""') + '"'


def quoted_text(text: str) -> str:
    """A literal as SQL, however standard_conforming_strings is set."""
    quoted = "'" + text.replace("'", "''") + "'"
    return " E" + quoted.replace("\\", "\\\\") if "\\" in text else quoted


def target(table: str, columns: Iterable[str], schema: str | None) -> str:
    """A table, perhaps with some of its columns, as SQL."""
    name = quoted_name(table) if schema is None else f"{quoted_name(schema)}.{quoted_name(table)}"
    listed = ", ".join(quoted_name(column) for column in columns)
    return f"{name} ({listed})" if listed else name


def options_text(options: dict[str, Any]) -> str:
    """COPY's options as SQL; None leaves one out."""
    words = []
    for name, value in options.items():
        if value is None:
            continue
        if not name.isidentifier():
            raise ValueError(f"COPY has no option {name!r}")
        if isinstance(value, bool):
            words.append(f"{name} {'true' if value else 'false'}")
        elif isinstance(value, list | tuple):
            words.append(f"{name} ({', '.join(quoted_name(column) for column in value)})")
        elif name == "format":
            words.append(f"format {quoted_name(str(value))}")
        else:
            words.append(f"{name} {quoted_text(str(value))}")
    return f" ({', '.join(words)})" if words else ""


def with_literals(query: str, args: tuple[Any, ...]) -> str:
    """The query with literals for $1, $2, .., because COPY takes no parameters. The server finds
    their types as it finds those of parameters."""

    def literal(found: re.Match[str]) -> str:
        if found["number"] is None:
            return found[0]
        index = int(found["number"]) - 1
        if not 0 <= index < len(args):
            raise ValueError(f"the query has {found[0]}, and {len(args)} values came with it")
        value = args[index]
        return "NULL" if value is None else quoted_text(_text_of(value))

    return _PARAMETER.sub(literal, query) if args else query


def pieces(source: Any) -> Iterator[bytes]:
    """The data of a path, a file, bytes, or an iterable of bytes, in pieces."""
    if isinstance(source, str | os.PathLike):
        with open(source, "rb") as file:
            yield from pieces(file)
    elif isinstance(source, _BYTES):
        yield bytes(source)
    elif hasattr(source, "read"):
        while piece := source.read(_PIECE):
            yield piece.encode() if isinstance(piece, str) else piece
    else:
        yield from source


def pieces_of_records(records: Iterable[Iterable[Any]]) -> Iterator[bytes]:
    """Rows in COPY's text format."""
    rows = iter(records)
    while piece := _puff.pg_copy_text(rows, _PIECE_OF_RECORDS, _text_of):
        yield piece


def _text_of(value: Any) -> str:
    return "\\x" + bytes(value).hex() if isinstance(value, _BYTES) else text_of(value)


def copy_in(
    connection: "Connection", sql: str, data: Iterator[bytes], timeout: float | None
) -> Steps[str]:
    """Runs COPY FROM with `data`: its status. What raises in between ends the COPY."""
    from puff.postgres._native_connection import last_result, milliseconds

    session, limit = connection._session, milliseconds(timeout)
    reply = yield from connection._run(lambda: session.simple(sql.encode(), limit))
    last_result(reply)
    failure = ""
    try:
        for piece in data:
            yield from connection._run(partial(session.copy_data, piece, limit))
    except Exception as raised:
        failure = f"{type(raised).__name__}: {raised}"
        yield from connection._run(lambda: session.copy_end(failure, limit))
        raise
    reply = yield from connection._run(lambda: session.copy_end("", limit))
    tag: str = last_result(reply).tag
    return tag


def copy_out(connection: "Connection", sql: str, output: Any, timeout: float | None) -> Steps[str]:
    """Runs COPY TO into `output`: its status."""
    if isinstance(output, str | os.PathLike):
        with open(output, "wb") as file:
            return (yield from copy_out(connection, sql, file, timeout))
    from puff.postgres._native_connection import milliseconds

    session, limit = connection._session, milliseconds(timeout)
    put = output.write if hasattr(output, "write") else output
    reply = yield from connection._run(lambda: session.simple(sql.encode(), limit))
    tag = ""
    try:
        while True:
            tag = _tag_of(reply) or tag
            if reply.data:
                done = put(reply.data)
                if inspect.isawaitable(done):
                    yield done
            if not reply.more:
                return tag
            reply = yield from connection._run(lambda: session.next(limit))
    except BaseException:
        if not session.closed and reply.more:
            yield from _throw_away(session)
        raise


def _throw_away(session: Any) -> Steps[None]:
    """What the server still sends of a COPY that was given up. If it does not come to an end, the
    session is given back as it is, and closed by the pool."""
    session.cancel()
    try:
        yield session.drain(_DRAINED_MS)
    except PgFailure:
        session.close()


def _tag_of(reply: Any) -> str:
    tag = ""
    for result in reply.results:
        if result.kind == "error":
            raise error_of_result(result, None, None)
        tag = result.tag if result.kind == "command" else tag
    return tag
