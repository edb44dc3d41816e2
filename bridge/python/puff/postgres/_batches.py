"""Many statements, or many rows, in few trips to the server."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from puff.postgres.sql import Composable


def execute_batch(cur: Any, sql: Any, argslist: Iterable[Any], page_size: int = 100) -> None:
    """Runs a statement with each of `argslist`, `page_size` of them in one trip. `rowcount` is that
    of the last one."""
    for page in pages(argslist, page_size):
        cur.execute(b";".join([cur.mogrify(sql, args) for args in page]))


def execute_values(
    cur: Any,
    sql: Any,
    argslist: Iterable[Any],
    template: str | bytes | None = None,
    page_size: int = 100,
    fetch: bool = False,
) -> list[Any] | None:
    """Runs `INSERT .. VALUES %s`, or any statement with one %s that stands for a list of VALUES,
    with the rows of `argslist`, `page_size` in one statement.

    `template` says what one row is: "(%s, %s, now())", or with names if the rows are mappings; else
    it is as many %s as the first row has. With `fetch` the statements' rows (RETURNING) are
    returned; `rowcount` is that of the last statement."""
    conn = cur.connection
    if isinstance(sql, Composable):
        sql = sql.as_string(cur)
    if not isinstance(sql, bytes):
        sql = conn._encoded(sql)
    before, after = _around_values(sql)
    rows: list[Any] | None = [] if fetch else None
    for page in pages(argslist, page_size):
        if template is None:
            template = b"(" + b",".join([b"%s"] * len(page[0])) + b")"
        values = b",".join([cur.mogrify(template, args) for args in page])
        cur.execute(before + values + after)
        if rows is not None:
            rows.extend(cur.fetchall())
    return rows


def pages(items: Iterable[Any], page_size: int) -> Iterator[Sequence[Any]]:
    """The items in lists of at most `page_size`."""
    left = iter(items)
    while page := list(islice(left, page_size)):
        yield page


def _around_values(sql: bytes) -> tuple[bytes, bytes]:
    """What is before and behind the one %s, %% made %."""
    sides: list[list[bytes]] = [[]]
    for token in re.split(rb"(%.)", sql):
        if len(token) != 2 or token[:1] != b"%":
            sides[-1].append(token)
        elif token == b"%%":
            sides[-1].append(b"%")
        elif token != b"%s":
            letter = token[1:].decode("ascii", "replace")
            raise ValueError(f"unsupported format character: '{letter}'")
        else:
            sides.append([])
    if len(sides) < 2:
        raise ValueError("the query doesn't contain any '%s' placeholder")
    if len(sides) > 2:
        raise ValueError("the query contains more than one '%s' placeholder")
    return b"".join(sides[0]), b"".join(sides[1])
