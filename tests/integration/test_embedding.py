"""Programs in C++ with Puff inside: the examples, and what a program brings along."""

import json
import signal
import subprocess
import zipfile
from contextlib import contextmanager

import httpx
import pytest
from integration.apps.serving import Site, serving_address

from support.puff_process import ROOT, PuffProcess, clean_environment, run_puff

BUILT = ROOT / "build/release"
EXAMPLES = ROOT / "examples/embedding"
HOME = {"VIRTUAL_ENV": str(ROOT / ".venv")}
WEB = """
import os
import puff

def application(environ, start_response):
    start_response("200 OK", [])
    if environ["PATH_INFO"] == "/mode":
        return [os.environ["SHOP_MODE"].encode()]
    if environ["PATH_INFO"] == "/pools":
        puff.global_redis.set("a", "1")
        cache = __import__("puff.redis", fromlist=["x"]).named_client("cache")
        return [puff.global_redis.get("a"), b" ", str(cache.get("a")).encode()]
    return [b"the application"]

async def asgi(scope, receive, send):
    assert scope["type"] == "http"
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"asynchronous"})

def greet(*names):
    puff.sleep_ms(1)
    print("hello", *names)

async def greet_later(*names):
    await puff.sleep_ms(1)
    print("later", *names)

def state():
    try:
        print(puff.global_state())
    except RuntimeError as error:
        print(error)
"""


def run(program, arguments, folder, **env):
    """A program to its end: what it printed, and its status."""
    return subprocess.run(
        [str(program), *arguments],
        cwd=folder,
        env=clean_environment({**HOME, **env}),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@pytest.fixture
def shop(tmp_path):
    (tmp_path / "python").mkdir()
    (tmp_path / "python/shop_web.py").write_text(WEB)
    return tmp_path


@contextmanager
def serving(program, folder, *arguments, **env):
    words = ["serve", "--bind", "127.0.0.1:0", *arguments]
    with PuffProcess(words, folder, {**HOME, **env}, program) as process:
        yield Site(process, serving_address(process))


CONFIGURED = BUILT / "tests/support/embedding/configured"
ASGI = BUILT / "tests/support/embedding/asgi"
SCHEMA = BUILT / "tests/support/embedding/schema"


def test_the_first_example_calls_a_python_function(tmp_path):
    with zipfile.ZipFile(tmp_path / "my_file.zip", "w") as made:
        made.writestr("a.txt", "a")
        made.writestr("b.txt", "b")
    env = {"PYTHONPATH": str(EXAMPLES)}
    done = run(BUILT / "examples/embedding/first_app", ["run_hello_world"], tmp_path, **env)
    assert done.returncode == 0, done.stderr
    size = (tmp_path / "my_file.zip").stat().st_size
    assert done.stdout == f"Hello from Python! my_file.zip: {size} bytes, 2 files.\n"


def test_the_second_example_gives_python_an_object(tmp_path):
    program = BUILT / "examples/embedding/state_app"
    done = run(program, ["run_hello_world"], EXAMPLES)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "Hello from C++! Python says: Hello from Python!",
        "C++ has slept over 'hello async'",
        "refused: bad argument: say something",
    ]


def test_a_program_without_state_says_so(shop):
    (shop / "puff.toml").write_text('python_path = ["python"]\n')
    done = run_puff(["run", "shop_web.state"], shop)
    assert "has no global state" in done.stdout


def test_state_that_cannot_be_made_ends_the_start(shop):
    done = run(ASGI, ["wait_forever"], shop)
    assert done.returncode == 1
    assert "the program's global state: " in done.stderr
    assert "out of tea" in done.stderr


def test_a_program_serves_its_application_and_its_routes(shop, redis_server):
    urls = ["--default-redis-url", redis_server.url, "--cache-redis-url", redis_server.url]
    with serving(CONFIGURED, shop, *urls) as site:
        assert site.get("/native").body == b"a route in C++\n"
        assert site.get("/").body == b"the application"
        assert site.get("/mode").body == b"demo"
        assert site.get("/pools").body == b"1 b'1'"
        site.process.stop(signal.SIGTERM)


def test_the_environment_wins_over_the_programs_variables(shop, redis_server):
    urls = {
        "PUFF_DEFAULT_REDIS_URL": redis_server.url,
        "PUFF_CACHE_REDIS_URL": redis_server.url,
        "SHOP_MODE": "live",
    }
    with serving(CONFIGURED, shop, **urls) as site:
        assert site.get("/mode").body == b"live"


def test_puff_toml_wins_over_the_program(shop, redis_server):
    (shop / "puff.toml").write_text(
        f'wsgi = "other.application"\n[[redis]]\nurl = "{redis_server.url}"\n'
        '[[redis]]\nname = "cache"\nenable = false\n'
    )
    (shop / "other.py").write_text(
        "def application(environ, start_response):\n"
        "    start_response('200 OK', [])\n"
        "    return [b'another']\n"
    )
    with serving(CONFIGURED, shop) as site:
        assert site.get("/").body == b"another"


def test_a_program_has_commands_of_every_kind(shop, redis_server):
    pools = {"PUFF_DEFAULT_REDIS_URL": redis_server.url, "PUFF_CACHE_REDIS_URL": redis_server.url}
    assert run(CONFIGURED, ["greet", "Ada"], shop, **pools).stdout == "hello Ada\n"
    assert run(CONFIGURED, ["greet_later", "a", "b"], shop, **pools).stdout == "later a b\n"
    counted = run(CONFIGURED, ["count", "a", "--b"], shop)
    assert (counted.returncode, counted.stdout) == (3, "2 words\n")
    text = run(CONFIGURED, ["--help"], shop).stdout
    for line in ("Greet somebody", "Call shop_web.greet_later", "Count the words", "wait_forever"):
        assert line in text


def test_an_asgi_program_turns_asyncio_on(shop):
    (shop / "shop_web.py").write_text(WEB)
    with serving(ASGI, shop) as site:
        assert site.get("/").body == b"asynchronous"


def test_a_schema_in_cpp_takes_files_and_delivers_later(tmp_path):
    with serving(SCHEMA, tmp_path) as site:
        asked = {"query": "mutation ($f: Upload!) { first(file: $f) }", "variables": {"f": None}}
        form = {"operations": json.dumps(asked), "map": '{"0": ["variables.f"]}'}
        got = httpx.post(
            f"{site.url}/graphql",
            data=form,
            files={"0": ("a.txt", b"word and more" * 50_000)},
            headers={"GraphQL-Require-Preflight": "1"},
            timeout=20,
        )
        assert got.json() == {"data": {"first": "a.txt, 650000 bytes: word"}}
        query = {"query": "{ word ... @defer { later } }"}
        events = httpx.post(
            f"{site.url}/graphql", json=query, headers={"Accept": "text/event-stream"}, timeout=20
        )
        parts = [json.loads(line[6:]) for line in events.text.split("\n") if line[:7] == "data: {"]
        assert parts[0]["data"] == {"word": "now"}
        assert parts[1]["incremental"] == [{"id": "0", "data": {"later": "then"}}]
