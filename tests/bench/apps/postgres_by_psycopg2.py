"""The same over psycopg2, in threads: postgres_by_psycopg2.py CONNINFO WORK UNITS [THREADS]"""

import sys
import threading
from typing import Any

import psycopg2
from dbapi_work import WORKS, measure, prepared
from psycopg2 import extras


def main(conninfo: str, work: str, units: str, threads: str = "1") -> None:
    cursors = [prepared(psycopg2.connect(conninfo)) for _ in range(int(threads))]

    def run_all(count: int) -> None:
        each = max(count // len(cursors), 1)

        def repeat(cursor: Any) -> None:
            for _ in range(each):
                WORKS[work](cursor, extras)

        if len(cursors) == 1:
            repeat(cursors[0])
            return
        running = [threading.Thread(target=repeat, args=(cursor,)) for cursor in cursors]
        for thread in running:
            thread.start()
        for thread in running:
            thread.join()

    measure(int(units), run_all)


main(*sys.argv[1:])
