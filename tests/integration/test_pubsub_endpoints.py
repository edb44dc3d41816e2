"""[[pubsub_endpoint]]: channels as WebSockets and server-sent events, heard by real clients."""

import asyncio
import contextlib
import json
import signal
import time
import uuid

import httpx
import pytest
import redis
from integration.apps.chromium import chromium
from integration.apps.serving import reset, served
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from support.servers import RedisServer, wait_until

SITE = """
asyncio = true
wsgi = "channel_guards.application"
[[pubsub]]
url = "{url}"
[[pubsub_endpoint]]
path = "/open/{{room}}"
channel = "room:{{room}}"
publish = true
keep = 100
heartbeat_ms = 100
[[pubsub_endpoint]]
path = "/guarded/{{room}}"
channel = "room:{{room}}"
authorize = "channel_guards.check"
publish = true
[[pubsub_endpoint]]
path = "/async/{{room}}"
channel = "room:{{room}}"
authorize = "channel_guards.check_later"
[[pubsub_endpoint]]
path = "/slow/{{room}}"
channel = "room:{{room}}"
max_messages = 5
disconnect_slow = true
sse = false
[[pubsub_endpoint]]
path = "/behind/{{room}}"
channel = "room:{{room}}"
max_messages = 5
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with RedisServer(tmp_path_factory.mktemp("redis")) as running:
        yield running


@pytest.fixture(scope="module")
def site(tmp_path_factory, server):
    with served(tmp_path_factory.mktemp("endpoints"), SITE.format(url=server.url)) as running:
        yield running


@pytest.fixture
def room():
    return uuid.uuid4().hex


@pytest.fixture
def store(server):
    with redis.Redis.from_url(server.url) as client:
        yield client


@pytest.fixture
def dial(site):
    base = site.url.replace("http", "ws")
    with contextlib.ExitStack() as opened:
        yield lambda path, **how: opened.enter_context(
            connect(f"{base}{path}", open_timeout=10, **how)
        )


class Events:
    """A stream of server-sent events, read by httpx."""

    def __init__(self, response):
        assert response.status_code == 200, response.status_code
        assert response.headers["content-type"].startswith("text/event-stream")
        self.lines = response.iter_lines()

    def next(self):
        """Name, id and data of the next event."""
        fields = {}
        for line in self.lines:
            if not line and "data" in fields:
                return fields.get("event"), fields.get("id"), json.loads(fields["data"])
            name, _, value = line.partition(": ")
            if name in ("event", "id", "data"):
                fields[name] = value
        return None


@pytest.fixture
def listen(site):
    with contextlib.ExitStack() as opened, httpx.Client(timeout=10) as client:

        def start(path, **headers):
            stream = client.stream("GET", site.url + path, headers=headers)
            return Events(opened.enter_context(stream))

        yield start


def listeners(store, room):
    return dict(store.pubsub_numsub(f"room:{room}"))[f"room:{room}".encode()]


def wait_for_listeners(store, room, count):
    wait_until(lambda: listeners(store, room) == count, f"{count} listeners", 10)


def heard(socket):
    return json.loads(socket.recv(timeout=10))


def test_a_websocket_hears_what_anybody_publishes(dial, store, room):
    socket = dial(f"/open/{room}")
    assert store.publish(f"room:{room}", "grüße\n".encode()) == 1
    assert heard(socket) == {
        "channel": f"room:{room}",
        "text": "grüße\n",
        "from": "",
        "position": None,
    }
    socket.close()
    wait_for_listeners(store, room, 0)


def test_what_a_websocket_sends_all_hear(dial, listen, room):
    events = listen(f"/open/{room}")
    one, other = dial(f"/open/{room}"), dial(f"/open/{room}")
    one.send("hello")
    got = heard(other)
    assert got == heard(one)
    assert (got["text"], len(got["from"])) == ("hello", 32)
    assert got["position"].endswith("-1")
    assert events.next() == (None, got["position"], got)


def test_an_endpoint_that_only_tells_closes_who_speaks(dial, room):
    socket = dial(f"/behind/{room}")
    socket.send("hello")
    with pytest.raises(ConnectionClosed) as caught:
        socket.recv(timeout=10)
    assert caught.value.rcvd.code == 1008


def test_events_go_on_where_they_were(dial, listen, room):
    socket = dial(f"/open/{room}")
    for text in ("1", "2", "3"):
        socket.send(text)
    first = heard(socket)["position"]
    [heard(socket) for _ in range(2)]
    events = listen(f"/open/{room}", **{"Last-Event-ID": first})
    assert [events.next()[2]["text"] for _ in range(2)] == ["2", "3"]
    socket.send("4")
    assert events.next()[2]["text"] == "4"
    back = dial(f"/open/{room}?since={first}")
    assert [heard(back)["text"] for _ in range(3)] == ["2", "3", "4"]


@pytest.mark.parametrize("position", ["nonsense", "abc-17"])
def test_a_position_that_is_none_is_a_gap(listen, dial, room, position):
    dial(f"/open/{room}").send("1")
    events = listen(f"/open/{room}", **{"Last-Event-ID": position})
    name, _, data = events.next()
    assert (name, data) == ("gap", {"gap": {"lost": 0, "interrupted": True}})


def test_silent_streams_have_a_heartbeat(listen, room):
    lines = listen(f"/open/{room}").lines
    assert [next(lines) for _ in range(4)] == ["retry: 2000", "", ":", ""]


def test_who_is_gone_is_unsubscribed(site, store, room):
    with site.raw() as connection:
        connection.send(f"GET /open/{room} HTTP/1.1\r\nHost: x\r\n\r\n")
        wait_for_listeners(store, room, 1)
        reset(connection)
    wait_for_listeners(store, room, 0)


@pytest.mark.parametrize(
    ("query", "status"), [("", 403), ("?denied", 403), ("?broken", 500), ("?who=ann", 101)]
)
def test_the_guard_decides(dial, site, room, query, status):
    if status == 101:
        return dial(f"/guarded/{room}{query}").send("x")
    with pytest.raises(InvalidStatus) as caught:
        dial(f"/guarded/{room}{query}")
    assert caught.value.response.status_code == status
    assert httpx.get(f"{site.url}/guarded/{room}{query}").status_code == status
    return None


def test_the_guard_names_the_visitor(dial, room):
    socket = dial(f"/guarded/{room}", additional_headers={"X-Who": "ann"})
    socket.send("x")
    assert heard(socket)["from"] == "ann"
    dial(f"/guarded/{room}:public")


def test_a_guard_may_be_a_coroutine(dial, listen, store, room):
    with pytest.raises(InvalidStatus, match="403"):
        dial(f"/async/{room}")
    events = listen(f"/async/{room}")
    store.publish(f"room:{room}", "x")
    assert events.next()[2]["text"] == "x"


def flood(store, room):
    """More than a window, the kernel's buffers and the inbox hold."""
    with store.pipeline(transaction=False) as pipe:
        for number in range(400):
            pipe.publish(f"room:{room}", str(number) + "x" * 100_000)
        pipe.execute()


def test_a_slow_client_is_told_of_the_gap(site, store, room):
    with site.raw() as connection:
        connection.send(f"GET /behind/{room} HTTP/1.1\r\nHost: x\r\n\r\n")
        wait_for_listeners(store, room, 1)
        flood(store, room)
        wait_until(lambda: b"gap" in connection.socket.recv(1 << 20), "a gap", 20)


def test_a_slow_client_is_disconnected_if_so_wanted(dial, store, room):
    socket = dial(f"/slow/{room}", max_queue=1)
    flood(store, room)
    with pytest.raises(ConnectionClosed) as caught:
        all(iter(lambda: socket.recv(timeout=10), None))
    assert caught.value.rcvd.code == 1008


def test_streams_end_with_the_server(tmp_path, server, room):
    with served(tmp_path, SITE.format(url=server.url)) as site:
        with (
            httpx.Client(timeout=10) as client,
            client.stream("GET", f"{site.url}/open/{room}") as response,
        ):
            lines = Events(response).lines
            assert next(lines) == "retry: 2000"
            since = time.monotonic()
            site.process.send_signal(signal.SIGTERM)
            assert all(line in ("", ":") for line in lines)
        assert site.process.wait() == 0
        assert time.monotonic() - since < 5


def test_a_browser_listens_to_both(site, dial, tmp_path):
    async def session():
        async with chromium(tmp_path / "profile") as page:
            await page.open(site.url + "/")
            await page.wait_for("socket.readyState === 1 && events.readyState === 1")
            dial("/open/page").send("hello")
            await page.wait_for("heard.length === 1 && spoken.length === 1")
            assert await page.evaluate("heard[0][0]") == "hello"
            assert await page.evaluate("heard[0][1] === spoken[0].position") is True
            # Whoever is cut off comes back with the id of the last event.
            await page.evaluate("events.close(), socket.send('missed')")
            await page.wait_for("spoken.length === 2")
            await page.evaluate(
                "window.again = new EventSource(`/open/page?since=${heard[0][1]}`),"
                "again.onmessage = e => heard.push([JSON.parse(e.data).text, e.lastEventId]), 0"
            )
            await page.wait_for("heard.length === 2")
            assert await page.evaluate("heard[1][0]") == "missed"

    asyncio.run(session())


@pytest.mark.parametrize(
    ("table", "text"),
    [
        ('path = "/a/{x}"\nchannel = "c:{y}"', "does not have"),
        ('path = "/a"\nchannel = "c"\npubsub = "other"', "needs a [[pubsub]] table"),
        ('path = "/a"\nchannel = "c"\nsse = false\nwebsocket = false', "neither"),
        ('path = "/a"\nchannel = "c"\nauthorize = "channel_guards.nobody"', "nobody"),
        ('path = "/a"', "channel"),
    ],
)
def test_mistakes_are_named(tmp_path, server, table, text):
    configuration = f'[[pubsub]]\nurl = "{server.url}"\n[[pubsub_endpoint]]\n{table}\n'
    with served_failing(tmp_path, configuration) as stderr:
        assert text in stderr


@contextlib.contextmanager
def served_failing(folder, configuration):
    from integration.apps.serving import configure

    from support.puff_process import run_puff

    configure(folder, configuration)
    done = run_puff(["serve", "--bind", "127.0.0.1:0"], cwd=folder, timeout=30)
    assert done.returncode == 1
    yield done.stderr
