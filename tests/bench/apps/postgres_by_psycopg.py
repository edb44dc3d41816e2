"""DB-API over psycopg 3, in threads: postgres_by_psycopg.py CONNINFO WORK UNITS [THREADS]"""

import sys

import psycopg
from dbapi_work import WORKS, copy_in_by_psycopg, measure, prepared
from in_threads import in_threads


def main(conninfo: str, work: str, units: str, threads: str = "1") -> None:
    unit = copy_in_by_psycopg if work == "copy_in" else WORKS[work]
    cursors = prepared(lambda: psycopg.connect(conninfo), work, int(threads))
    measure(int(units), in_threads(cursors, lambda cursor: unit(cursor, None)))


main(*sys.argv[1:])
