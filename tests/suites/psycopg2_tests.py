"""Runs psycopg2's tests, verbosely: psycopg2_tests.py DRIVER [TEST..]"""

import sys
import unittest


def main(driver: str, names: list[str]) -> None:
    if driver == "puff":
        from puff import postgres

        postgres.install_as_psycopg2()
    import tests  # psycopg2's, from its source distribution

    loader = unittest.defaultTestLoader
    suite = loader.loadTestsFromNames(names) if names else tests.test_suite()
    unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(suite)


main(sys.argv[1], sys.argv[2:])
