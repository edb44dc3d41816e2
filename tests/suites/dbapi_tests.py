"""The compliance suite of DB-API 2.0 with puff.postgres: dbapi_tests.py DSN [TEST..]; an empty DSN
means the default pool.

What a driver has to add to it, and what differs, docs/compatibility/dbapi.md says."""

import sys
import unittest

import dbapi20

from puff import postgres


class PuffPostgres(dbapi20.DatabaseAPI20Test):
    driver = postgres
    lower_func = "lower"  # the name that the suite's test of callproc() looks for

    def test_nextset(self):
        """A statement of PostgreSQL has one set of rows."""
        with self._connect() as connection, connection.cursor() as cursor:
            cursor.execute("SELECT 1; SELECT 2")
            with self.assertRaises(postgres.NotSupportedError):
                cursor.nextset()
            self.assertEqual(cursor.fetchall(), [(2,)])

    def test_setoutputsize(self):
        """A size cuts nothing off: rows come whole."""
        with self._connect() as connection, connection.cursor() as cursor:
            cursor.setoutputsize(1)
            cursor.execute("SELECT repeat('x', 100000)")
            self.assertEqual(cursor.fetchone(), ("x" * 100_000,))

    def test_non_idempotent_close(self):
        """As with psycopg2, and as PEP 249 leaves open, closing again does nothing; anything else
        is an error then."""
        connection = self._connect()
        connection.close()
        connection.close()
        self.assertRaises(postgres.InterfaceError, connection.cursor)


def main(dsn: str, names: list[str]) -> int:
    PuffPostgres.connect_args = (dsn,) if dsn else ()
    loader = unittest.defaultTestLoader
    suite = (
        loader.loadTestsFromNames(names, PuffPostgres)
        if names
        else loader.loadTestsFromTestCase(PuffPostgres)
    )
    return 0 if unittest.TextTestRunner(verbosity=2).run(suite).wasSuccessful() else 1


sys.exit(main(sys.argv[1], sys.argv[2:]))
