"""The body of a request as WSGI sees it: `wsgi.input`."""

import hashlib
import random

import pytest
from integration.apps.serving import send_until_blocked, served, upload


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with served(tmp_path_factory.mktemp("wsgi"), 'wsgi = "wsgi_facts.application"') as running:
        yield running


BODY = b"one\ntwo\nthree"


@pytest.mark.parametrize(
    ("calls", "expected"),
    [
        ("read", ["one\ntwo\nthree"]),
        ("read=4&read", ["one\n", "two\nthree"]),
        ("read=0&read=100&read=1", ["", "one\ntwo\nthree", ""]),
        ("readline&readline&readline&readline", ["one\n", "two\n", "three", ""]),
        ("readline=2&readline=9&readline", ["on", "e\n", "two\n"]),
        ("read=5&readline&read", ["one\nt", "wo\n", "three"]),
        ("readlines", [["one\n", "two\n", "three"]]),
        ("readline&readlines", ["one\n", ["two\n", "three"]]),
        ("iterate", [["one\n", "two\n", "three"]]),
        ("readline&iterate&read", ["one\n", ["two\n", "three"], ""]),
    ],
)
@pytest.mark.parametrize("how", ["whole", "chunked", "in pieces"])
def test_the_body_is_a_file(site, how, calls, expected):
    head = f"POST /input?{calls} HTTP/1.1\r\nHost: a\r\n"
    with site.raw() as connection:
        if how == "chunked":
            chunks = b"".join(b"%x\r\n%b\r\n" % (len(p), p) for p in (BODY[:5], BODY[5:]))
            connection.send(head + "Transfer-Encoding: chunked\r\n\r\n")
            connection.send(chunks + b"0\r\n\r\n")
        else:
            connection.send(head + f"Content-Length: {len(BODY)}\r\n\r\n")
            pieces = [BODY] if how == "whole" else [BODY[i : i + 3] for i in range(0, 13, 3)]
            for piece in pieces:
                connection.send(piece)
        assert connection.read_response().json() == expected


@pytest.mark.parametrize("coding", ["content-length", "chunked"])
def test_ten_megabytes_arrive_complete(site, coding):
    body = random.Random(1).randbytes(10_000_000)
    with site.raw(30) as connection:
        upload(connection, "/digest", body, coding)
        assert connection.read_response().json() == [len(body), hashlib.sha256(body).hexdigest()]


def test_the_body_is_read_while_it_arrives(site, name):
    with site.raw() as connection:
        head = f"POST /progress?{name} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        connection.send(head + "5\r\nfirst\r\n")
        site.wait_for_event("", name, "got first")
        connection.send("5\r\nafter\r\n0\r\n\r\n")
        assert connection.read_response().body == b"after"


def test_a_client_that_expects_100_is_told_to_go_on_when_the_body_is_read(site):
    with site.raw() as connection:
        connection.send(
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"
        )
        assert connection.read_head().status == 100
        connection.send("hello")
        assert connection.read_response().body == b"hello"


def test_an_unread_body_does_not_disturb_the_next_request(site):
    with site.client() as client:
        assert client.request("POST", "/unread", body=b"x" * 20_000).body == b"not read"
        assert client.get("/hello").body == b"hello"


def test_an_application_that_does_not_read_stops_its_sender(site, name):
    size = 40_000_000
    with site.raw(1.0) as connection:
        head = f"POST /slow_reader?{name} HTTP/1.1\r\nHost: a\r\nContent-Length: {size}\r\n\r\n"
        connection.send(head)
        sent = send_until_blocked(connection, size)
        assert sent < 20_000_000
        site.get(f"/open?{name}")
        connection.socket.settimeout(30)
        connection.send(bytes(size - sent))
        assert connection.read_response().body == str(size).encode()
