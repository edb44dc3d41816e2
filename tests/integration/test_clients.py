"""The clients that people use, and the addresses that a server may have."""

import asyncio
import hashlib
import os
import random
import socket
import subprocess

import aiohttp
import httpx
import pytest
import requests
from integration.apps.serving import configure, served

from support.clients import HttpClient
from support.servers import free_port

SITE = """
[[mounts]]
path = "/wsgi"
wsgi = "wsgi_facts.application"
[[mounts]]
path = "/asgi"
asgi = "asgi_facts.application"
"""
BODY = random.Random(3).randbytes(3_000_000)
LINES = b"".join(b"line %d\n" % number for number in range(5))

both = pytest.mark.parametrize("mount", ["/wsgi", "/asgi"])


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with served(tmp_path_factory.mktemp("clients"), SITE) as running:
        yield running


def curl(*arguments, body=None):
    command = ["curl", "--silent", "--show-error", "--fail", "--max-time", "20", *arguments]
    done = subprocess.run(command, input=body, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@both
def test_curl_gets_and_streams(site, mount):
    assert curl(f"{site.url}{mount}/hello") == b"hello"
    assert curl("--http1.0", f"{site.url}{mount}/lines") == LINES
    assert curl("--no-buffer", f"{site.url}{mount}/lines", f"{site.url}{mount}/hello") == (
        LINES + b"hello"
    )


@both
@pytest.mark.parametrize("how", [["--data-binary", "@-"], ["--upload-file", "-"]])
def test_curl_uploads_with_a_length_and_in_chunks(site, mount, how):
    assert curl(*how, "-X", "POST", f"{site.url}{mount}/echo", body=BODY) == BODY


@both
def test_curl_reads_a_head(site, mount):
    head = curl("--head", f"{site.url}{mount}/hello").lower()
    assert head.startswith(b"http/1.1 200 ok\r\n")
    assert b"content-length: 5\r\n" in head
    assert b"\r\ndate: " in head


@both
def test_requests_keeps_its_connection(site, mount):
    with requests.Session() as session:
        for _ in range(3):
            assert session.get(f"{site.url}{mount}/hello", timeout=10).text == "hello"
        posted = session.post(f"{site.url}{mount}/echo", data=BODY, timeout=20)
        assert posted.content == BODY
        cookies = session.get(f"{site.url}{mount}/cookies", timeout=10).cookies
    assert cookies.get_dict() == {"a": "1", "b": "2"}


@both
def test_requests_streams_both_ways(site, mount):
    pieces = (BODY[i : i + 100_000] for i in range(0, len(BODY), 100_000))
    posted = requests.post(f"{site.url}{mount}/digest", data=pieces, timeout=20)
    assert posted.json()[:2] == [len(BODY), hashlib.sha256(BODY).hexdigest()]
    with requests.get(f"{site.url}{mount}/lines", stream=True, timeout=20) as got:
        assert b"".join(got.iter_content(None)) == LINES


@both
def test_httpx_asks_for_a_hundred_at_once(site, mount):
    async def ask():
        limits = httpx.Limits(max_connections=100)
        async with httpx.AsyncClient(timeout=20, limits=limits, trust_env=False) as client:
            calls = [client.get(f"{site.url}{mount}/sleep?100") for _ in range(100)]
            texts = [reply.text for reply in await asyncio.gather(*calls)]
            posted = await client.post(f"{site.url}{mount}/echo", content=BODY)
            async with client.stream("GET", f"{site.url}{mount}/lines") as reply:
                lines = [line async for line in reply.aiter_lines()]
        return texts, posted.content, lines

    texts, posted, lines = asyncio.run(ask())
    assert texts == ["slept"] * 100
    assert posted == BODY
    assert lines == LINES.decode().splitlines()


@both
def test_aiohttp_asks_for_a_hundred_at_once(site, mount):
    async def chunks():
        for start in range(0, len(BODY), 100_000):
            yield BODY[start : start + 100_000]

    async def one(session):
        async with session.get(f"{site.url}{mount}/sleep?100") as reply:
            return await reply.text()

    async def ask():
        limit = aiohttp.ClientTimeout(20)
        async with aiohttp.ClientSession(timeout=limit) as session:
            texts = await asyncio.gather(*(one(session) for _ in range(100)))
            async with session.post(f"{site.url}{mount}/echo", data=chunks()) as reply:
                return texts, await reply.read()

    texts, posted = asyncio.run(ask())
    assert texts == ["slept"] * 100
    assert posted == BODY


def fetch(address, target):
    with HttpClient(address) as client:
        return client.get(target)


def hello(folder, process_fixture, *binds, **env):
    configure(folder, 'wsgi = "wsgi_facts.application"')
    options = [word for bind in binds for word in ("--bind", bind)]
    return process_fixture("serve", *options, **env)


def test_a_unix_socket_serves_curl(project, puff):
    path = str(project.path("web.sock"))
    process = hello(project.folder, puff, f"unix:{path}")
    process.wait_for_address(path)
    assert curl("--unix-socket", path, "http://localhost/hello") == b"hello"
    got = fetch(path, "/environ").json()
    assert got["SERVER_PORT"][0] == got["SERVER_NAME"][0] == got["REMOTE_ADDR"][0] == "str"
    process.stop()
    assert not os.path.exists(path)


def test_a_unix_socket_left_by_a_killed_server_is_taken_over(project, puff):
    path = str(project.path("web.sock"))
    first = hello(project.folder, puff, f"unix:{path}")
    first.wait_for_address(path)
    first.kill()
    assert os.path.exists(path)
    hello(project.folder, puff, f"unix:{path}").wait_for_address(path)


def test_a_unix_socket_in_use_is_left_alone(project, puff):
    path = str(project.path("web.sock"))
    hello(project.folder, puff, f"unix:{path}").wait_for_address(path)
    second = hello(project.folder, puff, f"unix:{path}")
    assert second.wait() == 1
    assert path in second.stderr
    assert fetch(path, "/hello").body == b"hello"


@pytest.mark.skipif(not os.path.exists("/proc/net/if_inet6"), reason="the kernel has no IPv6")
def test_ipv6_has_its_address_in_brackets(project, puff):
    with socket.socket(socket.AF_INET6) as probe:
        probe.bind(("::1", 0))
        port = probe.getsockname()[1]
    process = hello(project.folder, puff, f"[::1]:{port}")
    process.wait_for_line(rf"\[::1\]:{port}")
    assert curl("--globoff", f"http://[::1]:{port}/hello") == b"hello"
    got = requests.get(f"http://[::1]:{port}/environ", timeout=10).json()
    assert got["REMOTE_ADDR"] == ["str", "::1"]


def test_two_addresses_are_served_at_once(project, puff):
    ports = [free_port(), free_port()]
    process = hello(project.folder, puff, *(f"127.0.0.1:{port}" for port in ports))
    for port in ports:
        process.wait_for_address(("127.0.0.1", port))
        got = fetch(("127.0.0.1", port), "/environ").json()
        assert got["SERVER_PORT"] == ["str", str(port)]


def test_a_host_name_is_an_address(project, puff):
    port = free_port()
    process = hello(project.folder, puff, f"localhost:{port}")
    process.wait_for_address(("127.0.0.1", port))
    assert curl(f"http://localhost:{port}/hello") == b"hello"


def test_processes_share_a_port_when_asked_to(project, puff):
    bind = f"127.0.0.1:{free_port()}"
    for _ in range(2):
        process = hello(project.folder, puff, bind, PUFF_REUSE_PORT="true")
        process.wait_for_line(bind)
    assert curl(f"http://{bind}/hello") == b"hello"
