"""pytest-django's test project with the server that `run_pytest_django.py` started."""

import os

from pytest_django_test.settings_base import *  # noqa: F403


def _database(name, **test):
    # A pool of puff.toml, or a database of the server that the environment names for libpq.
    server = {} if os.environ["SUITE_POOLED"] else {"HOST": os.environ["PGHOST"]}
    return {"ENGINE": os.environ["SUITE_ENGINE"], "NAME": name, "TEST": test, **server}


DATABASES = {
    "default": _database("first"),
    "replica": _database("first", MIRROR="default"),
    "second": _database("second", DEPENDENCIES=[]),
}
