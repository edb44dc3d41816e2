"""What Django's ORM is measured at: python django_work.py WORK UNITS, or
puff run django_work.main WORK UNITS. Each work is one unit."""

import sys

from dbapi_work import measure
from django_data import ROWS, Item


def get() -> None:
    if Item.objects.get(pk=4711).seen != 4711:
        raise RuntimeError("the database answers something else")


def values_list() -> None:
    if len(list(Item.objects.values_list())) != ROWS:
        raise RuntimeError("the database answers something else")


WORKS = {work.__name__: work for work in (get, values_list)}


def main(work: str, units: str) -> None:
    def run_all(count: int) -> None:
        for _ in range(count):
            WORKS[work]()

    measure(int(units), run_all)


if __name__ == "__main__":
    main(*sys.argv[1:])
