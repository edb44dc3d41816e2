"""DB-API over psycopg2, in threads: postgres_by_psycopg2.py CONNINFO WORK UNITS [THREADS]"""

import sys

import psycopg2
from dbapi_work import WORKS, measure, prepared
from in_threads import in_threads
from psycopg2 import extras


def main(conninfo: str, work: str, units: str, threads: str = "1") -> None:
    cursors = prepared(lambda: psycopg2.connect(conninfo), work, int(threads))
    measure(int(units), in_threads(cursors, lambda cursor: WORKS[work](cursor, extras)))


main(*sys.argv[1:])
