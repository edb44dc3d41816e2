"""examples/polls as it is, on Django 4.2."""

import re

import pytest
from integration.apps.serving import Site, serving_address
from suites.sources import fetch

from support.puff_process import ROOT, PuffProcess, run_puff
from support.servers import RedisServer

POLLS = ROOT / "examples/polls"


@pytest.fixture(scope="module")
def env(tmp_path_factory, postgres_server):
    """The environment of a project that has migrated with 4.2."""
    postgres_server.query("CREATE DATABASE polls_4_2")
    with RedisServer(tmp_path_factory.mktemp("redis")) as redis:
        yield {
            "PYTHONPATH": str(fetch("Django==4.2.30", ROOT / "build/suites")),
            "PUFF_DEFAULT_POSTGRES_URL": postgres_server.url_of("polls_4_2"),
            "PUFF_DEFAULT_REDIS_URL": redis.url,
        }
    postgres_server.query("DROP DATABASE polls_4_2 WITH (FORCE)")


def django(env, *arguments):
    done = run_puff(["django", *arguments], POLLS, env, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def polls(env):
    assert django(env, "version").strip() == "4.2.30"
    assert "polls.0001_initial... OK" in django(env, "migrate")
    with PuffProcess(["serve", "--bind", "127.0.0.1:0"], POLLS, env) as process:
        yield Site(process, serving_address(process))


def test_pages_forms_and_the_admin_are_served(polls):
    page = polls.get("/1/").text
    assert page.count('type="radio"') == 3
    with polls.client() as client:
        form = client.get("/1/")
        cookie = re.match(r"[^;]+", form.header("set-cookie"))[0]
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form.text)[1]
        fields = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        body = f"csrfmiddlewaretoken={token}&choice=1".encode()
        assert client.request("POST", "/1/vote/", fields, body).status == 302
    assert polls.get("/1/results.json").json()["choices"][0]["votes"] == 1
    assert len(polls.get("/votes.csv").text.splitlines()) == 2
    assert "Django administration" in polls.get("/admin/login/").text


def test_its_migrations_are_complete(polls, env):
    assert "No changes" in django(env, "makemigrations", "--check", "--dry-run")


def test_its_own_tests_pass(polls, env):
    done = run_puff(["pytest", "-q", "-p", "no:cacheprovider"], POLLS, env, timeout=100)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\d+ passed", done.stdout)
