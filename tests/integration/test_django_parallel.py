"""Django's test runner with `--parallel`: workers are Puffs, each with a database of its own."""

import re
import subprocess
import sys

import pytest

from support.puff_process import clean_environment, run_puff
from support.servers import RedisServer

SETTINGS = """
SECRET_KEY = "of a test"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth"]
DATABASES = {"default": {"ENGINE": "puff.contrib.django.postgres", "NAME": "global"}}
CACHES = {"default": {"BACKEND": "puff.contrib.django.redis.PuffRedisCache", "LOCATION": "global"}}
USE_TZ = True
"""

# Each test says where it ran.
TESTS = """
import os

from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection
from django.test import TestCase, TransactionTestCase

import puff


class Facts:
    def test_rows_are_its_own(self):
        User.objects.create(username="one")
        self.assertEqual(User.objects.count(), 1)

    def test_the_cache_answers(self):
        cache.set(f"of {os.getpid()}", 5)
        self.assertEqual(cache.get(f"of {os.getpid()}"), 5)

    def test_where_it_runs(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_database()")
            where = f"ran in {os.getpid()} {cursor.fetchone()[0]} {puff.is_greenlet()}\\n"
        os.write(1, where.encode())  # at once, beside what other processes print


class FirstTests(Facts, TestCase):
    pass


class SecondTests(Facts, TestCase):
    pass


class TransactionTests(Facts, TransactionTestCase):
    pass
"""

GREENLETS = """
from django.test import SimpleTestCase

import puff


class GreenletTests(SimpleTestCase):
    def test_greenlets_take_turns(self):
        slept = [puff.spawn(puff.sleep_ms, 10) for _ in range(3)]
        self.assertEqual(puff.join_all(slept), [None] * 3)
"""

FAILING = """
from django.test import SimpleTestCase


class FailingTests(SimpleTestCase):
    def test_it_fails(self):
        self.fail("told from afar")
"""


@pytest.fixture
def site(project, tmp_path, postgres_server, postgres_database):
    """A project with tests, and the environment for its servers."""
    project.write("site_settings.py", SETTINGS)
    project.write("test_facts.py", TESTS)
    project.write(
        "manage.py",
        "import os, sys\n"
        "from django.core.management import execute_from_command_line\n"
        'if __name__ == "__main__":\n'
        '    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_settings")\n'
        "    execute_from_command_line(sys.argv)\n",
    )
    with RedisServer(tmp_path / "redis") as redis:
        project.write(
            "site.toml",
            f'dotenv = false\ndjango = true\n[[redis]]\nurl = "{redis.url}"\n'
            f'[[postgres]]\nurl = "{postgres_server.url_of(postgres_database)}"\n',
        )
        yield project


def run_parallel(site, *words):
    """With the configuration named on the command line, which workers have to learn too."""
    words = ["--config", "site.toml", "django", "test", "--parallel", "2", *words]
    done = run_puff(words, site.folder, timeout=100)
    print(done.stdout, done.stderr)
    return done


def test_each_worker_is_a_puff_with_a_database_of_its_own(site, postgres_server, postgres_database):
    site.write("test_greenlets.py", GREENLETS)
    done = run_parallel(site)
    assert done.returncode == 0
    assert re.search(r"Ran 10 tests.*\n\nOK", done.stderr)
    ran = re.findall(r"ran in (\d+) (\S+) (\S+)", done.stdout)
    assert len(ran) == 3
    assert {inside for _, _, inside in ran} == {"True"}
    databases = {f"test_{postgres_database}_{n}" for n in (1, 2)}
    assert {database for _, database, _ in ran} <= databases
    left = f"SELECT count(*) FROM pg_database WHERE datname LIKE 'test_{postgres_database}%'"
    assert postgres_server.query(left) == "0"


def test_a_failure_in_a_worker_is_told(site):
    site.write("test_failing.py", FAILING)
    done = run_parallel(site)
    assert done.returncode == 1
    assert "told from afar" in done.stderr


def test_a_plain_python_runs_them_side_by_side(site):
    done = subprocess.run(
        [sys.executable, "manage.py", "test", "--parallel", "2"],
        cwd=site.folder,
        env=clean_environment({"PUFF_CONFIG": "site.toml"}),
        capture_output=True,
        text=True,
        timeout=100,
    )
    print(done.stdout, done.stderr)
    assert done.returncode == 0
    assert "Ran 9 tests" in done.stderr
