"""Each example as its README says: alone, and all together in the demo."""

import hashlib
import random
import re
import signal
import time

import pytest
from integration.apps.serving import Site, serving_address

from support.clients import HttpClient, at_once
from support.puff_process import PUFF, ROOT, PuffProcess, run_puff
from support.servers import RedisServer, wait_until

EXAMPLES = ROOT / "examples"
FOUR = ["visits", "sleep", "stream", "upload"]


# The demo's program: puff with the routes in C++ of examples/native_route.
NATIVE = ROOT / "build/release/examples/native_route/native_route"


def serve(name, redis, postgres_url):
    arguments = ["serve", "--bind", "127.0.0.1:0", "--default-redis-url", redis.url]
    program, env = PUFF, {}
    if name == "demo":
        program = NATIVE
        env = {"VIRTUAL_ENV": str(ROOT / ".venv"), "PUFF_DEFAULT_POSTGRES_URL": postgres_url}
        env["PUFF_DEFAULT_PUBSUB_URL"] = redis.url
    process = PuffProcess(arguments, EXAMPLES / name, env, program)
    return Site(process, serving_address(process))


@pytest.fixture(scope="module")
def redis(tmp_path_factory):
    with RedisServer(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture(scope="module")
def running(redis, postgres_server):
    """The example of that name as a server, started at its first use."""
    sites = {}
    postgres_server.query("CREATE DATABASE examples")

    def get(name):
        if name not in sites:
            sites[name] = serve(name, redis, postgres_server.url_of("examples"))
        return sites[name]

    yield get
    for site in sites.values():
        site.process.kill()
    postgres_server.query("DROP DATABASE examples WITH (FORCE)")


@pytest.fixture
def demo(running):
    return running("demo")


@pytest.fixture(
    params=[
        ("hello_wsgi", ""),
        ("flask_counter", ""),
        ("fastapi_counter", ""),
        ("demo", "/wsgi"),
        ("demo", "/flask"),
        ("demo", "/fastapi"),
        ("demo", "/native"),
    ],
    ids=lambda app: "".join(app),
)
def app(running, request):
    """(site, mount) of an application: each example alone, and below its mount of the demo."""
    name, mount = request.param
    return running(name), mount


def check_visits(site, mount):
    first = site.get(f"{mount}/visits").json()["visits"]
    later = at_once([lambda: site.get(f"{mount}/visits").json()["visits"] for _ in range(20)])
    assert sorted(later) == list(range(first + 1, first + 21))


def check_sleep(site, mount):
    began = time.monotonic()
    answers = at_once([lambda: site.get(f"{mount}/sleep?ms=200").json() for _ in range(100)])
    assert answers == [{"slept_ms": 200}] * 100
    assert 0.2 <= time.monotonic() - began < 3
    assert 400 <= site.get(f"{mount}/sleep?ms=-1").status < 500


def check_stream(site, mount):
    with site.raw() as connection:
        connection.send(f"GET {mount}/stream HTTP/1.1\r\nHost: a\r\n\r\n")
        connection.read_head()
        first = connection.read_chunk()
        began = time.monotonic()
        rest = b"".join(iter(connection.read_chunk, b""))
    assert first == b"line 1 of 10\n"
    assert (first + rest).count(b"\n") == 10
    assert time.monotonic() - began > 1


def check_upload(site, mount):
    body = random.Random(4).randbytes(2_000_000)
    expected = {"bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}
    assert site.post(f"{mount}/upload", body).json() == expected
    with site.raw() as connection:
        head = f"POST {mount}/upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        connection.send(head)
        connection.send(b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body))
        assert connection.read_response().json() == expected


@pytest.mark.parametrize("check", [check_visits, check_sleep, check_stream, check_upload])
def test_an_application_counts_waits_streams_and_takes_uploads(app, check):
    check(*app)


def test_an_application_tells_what_it_has(app):
    site, mount = app
    text = site.get(f"{mount}/").text
    assert [word for word in FOUR if word not in text] == []
    assert site.get(f"{mount}/no_such_path").status == 404


def test_the_start_page_is_whole_and_needs_nothing_from_elsewhere(demo):
    response = demo.get("/")
    assert response.status == 200
    assert response.header("content-type") == "text/html; charset=utf-8"
    assert "default-src 'none'" in response.header("content-security-policy")
    addresses = set(re.findall(r"https?://[^\s'\"<]+", response.text))
    assert addresses == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"<(script|link|img|iframe)[^>]+src=", response.text)


def test_the_demo_has_polls_with_samples_and_an_admin(demo):
    """A fresh database is migrated and filled by the application itself."""
    listed = re.findall(r'<a href="/polls/(\d+)/">', demo.get("/polls/").text)
    assert len(listed) == 2
    choices = demo.get(f"/polls/{listed[0]}/results.json").json()["choices"]
    assert len(choices) == 3
    login = demo.get("/polls/admin/login/").text
    files = re.findall(r'(?:href|src)="([^"]+\.(?:css|js))"', login)
    assert len(files) >= 4
    assert [file for file in files if not file.startswith("/polls/static/admin/")] == []
    assert {demo.get(file).status for file in files} == {200}


@pytest.mark.parametrize("mount", ["wsgi", "flask", "fastapi"])
def test_a_burst_tells_every_latency(demo, mount):
    lines = demo.get(f"/burst?app={mount}&count=100").text.splitlines()
    assert len(lines) == 101
    assert sum('"status": 200' in line for line in lines) == 100
    assert '"total_ms"' in lines[-1]


@pytest.mark.parametrize("query", ["", "app=wsgi&count=0", "app=wsgi&count=301", "app=x&count=1"])
def test_a_burst_has_bounds(demo, query):
    assert demo.get(f"/burst?{query}").status == 400


@pytest.mark.parametrize(
    "name", ["hello_wsgi", "flask_counter", "fastapi_counter", "polls", "demo"]
)
def test_an_example_explains_itself_in_a_few_lines(name):
    lines = (EXAMPLES / name / "README.md").read_text().splitlines()
    assert lines[0] == f"# {name}"
    assert len(lines) <= 14


def test_development_needs_no_redis_of_ones_own(tmp_path):
    """`puff dev` starts one, and ends it."""
    folder = tmp_path / "hello_wsgi"
    folder.mkdir()
    for file in ("hello_wsgi.py", "puff.toml"):
        (folder / file).write_bytes((EXAMPLES / "hello_wsgi" / file).read_bytes())
    with PuffProcess(["dev", "--bind", "127.0.0.1:0"], folder) as process:
        assert Site(process, serving_address(process)).get("/visits").json() == {"visits": 1}
        process.stop()


def test_the_cluster_script_starts_a_shop_of_three_nodes(tmp_path):
    door = str(tmp_path / "web.sock")
    env = {
        "NO_SETUP": "1",
        "PUFF_COMMAND": str(PUFF),
        "PUFF_BIND": f"unix:{door}",
        "PUFF_RUNTIME_DIR": str(tmp_path / "run"),
    }
    shop = PuffProcess([], ROOT, env, ROOT / "deploy/cluster.sh")
    try:
        shop.wait_for_address(door, 30)

        def get(path):
            with HttpClient(door, timeout=30) as client:
                response = client.get(path)
            assert response.status == 200, response.body
            return response.json()

        assert get("/")["node"] == "web"
        assert get("/cart/ada/add/tea")["items"] == {"tea": 1}
        assert get("/cart/ada/add/tea")["items"] == {"tea": 2}
        ran = [get("/checkout/5") for _ in range(4)]
        assert {each["node"] for each in ran} <= {"worker-1", "worker-2"}
        assert [each["total"] for each in ran] == [5, 10, 15, 20]
        assert get("/till")["total"] == 20
        homes = {get(f"/cart/{name}")["node"] for name in "abcdefghi"}
        assert homes == {"web", "worker-1", "worker-2"}
        wait_until(
            lambda: all(
                name in run_puff(["status", "--cluster"], tmp_path, env).stdout
                for name in ("web", "worker-1", "worker-2")
            ),
            "all are shown",
        )
    finally:
        shop.send_signal(signal.SIGTERM)
        status = shop.wait(40)
    assert status == 0, shop.output
