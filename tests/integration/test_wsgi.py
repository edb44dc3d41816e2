"""WSGI as PEP 3333 has it, by an application behind real sockets."""

import time

import pytest
from integration.apps.serving import served, tracebacks

from support.clients import at_once
from support.raw_http import BadResponse
from support.servers import wait_until

SITE = """
wsgi = "wsgi_facts.application"
[[mounts]]
path = "/checked"
wsgi = "wsgi_facts.checked"
[[mounts]]
path = "/deep/mount"
wsgi = "wsgi_facts.application"
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with served(tmp_path_factory.mktemp("wsgi"), SITE) as running:
        yield running
        assert "Fatal" not in running.process.output


@pytest.fixture
def environ(site):
    """What the application was given for a request: name -> (type, value)."""

    def ask(target, headers="", mount=""):
        request = f"GET {mount}{target} HTTP/1.1\r\nHost: puff.test:81\r\n{headers}\r\n"
        got = site.ask(request).json()
        return {key: tuple(value) for key, value in got.items()}

    return ask


@pytest.mark.parametrize(
    "request_text",
    [
        "GET /checked/hello HTTP/1.1\r\nHost: a\r\n\r\n",
        "HEAD /checked/hello HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /checked/hello?a=b&c HTTP/1.1\r\nHost: a\r\nCookie: a=b\r\nX-A: 1\r\nX-A: 2\r\n\r\n",
        "POST /checked/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
        "Content-Type: text/plain\r\n\r\nhello",
        "POST /checked/echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        "5\r\nhello\r\n0\r\n\r\n",
        "GET /checked/write HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /checked/lines HTTP/1.0\r\nHost: a\r\n\r\n",
        "GET /checked HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /checked/hello HTTP/1.0\r\n\r\n",
        "POST /checked/input?iterate HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\na\nb\n",
    ],
)
def test_the_standard_validator_has_no_complaint(site, request_text):
    response = site.ask(request_text, request_text.split()[0])
    assert response.status in (200, 404), site.process.stderr
    assert "validate" not in site.process.stderr
    assert "without being closed" not in site.process.stderr


def test_environ_tells_where_the_request_came_from(site, environ):
    got = environ("/environ?a=1&b=%20")
    assert got["REMOTE_ADDR"] == ("str", "127.0.0.1")
    assert got["REMOTE_PORT"][1].isdecimal()
    assert got["SERVER_PORT"] == ("str", str(site.address[1]))
    assert got["SERVER_NAME"][1]
    assert got["HTTP_HOST"] == ("str", "puff.test:81")
    assert got["REQUEST_METHOD"] == ("str", "GET")
    assert got["QUERY_STRING"] == ("str", "a=1&b=%20")
    assert got["SERVER_PROTOCOL"] == ("str", "HTTP/1.1")
    assert got["wsgi.url_scheme"] == ("str", "http")
    assert got["wsgi.version"] == ("tuple", [1, 0])


def test_a_request_without_query_has_an_empty_one(environ):
    assert environ("/environ")["QUERY_STRING"] == ("str", "")


def test_http_1_0_is_named_by_its_version(site):
    got = site.ask("GET /environ HTTP/1.0\r\n\r\n").json()
    assert got["SERVER_PROTOCOL"] == ["str", "HTTP/1.0"]


@pytest.mark.parametrize(
    ("mount", "target", "script", "path"),
    [
        ("", "/environ", "", "/environ"),
        ("/deep/mount", "/environ", "/deep/mount", "/environ"),
    ],
)
def test_a_mount_is_the_script_name(environ, mount, target, script, path):
    got = environ(target, mount=mount)
    assert (got["SCRIPT_NAME"][1], got["PATH_INFO"][1]) == (script, path)


def test_a_mount_ends_at_the_border_of_a_segment(site):
    assert site.get("/deep/mounted/environ").status == 404
    assert site.get("/deepmount/environ").status == 404


@pytest.mark.parametrize(
    ("sent", "received"),
    [
        ("/environ", "/environ"),
        ("/%65nviron", "/environ"),
        ("/environ/", "/environ/"),
        ("/environ/a%2Fb", "/environ/a/b"),
        ("/environ/%zz%", "/environ/%zz%"),
        ("/environ/%2561", "/environ/%61"),
    ],
)
def test_a_path_is_unquoted_once(environ, sent, received):
    assert environ(sent)["PATH_INFO"][1] == received


def test_a_path_beyond_ascii_is_latin_1_of_its_bytes(environ):
    got = environ("/environ/%C3%BC%E2%82%AC%ff?%C3%BC")
    assert got["PATH_INFO"] == ("str", "/environ/\xc3\xbc\xe2\x82\xac\xff")
    assert got["QUERY_STRING"] == ("str", "%C3%BC")


def test_header_values_are_latin_1(environ):
    got = environ("/environ", "X-Name: J\xf6rg\r\n")
    assert got["HTTP_X_NAME"] == ("str", "J\xf6rg")


def test_headers_of_one_name_are_joined(environ):
    got = environ("/environ", "X-A: 1\r\nX-B: z\r\nx-a: 2\r\nCookie: a=1\r\nCookie: b=2\r\n")
    assert got["HTTP_X_A"][1].replace(" ", "") == "1,2"
    assert got["HTTP_COOKIE"][1] == "a=1; b=2"


def test_a_header_with_an_underscore_cannot_pass_for_another(environ):
    got = environ("/environ", "X_User: mallory\r\nX-User: alice\r\nContent_Length: 7\r\n")
    assert got["HTTP_X_USER"][1] == "alice"
    assert "CONTENT_LENGTH" not in got
    assert "mallory" not in str(got)


def test_content_headers_have_no_prefix(site):
    got = site.post("/environ", b"abc", {"Content-Type": "text/x"}).json()
    assert got["CONTENT_LENGTH"] == ["str", "3"]
    assert got["CONTENT_TYPE"] == ["str", "text/x"]
    assert not {"HTTP_CONTENT_LENGTH", "HTTP_CONTENT_TYPE"} & set(got)


def test_write_sends_before_what_is_returned(site):
    assert site.get("/write").body == b"one two three"


def test_a_generator_is_sent_piece_by_piece(site, name):
    with site.raw() as connection:
        connection.send(f"GET /steps?{name} HTTP/1.1\r\nHost: a\r\n\r\n")
        assert connection.read_head().header("transfer-encoding") == "chunked"
        assert connection.read_chunk() == b"first"
        site.get(f"/open?{name}1")
        assert connection.read_chunk() == b"second"
        assert site.events("", name) == []
        site.get(f"/open?{name}2")
        assert connection.read_chunk() == b"third"
        assert connection.read_chunk() == b""
    site.wait_for_event("", name, "closed")


def test_a_piece_leaves_before_the_next_is_computed(site, name):
    with site.raw(1.0) as connection:
        connection.send(f"GET /steps_without_wait?{name} HTTP/1.1\r\nHost: a\r\n\r\n")
        connection.read_head()
        assert connection.read_chunk() == b"first"
        connection.socket.settimeout(10)
        assert connection.read_chunk() == b"second"


def test_http_1_0_gets_a_stream_without_chunks(site):
    with site.raw() as connection:
        connection.send("GET /lines HTTP/1.0\r\n\r\n")
        head, _, body = connection.read_to_end().partition(b"\r\n\r\n")
    assert b"chunked" not in head.lower()
    assert body == b"".join(b"line %d\n" % n for n in range(5))


@pytest.mark.parametrize("path", ["/closed", "/closed_after_failure"])
def test_close_is_called_once(site, name, path):
    with site.raw() as connection:
        connection.send(f"GET {path}?{name} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        connection.read_to_end()
    site.wait_for_event("", name, "closed")
    assert site.events("", name) == ["closed"]


def test_a_close_that_fails_is_logged_and_harms_nobody(site, name):
    with site.client() as client:
        assert client.get(f"/close_fails?{name}").body == b"ok"
        assert client.get("/hello").body == b"hello"
    site.process.wait_for_line(f"ValueError: {name}")


@pytest.mark.parametrize("path", ["/hello", "/lines", "/large?100000"])
def test_head_has_the_head_of_get_and_no_body(site, path):
    with site.client() as client:
        response = client.request("HEAD", path)
        assert (response.status, response.body) == (200, b"")
        assert response.header("content-length") == client.get(path).header("content-length")


def test_an_answer_shorter_than_announced_is_cut(site):
    with site.raw() as connection:
        connection.send("GET /too_short HTTP/1.1\r\nHost: a\r\n\r\n")
        with pytest.raises(BadResponse, match="closed after b'short'"):
            connection.read_response()


def test_an_answer_longer_than_announced_keeps_to_its_length(site):
    with site.raw() as connection:
        connection.send("GET /too_long HTTP/1.1\r\nHost: a\r\n\r\n")
        assert connection.read_response().body == b"exact"
        connection.send("GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        assert b" and more" not in connection.read_to_end()
    site.process.wait_for_line("longer than its Content-Length")


@pytest.mark.parametrize(
    "path", ["/no_start", "/no_start_empty", "/nothing", "/twice", "/text", "/bad_header"]
)
def test_a_breach_of_the_protocol_is_a_500(site, path):
    response = site.get(path)
    assert response.status == 500
    assert response.all("x-injected") == []
    assert site.get("/hello").body == b"hello"


def test_an_exception_is_a_500_and_one_traceback(site, name):
    with site.client() as client:
        assert client.get(f"/raise?{name}").status == 500
        assert client.get("/hello").body == b"hello"
    site.process.wait_for_line(f"ValueError: {name}")
    assert tracebacks(site.process, name) == 1
    assert name not in site.process.stdout


def test_the_client_is_not_shown_what_failed(site, name):
    assert name.encode() not in site.get(f"/raise?{name}").body


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


def test_exit_ends_the_request_and_not_the_server(site):
    assert site.get("/exit").status == 500
    assert site.get("/hello").body == b"hello"


def test_exc_info_replaces_a_head_that_has_not_left(site):
    response = site.get("/exc_info_early")
    assert (response.status, response.reason, response.body) == (503, "Later", b"sorry")
    assert response.header("x-second") == "yes"
    assert response.header("content-type") is None


def test_exc_info_is_raised_once_the_head_has_left(site, name):
    with site.raw() as connection:
        connection.send(f"GET /exc_info_late?{name} HTTP/1.1\r\nHost: a\r\n\r\n")
        assert connection.read_head().status == 200
        assert b"0\r\n\r\n" not in connection.read_to_end()
    site.process.wait_for_line(f"KeyError: '{name}'")


def test_headers_may_repeat(site):
    assert site.get("/cookies").all("set-cookie") == ["a=1", "b=2"]


def test_the_reason_is_the_applications(site):
    response = site.get("/reason")
    assert (response.status, response.reason) == (299, "Quite Fine")


def test_no_content_has_no_body_and_no_length(site):
    with site.client() as client:
        response = client.get("/no_content")
        assert response.status == 204
        assert response.header("transfer-encoding") is None
        assert client.get("/hello").body == b"hello"


def test_a_file_is_wrapped(site):
    assert site.get("/file").body.startswith(b'"""A WSGI application')


def test_a_large_answer_is_complete(site):
    response = site.get("/large?10000000")
    assert response.body == b"y" * 10_000_000


def test_each_request_has_a_context_of_its_own(site):
    answers = at_once([lambda n=n: site.get(f"/context?{n}").text for n in range(20)])
    assert answers == [f"nothing {n}" for n in range(20)]


def test_hundreds_wait_at_once(site):
    began = time.monotonic()
    answers = at_once([lambda: site.get("/sleep?500").body for _ in range(200)])
    assert answers == [b"slept"] * 200
    assert time.monotonic() - began < 5


def test_a_client_that_does_not_read_stops_its_generator_and_nobody_else(site, name):
    with site.raw() as connection:
        connection.send(f"GET /endless?{name} HTTP/1.1\r\nHost: a\r\n\r\n")
        counts = []

        def stopped():
            counts.append(len(site.events("", name)))
            return len(counts) > 20 and counts[-1] == counts[-20] > 0

        wait_until(stopped, "the generator stops")
        assert counts[-1] < 320
        assert site.get("/hello").body == b"hello"
    site.wait_for_event("", name, "closed")


def test_open_streams_hold_up_nobody(site, name):
    streams = [site.raw() for _ in range(100)]
    try:
        for connection in streams:
            connection.send(f"GET /steps?{name} HTTP/1.1\r\nHost: a\r\n\r\n")
            connection.read_head()
        assert site.get("/hello").body == b"hello"
        site.get(f"/open?{name}1")
        site.get(f"/open?{name}2")
        for connection in streams:
            assert b"".join(iter(connection.read_chunk, b"")) == b"firstsecondthird"
    finally:
        for connection in streams:
            connection.close()


def test_pipelined_requests_are_answered_in_order(site):
    with site.raw() as connection:
        paths = ["/hello", "/lines", "/missing", "/hello"]
        connection.send("".join(f"GET {p} HTTP/1.1\r\nHost: a\r\n\r\n" for p in paths))
        assert [connection.read_response().status for _ in paths] == [200, 200, 404, 200]
