"""A server that is told to stop finishes what it began, and nothing takes longer than it may."""

import signal
import threading
import time

import pytest
from integration.apps.serving import served

from support.servers import wait_until

SITE = """
[[mounts]]
path = "/wsgi"
wsgi = "wsgi_facts.application"
[[mounts]]
path = "/asgi"
asgi = "asgi_facts.application"
"""
both = pytest.mark.parametrize("mount", ["/wsgi", "/asgi"])


@both
def test_a_stop_under_load_loses_no_request(tmp_path, mount):
    failures, done = [], [0]

    def ask(site):
        try:
            while True:
                with site.client() as client:
                    closing = False
                    while not closing:
                        response = client.get(f"{mount}/sleep?5")
                        assert response.body == b"slept"
                        closing = (response.header("connection") or "").lower() == "close"
                        done[0] += 1
        except ConnectionRefusedError:
            pass  # it has stopped
        except Exception as error:
            failures.append(repr(error))

    with served(tmp_path / "site", SITE) as site:
        threads = [threading.Thread(target=ask, args=(site,)) for _ in range(16)]
        for thread in threads:
            thread.start()
        wait_until(lambda: done[0] > 200, "requests are under way")
        site.process.stop(signal.SIGTERM)
        for thread in threads:
            thread.join()
    assert failures == []


@both
def test_a_stop_lets_requests_finish(tmp_path, mount):
    with served(tmp_path / "site", SITE) as site, site.raw() as connection:
        connection.send(f"GET {mount}/steps?a HTTP/1.1\r\nHost: a\r\n\r\n")
        connection.read_head()
        assert connection.read_chunk() == b"first"
        site.get(f"{mount}/open?a1")
        site.get(f"{mount}/open?a2")
        site.process.send_signal(signal.SIGTERM)
        assert b"".join(iter(connection.read_chunk, b"")) == b"secondthird"
        assert site.process.wait() == 0


def test_idle_connections_do_not_hold_up_a_stop(tmp_path):
    with served(tmp_path / "site", SITE) as site, site.raw() as silent, site.client() as client:
        assert client.get("/wsgi/hello").status == 200
        began = time.monotonic()
        site.process.stop(signal.SIGTERM)
        assert time.monotonic() - began < 3
        assert silent.is_closed()


@both
def test_a_second_signal_ends_at_once(tmp_path, mount):
    with served(tmp_path / "site", SITE) as site, site.raw() as connection:
        connection.send(f"GET {mount}/steps?never HTTP/1.1\r\nHost: a\r\n\r\n")
        connection.read_head()
        site.process.send_signal(signal.SIGTERM)
        wait_until(lambda: refuses(site), "the listener is closed")
        assert site.process.process.poll() is None
        site.process.send_signal(signal.SIGTERM)
        assert site.process.wait(3) != 0


@both
def test_the_grace_time_ends_a_stop(tmp_path, mount):
    configuration = SITE + "[server]\ngraceful_timeout_ms = 300\n"
    with served(tmp_path / "site", configuration) as site, site.raw() as connection:
        connection.send(f"GET {mount}/steps?never HTTP/1.1\r\nHost: a\r\n\r\n")
        connection.read_head()
        site.process.send_signal(signal.SIGTERM)
        assert site.process.wait(5) != 0


def refuses(site):
    try:
        site.raw().close()
    except ConnectionRefusedError:
        return True
    return False
