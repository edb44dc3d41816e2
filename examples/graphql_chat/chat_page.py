"""The page of the chat, and its tables, which the first visit makes."""

import functools
from pathlib import Path

from puff import postgres

HERE = Path(__file__).parent


@functools.cache
def page() -> bytes:
    with postgres.connect() as connection, connection.cursor() as cursor:
        cursor.execute((HERE / "tables.sql").read_text())
    return (HERE / "page.html").read_bytes()


def application(environ, start_response):
    if environ["PATH_INFO"] not in ("", "/"):
        start_response("404 Not Found", [("Content-Type", "text/plain")])
        return [b"Not Found\n"]
    body = page()
    start_response(
        "200 OK",
        [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))],
    )
    return [body]
