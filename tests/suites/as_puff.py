"""A pytest plugin for pytest-django's tests: what they start is Puff's pytest too, and they look at
the server with psql as they do for Django's own backend."""

import os

import pytest

# Of those that start others, what a quick look has: each takes seconds.
ENOUGH = {"test_db_reuse_simple", "test_serve_static_with_staticfiles_app"}


@pytest.fixture(autouse=True)
def puffs_own_pytest(monkeypatch):
    words = (os.environ["SUITE_PUFF"], "pytest")
    monkeypatch.setattr(pytest.Pytester, "_getpytestargs", lambda self: words)
    monkeypatch.setattr("pytest_django_test.db_helpers.get_db_engine", lambda: "postgresql")


def pytest_collection_modifyitems(config, items):
    if os.environ["SUITE_QUICK"]:
        left_out = [i for i in items if "pytester" in i.fixturenames and i.name not in ENOUGH]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
