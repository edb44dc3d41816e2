"""ASGI 3 as its specification has it, by an application behind real sockets."""

import hashlib
import random
import signal
import time

import pytest
from integration.apps.serving import (
    configure,
    reset,
    send_until_blocked,
    served,
    tracebacks,
    upload,
)

from support.clients import at_once
from support.puff_process import run_puff
from support.raw_http import BadResponse
from support.servers import free_port, wait_until

SITE = """
asgi = "asgi_facts.application"
[[mounts]]
path = "/deep/mount"
asgi = "asgi_facts.application"
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with served(tmp_path_factory.mktemp("asgi"), SITE) as running:
        yield running


@pytest.fixture
def scope(site):
    """What the application was given for a request; a scalar is (type, value)."""
    return lambda target, headers="": site.ask(
        f"GET {target} HTTP/1.1\r\nHost: puff.test\r\n{headers}\r\n"
    ).json()


def test_the_scope_has_the_types_of_the_specification(site, scope):
    got = scope("/scope/a%20b%C3%BC?x=%20")
    assert got["type"] == ["str", "http"]
    assert got["asgi"]["version"] == ["str", "3.0"]
    assert got["asgi"]["spec_version"][0] == "str"
    assert got["http_version"] == ["str", "1.1"]
    assert got["method"] == ["str", "GET"]
    assert got["scheme"] == ["str", "http"]
    assert got["path"] == ["str", "/scope/a bü"]
    assert got["raw_path"] == ["bytes", "/scope/a%20b%C3%BC"]
    assert got["query_string"] == ["bytes", "x=%20"]
    assert got["root_path"] == ["str", ""]
    assert got["server"] == [["str", "127.0.0.1"], ["int", site.address[1]]]
    assert got["client"][0] == ["str", "127.0.0.1"]
    assert got["client"][1][0] == "int"


def test_headers_are_pairs_of_bytes_with_lower_case_names(scope):
    got = scope("/scope", "X-Mixed: One\r\nx-mixed: Two\r\nX_Under: 1\r\n")["headers"]
    assert [["bytes", "host"], ["bytes", "puff.test"]] in got
    mixed = [value for key, value in got if key == ["bytes", "x-mixed"]]
    assert mixed == [["bytes", "One"], ["bytes", "Two"]]


def test_http_1_0_is_named_by_its_version(site):
    got = site.ask("GET /scope HTTP/1.0\r\n\r\n").json()
    assert got["http_version"] == ["str", "1.0"]


def test_a_mount_is_the_root_path(scope):
    got = scope("/deep/mount/scope")
    assert got["root_path"] == ["str", "/deep/mount"]
    assert got["path"] == ["str", "/deep/mount/scope"]


def test_the_state_of_the_lifespan_is_in_each_scope(site):
    assert site.get("/state").json() == [["a list"], True]
    assert site.get("/state").json() == [["a list"], True]


def test_it_runs_on_the_asyncio_thread(site):
    assert site.get("/where").json() == [True, False]


@pytest.mark.parametrize("coding", ["content-length", "chunked"])
def test_ten_megabytes_arrive_complete_and_in_pieces(site, coding):
    body = random.Random(2).randbytes(10_000_000)
    with site.raw(30) as connection:
        upload(connection, "/digest", body, coding)
        got = connection.read_response().json()
    assert got == [len(body), hashlib.sha256(body).hexdigest(), True]


def test_a_large_answer_is_complete(site):
    assert site.get("/large?10000000").body == b"y" * 10_000_000


def test_a_body_streams_both_ways_at_once(site):
    with site.raw() as connection:
        connection.send(
            "POST /echo_pieces HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        connection.send("5\r\nfirst\r\n")
        connection.read_head()
        assert connection.read_chunk() == b"first"
        connection.send("6\r\nsecond\r\n")
        assert connection.read_chunk() == b"second"
        connection.send("0\r\n\r\n")
        assert connection.read_chunk() == b""


def test_an_answer_is_sent_piece_by_piece(site, name):
    with site.raw() as connection:
        connection.send(f"GET /steps?{name} HTTP/1.1\r\nHost: a\r\n\r\n")
        connection.read_head()
        assert connection.read_chunk() == b"first"
        site.get(f"/open?{name}1")
        assert connection.read_chunk() == b"second"
        site.get(f"/open?{name}2")
        assert connection.read_chunk() == b"third"
        assert connection.read_chunk() == b""


def test_an_application_that_does_not_receive_stops_its_sender(site, name):
    size = 40_000_000
    with site.raw() as connection:
        head = f"POST /slow_reader?{name} HTTP/1.1\r\nHost: a\r\nContent-Length: {size}\r\n\r\n"
        connection.send(head)
        sent = send_until_blocked(connection, size)
        assert sent < 20_000_000
        site.get(f"/open?{name}")
        connection.socket.settimeout(30)
        connection.send(bytes(size - sent))
        assert connection.read_response().body == str(size).encode()


def test_a_client_that_does_not_read_stops_its_sender(site, name):
    with site.raw(30) as connection:
        connection.send(f"GET /fast_sender?{name} HTTP/1.1\r\nHost: a\r\n\r\n")
        connection.read_head()
        counts = []

        def stopped():
            counts.append(len(site.events("", name)))
            return len(counts) > 20 and counts[-1] == counts[-20]

        wait_until(stopped, "the sender stops")
        assert counts[-1] < 320
        assert sum(len(piece) for piece in iter(connection.read_chunk, b"")) == 640 * 65_536
    assert len(site.events("", name)) == 640


def test_a_disconnect_is_received_and_sending_fails(site, name):
    with site.raw() as connection:
        connection.send(f"GET /disconnect?{name} HTTP/1.1\r\nHost: a\r\n\r\n")
        site.wait_for_event("", name, "began")
    site.wait_for_event("", name, "OSError")
    assert site.events("", name) == ["began", "http.disconnect", "OSError"]


def test_a_client_that_resets_in_mid_download_stops_the_sender(site, name):
    connection = site.raw()
    connection.send(f"GET /endless?{name} HTTP/1.1\r\nHost: a\r\n\r\n")
    connection.read_head()
    reset(connection)
    site.wait_for_event("", name, "OSError")
    assert tracebacks(site.process, "the client is gone") == 0


def test_after_a_whole_exchange_receive_tells_of_a_disconnect(site, name):
    assert site.get(f"/after_the_end?{name}").body == b"done"
    site.wait_for_event("", name, "http.disconnect")


def test_headers_may_repeat(site):
    assert site.get("/cookies").all("set-cookie") == ["a=1", "b=2"]


def test_headers_may_be_left_out(site):
    assert site.get("/no_headers").body == b"bare"


def test_no_content_has_no_body_and_no_length(site):
    with site.client() as client:
        response = client.get("/no_content")
        assert response.status == 204
        assert response.header("transfer-encoding") is None
        assert client.get("/hello").body == b"hello"


@pytest.mark.parametrize("path", ["/hello", "/lines", "/large?100000"])
def test_head_has_the_head_of_get_and_no_body(site, path):
    with site.client() as client:
        response = client.request("HEAD", path)
        assert (response.status, response.body) == (200, b"")
        assert response.header("content-length") == client.get(path).header("content-length")


def test_an_unread_body_does_not_disturb_the_next_request(site):
    with site.client() as client:
        assert client.request("POST", "/unread", body=b"x" * 20_000).body == b"not read"
        assert client.get("/hello").body == b"hello"


def test_an_exception_is_a_500_and_one_traceback(site, name):
    with site.client() as client:
        response = client.get(f"/raise?{name}")
        assert response.status == 500
        assert name not in response.text
        assert client.get("/hello").body == b"hello"
    site.process.wait_for_line(f"ValueError: {name}")
    assert tracebacks(site.process, name) == 1


def test_an_exception_in_mid_stream_cuts_the_connection(site, name):
    with site.raw() as connection:
        connection.send(f"GET /raise_midway?{name} HTTP/1.1\r\nHost: a\r\n\r\n")
        connection.read_head()
        assert connection.read_chunk() == b"first"
        site.get(f"/open?{name}")
        with pytest.raises(BadResponse, match="closed"):
            connection.read_chunk()
    site.process.wait_for_line(f"ValueError: {name}")
    assert tracebacks(site.process, name) == 1


def test_an_exception_after_the_answer_is_logged_and_harms_nobody(site, name):
    with site.client() as client:
        assert client.get(f"/raise_after?{name}").body == b"whole"
        assert client.get("/hello").body == b"hello"
    site.process.wait_for_line(f"ValueError: {name}")


def test_exit_ends_the_request_and_not_the_server(site):
    assert site.get("/exit").status == 500
    assert site.get("/hello").body == b"hello"


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/start_only",
        "/body_first",
        "/unknown_message",
        "/twice",
        "/text_body",
        "/bad_header",
    ],
)
def test_a_breach_of_the_protocol_is_a_500(site, path):
    response = site.get(path)
    assert response.status == 500
    assert response.all("x-injected") == []
    assert site.get("/hello").body == b"hello"


@pytest.mark.parametrize("path", ["/half", "/too_short"])
def test_an_unfinished_answer_is_cut(site, name, path):
    with site.raw() as connection:
        connection.send(f"GET {path}?{name} HTTP/1.1\r\nHost: a\r\n\r\n")
        assert connection.read_head().status == 200
        site.get(f"/open?{name}")
        assert not connection.read_to_end().endswith(b"0\r\n\r\n")
    assert site.get("/hello").body == b"hello"


def test_each_request_has_a_context_of_its_own(site):
    answers = at_once([lambda n=n: site.get(f"/context?{n}").text for n in range(20)])
    assert answers == [f"nothing {n}" for n in range(20)]


def test_the_task_of_a_request_is_the_same_from_start_to_end(site):
    assert site.get("/task").body == b"True"


def test_anyio_works(site):
    assert site.get("/anyio").json() == [True, False]


def test_hundreds_wait_at_once(site):
    began = time.monotonic()
    answers = at_once([lambda: site.get("/sleep?500").body for _ in range(200)])
    assert answers == [b"slept"] * 200
    assert time.monotonic() - began < 5


def test_pipelined_requests_are_answered_in_order(site):
    with site.raw() as connection:
        paths = ["/hello", "/lines", "/missing", "/hello"]
        connection.send("".join(f"GET {p} HTTP/1.1\r\nHost: a\r\n\r\n" for p in paths))
        assert [connection.read_response().status for _ in paths] == [200, 200, 404, 200]


def test_the_application_shuts_down_with_the_server(tmp_path):
    with served(tmp_path / "site", 'asgi = "asgi_facts.application"\n') as site:
        assert site.get("/hello").body == b"hello"
        site.process.stop(signal.SIGTERM)
        assert site.process.stdout.count("the application has shut down") == 1


@pytest.mark.parametrize(
    ("application", "body"),
    [("http_only", b"served"), ("returns", b"served"), ("an_object", b"an object")],
)
def test_an_application_without_lifespan_is_served(tmp_path, application, body):
    with served(tmp_path / "site", f'asgi = "lifespans.{application}"\n') as site:
        assert site.get("/").body == body
        assert "Traceback" not in site.process.stderr
        site.process.stop()


def test_a_lifespan_that_raises_is_said_and_the_application_is_served(tmp_path):
    with served(tmp_path / "site", 'asgi = "lifespans.start_raises"\n') as site:
        assert site.get("/").body == b"served"
        assert "the cellar is flooded" in site.process.stderr


def test_a_start_that_fails_ends_the_server(project):
    configure(project.folder, 'asgi = "lifespans.start_fails"')
    done = run_puff(["serve", "--bind", f"127.0.0.1:{free_port()}"], project.folder)
    assert done.returncode == 1
    assert "the cellar is flooded" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_shutdown_that_fails_is_said(tmp_path):
    with served(tmp_path / "site", 'asgi = "lifespans.shutdown_fails"\n') as site:
        assert site.get("/").body == b"served"
        site.process.send_signal(signal.SIGTERM)
        site.process.wait()
        assert "the door is stuck" in site.process.stderr


def test_nobody_is_served_before_the_start_is_complete(tmp_path):
    with served(tmp_path / "site", 'asgi = "lifespans.slow_start"\n') as site:
        assert site.get("/").body == b"started"
