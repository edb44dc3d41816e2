"""What Django's ORM is measured at: python django_work.py WORK UNITS, or
puff run django_work.main WORK UNITS. Each work is one unit."""

import io
import sys
from typing import Any

from dbapi_work import measure
from django_data import ROWS, Item, app

REQUEST = {
    "REQUEST_METHOD": "GET",
    "PATH_INFO": "/",
    "SERVER_NAME": "127.0.0.1",
    "SERVER_PORT": "80",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "wsgi.url_scheme": "http",
}


def get() -> None:
    if Item.objects.get(pk=4711).seen != 4711:
        raise RuntimeError("the database answers something else")


def values_list() -> None:
    if len(list(Item.objects.values_list())) != ROWS:
        raise RuntimeError("the database answers something else")


def view() -> None:
    """The view of five queries, without a web server."""

    def start(status: str, headers: list[Any]) -> None:
        if status != "200 OK":
            raise RuntimeError(f"the view answers {status}")

    response = app({**REQUEST, "wsgi.input": io.BytesIO(), "wsgi.errors": sys.stderr}, start)
    b"".join(response)
    response.close()


def view_alone() -> None:
    """The same without the database."""
    view()


WORKS = {work.__name__: work for work in (get, values_list, view, view_alone)}


def main(work: str, units: str) -> None:
    if work == "view_alone":
        from django_recorded import answer_at_once

        answer_at_once()

    def run_all(count: int) -> None:
        for _ in range(count):
            WORKS[work]()

    measure(int(units), run_all)


if __name__ == "__main__":
    main(*sys.argv[1:])
