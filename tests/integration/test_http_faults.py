"""What goes wrong around a server, and that it stays the size and the speed it was."""

import contextlib
import json
import re
import subprocess
import threading
import time

import pytest
from integration.apps.serving import reset, served, tracebacks

from support.clients import at_once
from support.puff_process import ROOT
from support.servers import RedisServer, wait_until

MALFORMED = json.loads((ROOT / "tests/support/malformed_requests.json").read_text())["cases"]
SITE = """
wsgi = "wsgi_facts.application"
[[mounts]]
path = "/wsgi"
wsgi = "wsgi_facts.application"
[[mounts]]
path = "/asgi"
asgi = "asgi_facts.application"
[python]
stall_threshold_ms = 300
"""

both = pytest.mark.parametrize("mount", ["/wsgi", "/asgi"])


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with served(tmp_path_factory.mktemp("faults"), SITE) as running:
        yield running


def answers(site):
    return [site.get(f"{mount}/hello").status for mount in ("/wsgi", "/asgi")] == [200, 200]


# -- clients --


@pytest.mark.parametrize("case", MALFORMED, ids=lambda case: case["name"].replace(" ", "-"))
def test_a_malformed_request_is_refused(site, case):
    text = case["request"].replace("{fill}", case.get("fill", "") * case.get("times", 1))
    with site.raw() as connection:
        # It may be refused before it has been sent as a whole.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.send(text)
        assert connection.read_response().status == case["status"]
        assert connection.is_closed()
    assert site.process.process.poll() is None


def test_after_all_that_is_malformed_requests_are_answered(site):
    assert answers(site)


@both
@pytest.mark.parametrize("leave", [reset, lambda connection: connection.close()])
def test_a_client_that_leaves_in_mid_upload_is_noticed(site, mount, name, leave):
    connection = site.raw()
    head = f"POST {mount}/upload_lost?{name} HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n"
    connection.send(head + "\r\n")
    connection.send(bytes(100_000))
    site.wait_for_event(mount, name, "began")
    leave(connection)
    site.wait_for_event(mount, name, "raised" if mount == "/wsgi" else "http.disconnect")
    assert tracebacks(site.process, name) == 0


@both
@pytest.mark.parametrize("leave", [reset, lambda connection: connection.close()])
def test_a_client_that_leaves_in_mid_download_is_noticed(site, mount, name, leave):
    connection = site.raw()
    connection.send(f"GET {mount}/endless?{name} HTTP/1.1\r\nHost: a\r\n\r\n")
    connection.read_exactly(100_000)
    leave(connection)
    site.wait_for_event(mount, name, "closed" if mount == "/wsgi" else "OSError")


@both
def test_clients_that_left_leave_nothing_behind(site, mount, name):
    def leave():
        for path in (f"/endless?{name}", f"/upload_lost?{name}"):
            connection = site.raw()
            length = "Content-Length: 1000000\r\n" if "upload" in path else ""
            connection.send(f"POST {mount}{path} HTTP/1.1\r\nHost: a\r\n{length}\r\n")
            reset(connection)

    site.get(f"{mount}/hello")
    before = site.descriptors()
    at_once([lambda: [leave() for _ in range(10)] for _ in range(5)])
    wait_until(lambda: site.descriptors() <= before, "every connection is closed")
    assert answers(site)


def test_a_silent_client_keeps_nobody_waiting(site):
    silent = [site.raw() for _ in range(200)]
    try:
        assert answers(site)
    finally:
        for connection in silent:
            connection.close()


# -- applications --


def test_code_that_blocks_the_greenlet_thread_is_shown(site):
    blocked = threading.Thread(target=site.get, args=("/wsgi/block_the_thread?1.5",))
    blocked.start()
    site.process.wait_for_line("do_block_the_thread")
    assert site.get("/asgi/hello").body == b"hello"
    assert site.get("/wsgi/hello").body == b"hello"
    blocked.join()


@both
def test_failures_in_a_row_leave_nothing_behind(site, mount, name):
    before = site.descriptors()
    statuses = at_once([lambda: site.get(f"{mount}/raise?{name}").status for _ in range(100)])
    assert statuses == [500] * 100
    wait_until(lambda: site.descriptors() <= before + 2, "every connection is closed")
    assert tracebacks(site.process, name) >= 1


# -- Redis --


@both
def test_redis_may_be_killed_under_load(tmp_path, mount):
    """No command hangs past its deadline of a second, and the pool is back within two seconds of
    the server."""
    ended = threading.Event()
    slowest, statuses = [0.0], set()

    def ask(site):
        with site.client(5.0) as client:
            while not ended.is_set():
                began = time.monotonic()
                statuses.add(client.get(f"{mount}/count").status)
                slowest[0] = max(slowest[0], time.monotonic() - began)

    configuration = f"{SITE}[[redis]]\n"
    with (
        RedisServer(tmp_path / "redis", persist=True) as redis,
        served(tmp_path / "site", configuration, "--default-redis-url", redis.url) as site,
    ):
        assert site.get(f"{mount}/count").body == b"1"
        threads = [threading.Thread(target=ask, args=(site,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        redis.kill()
        wait_until(lambda: site.get(f"{mount}/count").status >= 500, "the fault is noticed")
        redis.start()
        wait_until(lambda: site.get(f"{mount}/count").status == 200, "Redis is back", 2.0)
        ended.set()
        for thread in threads:
            thread.join()
        assert statuses == {200, 500}
        assert slowest[0] < 3
        counts = at_once([lambda: int(site.get(f"{mount}/count").text) for _ in range(20)])
        assert len(set(counts)) == 20


# -- limits --


def test_requests_beyond_the_limit_are_told_to_come_later(tmp_path):
    configuration = SITE + "[limits]\nmax_in_flight = 4\n"
    with served(tmp_path / "site", configuration) as site:
        statuses = at_once([lambda: site.get("/asgi/sleep?500").status for _ in range(12)])
    assert sorted(set(statuses)) == [200, 503]
    assert statuses.count(200) >= 4


def test_timeouts_of_the_configuration_hold(tmp_path):
    limits = "[limits]\nhead_timeout_ms = 200\nbody_idle_timeout_ms = 200\n"
    with served(tmp_path / "site", f"{SITE}{limits}keep_alive_timeout_ms = 200\n") as site:
        for sent in (
            "GET / HT",
            "POST /wsgi/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab",
        ):
            with site.raw() as connection:
                connection.send(sent)
                assert connection.read_response().status == 408
        with site.raw() as connection:
            connection.send("GET /wsgi/hello HTTP/1.1\r\nHost: a\r\n\r\n")
            connection.read_response()
            assert connection.is_closed()


def test_greenlets_are_bounded(tmp_path):
    """Requests beyond the number of greenlets wait or are refused; all are answered."""
    configuration = SITE.replace("[python]", "[python]\nmax_greenlets = 4")
    with served(tmp_path / "site", configuration) as site:
        statuses = at_once([lambda: site.get("/wsgi/sleep?50").status for _ in range(40)])
    assert set(statuses) <= {200, 503}
    assert statuses.count(200) >= 4


# -- memory --


def wrk(site, target, seconds):
    """Requests answered, every one with success."""
    command = ["wrk", "-t1", "-c32", f"-d{seconds}s", site.url + target]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert "Non-2xx" not in done.stdout, done.stdout
    assert "Socket errors" not in done.stdout, done.stdout
    found = re.search(r"(\d+) requests in", done.stdout)
    assert found, done.stdout
    return int(found[1])


@both
def test_memory_is_flat_over_many_requests(tmp_path, mount):
    """A hundred thousand, or what a busy machine does in 20 seconds; soak.py does a million."""
    with served(tmp_path / "site", SITE) as site:
        wrk(site, f"{mount}/hello", 2)
        before, count, end = site.resident_kib(), 0, time.monotonic() + 20
        while count < 100_000 and time.monotonic() < end:
            count += wrk(site, f"{mount}/hello", 2)
        assert count > 1_000
        assert site.resident_kib() - before < 2_000
        assert site.descriptors() < 60
