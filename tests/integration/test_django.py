"""Django on Puff: where connections come from and go to, and the project of examples/polls."""

import asyncio
import contextlib
import json
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest
from integration.apps.chromium import chromium
from integration.apps.serving import APPS, Site, served, serving_address

from support.clients import at_once
from support.puff_process import ROOT, PuffProcess, clean_environment, run_puff
from support.servers import RedisServer, wait_until

POLLS = ROOT / "examples/polls"


@pytest.fixture(scope="module")
def redis(tmp_path_factory):
    with RedisServer(tmp_path_factory.mktemp("redis")) as server:
        yield server


# -- connections


@pytest.fixture(scope="module")
def database(postgres_server):
    postgres_server.query("CREATE DATABASE facts")
    yield postgres_server.url_of("facts")
    postgres_server.query("DROP DATABASE facts WITH (FORCE)")


@pytest.fixture(scope="module", params=["wsgi", "asgi"])
def facts(request, tmp_path_factory, database, redis):
    """The site of django_facts.py, with a pool of three connections."""
    configuration = f"""
        {request.param} = "django_facts.{request.param}"
        asyncio = true
        django = true
        [[postgres]]
        url = "{database}"
        pool_size = 3
        [[redis]]
        url = "{redis.url}"
    """
    with served(tmp_path_factory.mktemp("facts"), configuration) as site:
        yield site
        print(site.process.output)


def open_sessions(server, state):
    sql = f"SELECT count(*) FROM pg_stat_activity WHERE datname = 'facts' AND state ~ '{state}'"
    return int(server.query(sql))


def test_each_request_has_a_connection_of_its_own_while_it_needs_one(facts):
    pairs = at_once([lambda: facts.get("/backend").json() for _ in range(3)])
    assert all(before == after for before, after in pairs)
    assert len({before for before, _ in pairs}) == 3


def test_more_requests_than_connections_take_turns(facts, postgres_server):
    pairs = at_once([lambda: facts.get("/backend").json() for _ in range(12)])
    assert len(pairs) == 12
    assert all(before == after for before, after in pairs)
    assert open_sessions(postgres_server, ".") <= 3


def test_what_a_request_leaves_open_is_rolled_back(facts, postgres_server):
    assert facts.get("/unfinished").text == "left"
    wait_until(lambda: not open_sessions(postgres_server, "transaction"), "no open transaction")
    assert postgres_server.query("SELECT to_regclass('unfinished')", "facts") == ""


def test_a_view_that_fails_rolls_its_transaction_back(facts, postgres_server):
    assert facts.get("/failing").status == 500
    assert postgres_server.query("SELECT to_regclass('failing')", "facts") == ""


def test_greenlets_give_their_connections_back_when_they_end(facts):
    assert facts.get("/spawned").text == "done"
    assert facts.get("/spawned").text == "done"


def test_rows_are_streamed_from_a_cursor_of_the_server(facts, postgres_server):
    lines = facts.get("/streamed").text.split()
    assert [int(line) for line in lines] == list(range(1, 5001))
    wait_until(lambda: not open_sessions(postgres_server, "transaction"), "no open transaction")


def test_a_coroutine_awaits_and_is_told_what_would_block(facts):
    assert facts.get("/asynchronous").json() == {
        "refused": True,
        "cache_refused": True,
        "cached": {"a": 1},
        "many": {"x": {"a": 1}},
        "one_connection": True,
    }


def test_a_thread_may_use_the_database_and_the_cache(facts):
    assert facts.get("/on_a_thread").json() == [7, 1]


def test_files_are_served(facts):
    served_text = facts.get("/files/django_facts.py")
    assert served_text.text == (APPS / "django_facts.py").read_text()
    assert served_text.header("content-type") == "text/x-python"
    again = facts.get(
        "/files/django_facts.py", If_Modified_Since=served_text.header("last-modified")
    )
    assert again.status == 304
    assert facts.get("/files/nothing").status == 404
    assert facts.get("/files/..%2Fconftest.py").status == 400


# -- databases that are no pool's


@pytest.fixture
def outside(tmp_path, postgres_server, database, redis):
    """The same site with a database that its settings name; called with what they add."""
    with contextlib.ExitStack() as serving:

        def serve_with(**settings):
            server = {"NAME": "facts", "USER": "postgres", "PORT": postgres_server.port}
            server["HOST"] = postgres_server.socket_directory
            configuration = (
                'wsgi = "django_facts.wsgi"\nasyncio = true\ndjango = true\n'
                f'[[redis]]\nurl = "{redis.url}"\n'
            )
            env = {"FACTS_DATABASE": json.dumps({**server, **settings})}
            return serving.enter_context(served(tmp_path, configuration, **env))

        yield serve_with


def test_a_connection_to_a_server_is_kept_for_the_next_requests(outside, postgres_server):
    site = outside(CONN_MAX_AGE=600)
    (first,) = {pid for _ in range(5) for pid in site.get("/backend").json()}
    pairs = at_once([lambda: site.get("/backend").json() for _ in range(3)])
    assert all(before == after for before, after in pairs)
    three = {before for before, _ in pairs}
    assert first in three
    assert len(three) == 3
    assert {site.get("/backend").json()[0] for _ in range(5)} < three
    # One that the server has ended is not given to anybody.
    those = f"FROM pg_stat_activity WHERE pid IN ({', '.join(map(str, three))})"
    postgres_server.query(f"SELECT pg_terminate_backend(pid) {those}")
    wait_until(lambda: postgres_server.query(f"SELECT count(*) {those}") == "0", "their end")
    assert site.get("/backend").json()[0] not in three


def test_what_a_request_leaves_open_is_not_kept(outside, postgres_server):
    site = outside(CONN_MAX_AGE=None)
    pid = site.get("/backend").json()[0]
    assert site.get("/unfinished").text == "left"
    wait_until(lambda: not open_sessions(postgres_server, "transaction"), "no open transaction")
    assert site.get("/backend").json()[0] != pid
    assert postgres_server.query("SELECT to_regclass('unfinished')", "facts") == ""


def test_without_an_age_each_request_connects(outside):
    site = outside(CONN_MAX_AGE=0)
    assert len({site.get("/backend").json()[0] for _ in range(3)}) == 3


def test_a_connection_is_not_kept_beyond_its_age(outside):
    site = outside(CONN_MAX_AGE=0.2)  # seconds
    pid = site.get("/backend").json()[0]
    wait_until(lambda: site.get("/backend").json()[0] != pid, "another connection")


# -- examples/polls


@pytest.fixture(scope="module")
def polls_env(postgres_server, redis):
    postgres_server.query("CREATE DATABASE polls")
    yield {
        "PUFF_DEFAULT_POSTGRES_URL": postgres_server.url_of("polls"),
        "PUFF_DEFAULT_REDIS_URL": redis.url + "/1",
    }
    postgres_server.query("DROP DATABASE polls WITH (FORCE)")


@pytest.fixture(scope="module")
def polls(polls_env):
    with PuffProcess(["serve", "--bind", "127.0.0.1:0"], POLLS, polls_env) as process:
        yield Site(process, serving_address(process))


def choices(site, question=1):
    return site.get(f"/{question}/results.json").json()["choices"]


def vote(site, choice, question=1):
    """Votes as a browser does: with the cookie and the token of the page's form."""
    with site.client() as client:
        page = client.get(f"/{question}/")
        cookie = re.match(r"[^;]+", page.header("set-cookie"))[0]
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)[1]
        body = urlencode({"csrfmiddlewaretoken": token, "choice": choice}).encode()
        fields = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        return client.request("POST", f"/{question}/vote/", fields, body)


def test_pages_show_the_questions(polls):
    assert polls.get("/").text.count('<a href="/') >= 2
    page = polls.get("/1/").text
    assert page.count('type="radio"') == 3
    assert polls.get("/999/").status == 404
    style = re.search(r'href="(/static/[^"]+\.css)"', page)[1]
    assert polls.get(style).header("content-type") == "text/css"


def test_votes_at_once_are_all_counted(polls):
    before = choices(polls)[0]["votes"]
    answers = at_once([lambda: vote(polls, 1) for _ in range(20)])
    assert {answer.status for answer in answers} == {302}
    assert choices(polls)[0]["votes"] == before + 20


def test_a_vote_needs_its_token(polls):
    assert polls.post("/1/vote/", b"choice=1").status == 403


def test_an_asynchronous_view_sees_a_vote_of_a_synchronous_one(polls):
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(polls.get, "/2/next_vote/")
        deadline = time.monotonic() + 15
        while not waiting.done() and time.monotonic() < deadline:
            vote(polls, 4, question=2)
        told = waiting.result(20).json()
    assert told["changed"]
    assert told["votes"] >= 1


def test_all_votes_are_exported(polls):
    vote(polls, 2)
    lines = polls.get("/votes.csv").text.splitlines()
    assert lines[0] == "at,question,choice"
    assert len(lines) > 1


def test_a_cached_page_stays_as_it_was(polls):
    assert polls.get("/totals/").text == polls.get("/totals/").text


def test_the_project_works_below_a_mount(polls, polls_env, tmp_path):
    mounted = f"""
        python_path = ["{POLLS}"]
        asyncio = true
        [[postgres]]
        [[redis]]
        [[mounts]]
        path = "/polls"
        wsgi = "polls_site.wsgi.application"
    """
    (tmp_path / "puff.toml").write_text(mounted)
    with PuffProcess(["serve", "--bind", "127.0.0.1:0"], tmp_path, polls_env) as process:
        site = Site(process, serving_address(process))
        page = site.get("/polls/1/").text
        links = re.findall(r'(?:href|src|action|data-\w+)="(/[^"]*)"', page)
        assert len(links) > 5
        assert [link for link in links if not link.startswith("/polls/")] == []
        styles = [link for link in links if link.endswith(".css")]
        assert [site.get(style).status for style in styles] == [200]
        assert site.get("/polls/admin/").header("location").startswith("/polls/admin/login/")


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["check"], 0, "no issues"),
        (["migrate", "--check"], 0, ""),
        (["makemigrations", "--check", "--dry-run"], 0, "No changes"),
        (["no_such_command"], 1, "Unknown command"),
        (["shell", "-c", "raise SystemExit(3)"], 3, ""),
        (["dbshell", "--", "-Atc", "SELECT current_database()"], 0, "polls"),
    ],
)
def test_commands_run_with_djangos_status(polls, polls_env, arguments, status, said):
    done = run_puff(["django", *arguments], POLLS, polls_env, timeout=60)
    assert done.returncode == status, done.stderr
    assert said in done.stdout + done.stderr


def test_commands_wait_without_blocking(polls, polls_env):
    code = (
        "import puff; from polls.models import *; print(puff.is_greenlet(), Vote.objects.exists())"
    )
    done = run_puff(["django", "shell", "-c", code], POLLS, polls_env, timeout=60)
    assert "True True" in done.stdout


def test_the_examples_own_tests_pass(polls_env):
    done = run_puff(["pytest", "-q", "-p", "no:cacheprovider"], POLLS, polls_env, timeout=100)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\d+ passed", done.stdout)


def test_the_admin_is_of_use_in_a_browser(polls, tmp_path):
    async def act():
        async with chromium(tmp_path / "profile") as page:
            await page.open(polls.url + "/admin/")
            await fill(page, username="admin", password="admin")
            await submit(page)
            assert "Site administration" in await page.evaluate("document.title")
            await visit(page, "/admin/polls/question/add/")
            await fill(page, text="Cake or pie?", tags="[]")
            await fill(page, **{"choices-0-text": "Cake", "choices-1-text": "Pie"})
            await fill(page, published_at_0="2001-02-03", published_at_1="04:05:06")
            await submit(page)
            assert "was added successfully" in await text(page)
            await choose_filter(page, "Today")
            assert "Cake or pie?" not in await rows(page)
            await choose_filter(page, "Any date")
            assert "Cake or pie?" in await rows(page)
            await visit(page, "/admin/polls/question/?q=Cake")
            assert "1 question" in await text(page)
            await page.follow(page.evaluate("document.querySelector('th.field-text a').click()"))
            await fill(page, text="Cake, pie or neither?")
            await submit(page)
            assert "was changed successfully" in await text(page)
            await visit(page, "/admin/polls/question/?published_at__lt=2020-01-01&q=neither")
            await page.follow(page.evaluate("document.querySelector('th.field-text a').click()"))
            await page.follow(page.evaluate("document.querySelector('.deletelink').click()"))
            await submit(page)
            assert "was deleted successfully" in await text(page)
            icons = [url for url in page.requests if url.endswith("/favicon.ico")]
            assert len(page.complaints) == len(set(icons)), page.complaints

    async def visit(page, path):
        await page.follow(page.call("Page.navigate", url=polls.url + path))

    asyncio.run(act())


async def fill(page, **fields):
    for name, value in fields.items():
        element = f"document.querySelector('[name={json.dumps(name)}]')"
        await page.evaluate(f"{element}.value = {json.dumps(value)}")


async def submit(page):
    button = "document.querySelector('main [type=submit], #content [type=submit]')"
    await page.follow(page.evaluate(f"{button}.click()"))


async def choose_filter(page, name):
    """Clicks a link of the list's filter."""
    links = "[...document.querySelectorAll('#changelist-filter a')]"
    found = f"{links}.find(link => link.textContent.trim() === {json.dumps(name)})"
    await page.follow(page.evaluate(f"{found}.click()"))


async def rows(page):
    return await page.evaluate("document.querySelector('#result_list')?.innerText ?? ''")


async def text(page):
    return await page.evaluate("document.body.innerText")


# -- without a server


PLAIN = """
import sys
from django.core.cache import cache
from polls.models import Question
cache.set("plain", 5)
print(cache.incr("plain"), cache.get_many(["plain", "none"]), cache.get("none"))
cache.set("structure", {"a": [1, None]}, timeout=60)
print(cache.get("structure"), cache.touch("structure", 10), cache.delete("structure"))
print(Question.objects.filter(tags__contains=["sample"]).count(), "psycopg2" in sys.modules)
"""


def test_manage_py_works_in_a_plain_python(polls, polls_env):
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", PLAIN],
        cwd=POLLS,
        env=clean_environment(polls_env),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.splitlines() == [
        "6 {'plain': 6} None",
        "{'a': [1, None]} True True",
        "2 False",
    ], done.stderr


QUERIES = """
import json
from datetime import timedelta
from django.db.models import Count, F, OuterRef, Subquery, Value
from django.db.models.functions import Concat
from django.utils import timezone
from polls.models import Choice, Question
from puff.contrib.django import query_and_params
from puff.postgres.native import pool

best = Choice.objects.filter(question=OuterRef("pk"), text__contains="%").order_by("-votes", "pk")
now = timezone.now()
querysets = [
    Question.objects.filter(pk__in=[1, 2], published_at__lt=now).order_by("pk").values_list("pk"),
    Question.objects.annotate(n=Count("choices"), best=Subquery(best.values("text")[:1]))
    .filter(n__gte=3).order_by("pk").values_list("pk", "n", "best"),
    Choice.objects.annotate(said=Concat(F("text"), Value(" 100%"))).filter(text__startswith="A g")
    .values_list("said"),
    Question.objects.none().values_list("pk"),
    Question.objects.raw("SELECT id FROM polls_question WHERE id = %s AND text LIKE 'W%%'", [1]),
    Question.objects.raw(
        "SELECT id FROM polls_question WHERE id = %(a)s OR id = %(a)s - 1 ORDER BY id", {"a": 2}
    ),
    Question.objects.raw("SELECT id FROM polls_question WHERE text LIKE 'W%' ORDER BY id"),
]
for queryset in querysets:
    sql, params = query_and_params(queryset)
    rows = pool("default").fetch(sql, *params)
    print(json.dumps([len(params), [list(row.values()) for row in rows]]))
"""


def test_querysets_become_statements_with_numbers(polls, polls_env):
    done = run_puff(["django", "shell", "-v0", "-c", QUERIES], POLLS, polls_env, timeout=60)
    assert done.returncode == 0, done.stderr
    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        [3, [[1], [2]]],
        [2, [[1, 3, None], [2, 3, None]]],
        [4, [["A greenlet 100%"]]],
        [0, []],
        [1, [[1]]],
        [1, [[1], [2]]],
        [0, [[1], [2]]],
    ]


def test_django_is_set_up_before_the_first_module_that_needs_it(project, polls, polls_env):
    (project.folder / "manage.py").write_text((POLLS / "manage.py").read_text())
    project.write(
        "work.py", "from polls.models import Vote\ndef main(): print(Vote.objects.count())"
    )
    project.write(
        "puff.toml", f'django = true\npython_path = ["{POLLS}"]\n[[postgres]]\n[[redis]]\n'
    )
    done = run_puff(["run", "work.main"], project.folder, polls_env)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= 0
    project.path("manage.py").unlink()
    done = run_puff(["run", "work.main"], project.folder, polls_env)
    assert "settings are not configured" in done.stderr


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ('CACHES["default"]["LOCATION"] = "redis://localhost:6379"', "is not the name of a Redis"),
        ('CACHES["default"]["OPTIONS"] = {"db": 3}', "does not know OPTIONS db"),
        ('DATABASES["default"]["OPTIONS"] = {"pool": True}', "pools stand in puff.toml"),
        ('DATABASES["default"]["OPTIONS"] = {"sslmode": "require"}', "cannot be given to"),
        ('DATABASES["default"]["NAME"] = "nobody"', 'database "nobody" does not exist'),
    ],
)
def test_settings_that_cannot_work_are_explained(project, polls_env, settings, said):
    project.write("odd.py", f"from polls_site.settings import *\n{settings}\n")
    project.write("puff.toml", f'python_path = ["{POLLS}"]\n[[postgres]]\n[[redis]]\n')
    code = (
        "from django.core.cache import cache; cache.get('x')\n"
        "import polls.models; polls.models.Vote.objects.count()"
    )
    env = {**polls_env, "PGUSER": "postgres", "PGHOST": "127.0.0.1"}
    env["PGPORT"] = env["PUFF_DEFAULT_POSTGRES_URL"].rsplit(":", 1)[1].partition("/")[0]
    words = ["django", "shell", "-v0", "-c", code, "--settings", "odd"]
    done = run_puff(words, project.folder, env, timeout=60)
    assert done.returncode == 1
    assert said in done.stderr
