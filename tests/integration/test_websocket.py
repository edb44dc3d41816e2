"""WebSockets of ASGI applications, by clients that others wrote and by bytes of our own."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import struct
import subprocess

import aiohttp
import pytest
import websockets
from integration.apps.chromium import chromium
from integration.apps.serving import configure, reset, served, serving_address
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from support.puff_process import ROOT, PuffProcess

SITE = """
asgi = "websocket_facts.application"
[[mounts]]
path = "/deep"
asgi = "websocket_facts.application"
[[mounts]]
path = "/api"
asgi = "fastapi_sockets.app"
[websocket]
max_message_bytes = 300000
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with served(tmp_path_factory.mktemp("websocket"), SITE) as running:
        yield running


@pytest.fixture
def dial(site):
    """Connects PyPI's `websockets` to a path."""
    base = site.url.replace("http", "ws")
    with contextlib.ExitStack() as opened:
        yield lambda path, **how: opened.enter_context(
            connect(f"{base}{path}", open_timeout=10, **how)
        )


def closed(client):
    """Code and reason that the server closed with."""
    with pytest.raises(ConnectionClosed) as caught:
        client.recv(timeout=10)
    return caught.value.rcvd.code, caught.value.rcvd.reason


class RawSocket:
    """A WebSocket by the letter: sends any bytes, reads frames."""

    KEY = "dGhlIHNhbXBsZSBub25jZQ=="

    def __init__(self, site, path="/echo", headers=""):
        self.connection = site.raw()
        self.connection.send(self.request(path, headers))
        self.head = self._until(b"\r\n\r\n")
        assert self.head.startswith(b"HTTP/1.1 101 "), self.head

    def __del__(self):
        self.connection.close()

    @classmethod
    def request(cls, path, headers="", version="13", key=KEY):
        return (
            f"GET {path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: {version}\r\nSec-WebSocket-Key: {key}\r\n{headers}\r\n"
        )

    def send(self, first, payload=b"", mask=b"\x01\x02\x03\x04"):
        size = len(payload)
        if size < 126:
            head = struct.pack("!BB", first, 0x80 | size)
        elif size < 65_536:
            head = struct.pack("!BBH", first, 0x80 | 126, size)
        else:
            head = struct.pack("!BBQ", first, 0x80 | 127, size)
        masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
        self.connection.socket.sendall(head + mask + masked)

    def read(self):
        """One frame: its first byte and its payload."""
        first, size = self._exactly(2)
        if size == 126:
            (size,) = struct.unpack("!H", self._exactly(2))
        elif size == 127:
            (size,) = struct.unpack("!Q", self._exactly(8))
        return first, self._exactly(size)

    def ended(self):
        """Whether the server has closed the connection; waits for it."""
        self.connection.socket.settimeout(10)
        return self.connection.socket.recv(1) == b""

    def _exactly(self, size):
        data = b""
        while len(data) < size:
            piece = self.connection.socket.recv(size - len(data))
            assert piece, f"the server closed after {data!r}"
            data += piece
        return data

    def _until(self, mark):
        data = b""
        while not data.endswith(mark):
            data += self._exactly(1)
        return data


# The handshake


def test_the_answer_is_the_specifications(site):
    raw = RawSocket(site)
    assert b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" in raw.head
    assert b"Upgrade: websocket\r\n" in raw.head
    assert b"Connection: Upgrade\r\n" in raw.head
    assert b"Sec-WebSocket-Extensions" not in raw.head
    assert b"Sec-WebSocket-Protocol" not in raw.head


def test_other_versions_get_426(site):
    got = site.ask(RawSocket.request("/echo", version="8"))
    assert got.status == 426
    assert got.header("sec-websocket-version") == "13"
    assert got.header("upgrade") == "websocket"


@pytest.mark.parametrize("key", ["", "short", "dGhlIHNhbXBsZSBub25jZTE="])
def test_keys_that_are_none_get_400(site, key):
    assert site.ask(RawSocket.request("/echo", key=key)).status == 400


def test_a_plain_request_is_plain(site):
    assert site.get("/echo").body == b"plain"


def test_the_scope_is_the_specifications(dial, site):
    client = dial(
        "/deep/scope?x=1",
        subprotocols=["a", "b"],
        additional_headers={"X-Mine": "1"},
        origin="https://example.org",
    )
    assert client.subprotocol == "b"
    assert client.response.headers["x-mine"] == "yes"
    got = json.loads(client.recv(timeout=10))
    assert got["type"] == "'websocket'"
    assert got["scheme"] == "'ws'"
    assert got["path"] == "'/deep/scope'"
    assert got["root_path"] == "'/deep'"
    assert got["query_string"] == "b'x=1'"
    assert got["subprotocols"] == "['a', 'b']"
    assert got["http_version"] == "'1.1'"
    assert got["server"] == repr(site.address)
    assert "(b'origin', b'https://example.org')" in got["headers"]
    assert got["extensions"] == "{'websocket.http.response': {}}"
    assert "method" not in got


def test_a_refusal_is_403(dial):
    with pytest.raises(InvalidStatus) as caught:
        dial("/refuse")
    assert caught.value.response.status_code == 403


def test_a_denial_is_any_answer(dial, site, name):
    with pytest.raises(InvalidStatus) as caught:
        dial(f"/deny?{name}")
    answer = caught.value.response
    assert (answer.status_code, answer.body) == (401, b"no ticket")
    assert answer.headers["x-why"] == "no ticket"
    site.wait_for_event("", name, "websocket.disconnect")


@pytest.mark.parametrize("path", ["/says_nothing", "/raises_early"])
def test_who_neither_accepts_nor_refuses_gives_500(dial, path):
    with pytest.raises(InvalidStatus) as caught:
        dial(path)
    assert caught.value.response.status_code == 500


# Messages


def test_texts_and_bytes_come_back(dial):
    client = dial("/echo")
    for message in ("grüße", b"\x00\xff", "", b"", "x" * 300_000, os.urandom(299_999)):
        client.send(message)
        assert client.recv(timeout=10) == message


def test_a_burst_comes_back_in_order(dial):
    client = dial("/echo")
    for number in range(2_000):
        client.send(str(number))
    assert [client.recv(timeout=10) for _ in range(2_000)] == [str(n) for n in range(2_000)]


def test_fragments_are_one_message(dial):
    client = dial("/echo")
    client.send(["frag", "mented ", "text"])
    assert client.recv(timeout=10) == "fragmented text"


def test_pings_are_answered(dial):
    client = dial("/echo")
    assert client.ping(b"are you there").wait(10)


def test_messages_are_compressed_when_the_client_wants_it(site):
    raw = RawSocket(site, headers="Sec-WebSocket-Extensions: permessage-deflate\r\n")
    assert b"permessage-deflate; server_no_context_takeover" in raw.head
    raw.send(0x81, b"z" * 10_000)
    first, payload = raw.read()
    assert first == 0xC1
    assert len(payload) < 100
    raw.send(0x81, b"small")
    assert raw.read() == (0x81, b"small")


@pytest.mark.parametrize("compression", ["deflate", None])
def test_both_ways_of_sending_work(dial, compression):
    client = dial("/echo", compression=compression)
    text = json.dumps(list(range(3_000)))
    for _ in range(3):
        client.send(text)
        assert client.recv(timeout=10) == text


# The end


def test_the_client_closes(dial, site, name):
    client = dial(f"/echo?{name}")
    client.close(4000, "grüße")
    assert client.close_code == 4000
    site.wait_for_event("", name, "4000 grüße")


def test_the_application_closes(dial, site, name):
    client = dial(f"/goodbye?{name}")
    assert closed(client) == (4321, "grüße")
    site.wait_for_event("", name, "4321")


def test_an_application_that_returns_closes_with_1000(dial):
    assert closed(dial("/leaves")) == (1000, "")


def test_an_application_that_raises_closes_with_1011(dial, site):
    assert closed(dial("/raises"))[0] == 1011
    site.process.wait_for_line("ValueError: a socket's handler failed$")


def test_a_client_that_vanishes_is_1006(site, name):
    raw = RawSocket(site, f"/echo?{name}")
    reset(raw.connection)
    site.wait_for_event("", name, "1006 ")


def test_sending_to_nobody_is_an_oserror(site, name):
    raw = RawSocket(site, f"/late?{name}")
    raw.connection.close()
    site.wait_for_event("", name, "OSError: the WebSocket is closed")


def test_mistakes_of_the_application_are_told(dial, site, name):
    assert dial(f"/mistakes?{name}").recv(timeout=10) == "still here"
    site.wait_for_event("", name, "websocket.send was sent after websocket.close")
    kinds = ["RuntimeError", "ValueError", "ValueError", "RuntimeError", "ValueError"]
    assert site.events("", name)[:5] == kinds


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ((0x83, b""), 1002),  # a reserved opcode
        ((0xF1, b"x"), 1002),  # reserved bits
        ((0x80, b"x"), 1002),  # nothing to continue
        ((0x09, b"x"), 1002),  # a ping in pieces
        ((0x89, b"x" * 126), 1002),  # a long ping
        ((0x81, b"\xff"), 1007),
        ((0x82, b"x" * 300_001), 1009),
        ((0x88, b"x"), 1002),
        ((0x88, struct.pack("!H", 1005)), 1002),
        ((0x88, struct.pack("!H", 1000) + b"\xff"), 1007),
        ((0x88, struct.pack("!H", 1000)), 1000),
        ((0x88, struct.pack("!H", 4999) + "grüße".encode()), 4999),
    ],
)
def test_breaches_close_with_their_code(site, frame, code):
    raw = RawSocket(site)
    raw.send(*frame)
    first, payload = raw.read()
    assert first == 0x88
    assert struct.unpack("!H", payload[:2])[0] == code
    assert raw.ended()


def test_an_unmasked_frame_is_a_breach(site):
    raw = RawSocket(site)
    raw.connection.socket.sendall(b"\x81\x02hi")
    first, payload = raw.read()
    assert (first, payload[:2]) == (0x88, struct.pack("!H", 1002))


def test_a_close_without_a_code_is_answered_so(site, name):
    raw = RawSocket(site, f"/echo?{name}")
    raw.send(0x88)
    assert raw.read() == (0x88, b"")
    assert raw.ended()
    site.wait_for_event("", name, "1005 ")


def test_a_deflate_bomb_is_refused(site):
    import zlib

    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = packer.compress(bytes(50 << 20)) + packer.flush(zlib.Z_SYNC_FLUSH)
    raw = RawSocket(site, headers="Sec-WebSocket-Extensions: permessage-deflate\r\n")
    before = site.resident_kib()
    raw.send(0xC2, bomb[:-4])
    first, payload = raw.read()
    assert (first, payload[:2]) == (0x88, struct.pack("!H", 1009))
    assert site.resident_kib() - before < 8_000


# Limits


def test_an_application_that_does_not_listen_stops_its_client(site, name):
    raw = RawSocket(site, f"/deaf?{name}")
    raw.connection.socket.settimeout(1)
    frame = struct.pack("!BBH", 0x82, 0x80 | 126, 60_000) + bytes(4) + bytes(60_000)
    sent = 0
    try:
        while sent < 300:
            raw.connection.socket.sendall(frame)
            sent += 1
    except TimeoutError:
        pass
    assert sent < 300
    with connect(f"{site.url.replace('http', 'ws')}/tell") as other:
        other.send(f"{name} listen")
        other.recv(timeout=10)
    # The last frame went in part.
    raw.connection.socket.settimeout(10)
    raw.connection.socket.shutdown(socket.SHUT_WR)
    site.wait_for_event("", name, f"heard {sent}")


def test_who_is_not_read_is_not_cut_and_its_ping_is_answered_in_its_turn(tmp_path, name):
    limits = "ping_interval_ms = 100\npong_timeout_ms = 1000\n"
    with served(tmp_path, f"{SITE}{limits}") as site:
        raw = RawSocket(site, f"/deaf?{name}")
        frame = struct.pack("!BBH", 0x82, 0x80 | 126, 60_000) + bytes(4) + bytes(60_000)
        bytes_sent = 0
        raw.connection.socket.settimeout(2)  # in which a silent client would be cut
        with contextlib.suppress(TimeoutError):
            while True:
                bytes_sent += raw.connection.socket.send(frame[bytes_sent % len(frame) :])
        with connect(f"{site.url.replace('http', 'ws')}/tell") as other:
            other.send(f"{name} listen")
            other.recv(timeout=10)
        raw.connection.socket.settimeout(10)
        raw.connection.socket.sendall(frame[bytes_sent % len(frame) :])
        raw.send(0x89, b"still there")
        while (answer := raw.read()) == (0x89, b""):
            raw.send(0x8A)
        assert answer == (0x8A, b"still there")
        raw.send(0x88, struct.pack("!H", 1000))
        site.wait_for_event("", name, f"heard {bytes_sent // len(frame) + 1}")


def test_a_client_that_does_not_read_stops_the_application(site, name):
    before = site.resident_kib()
    raw = RawSocket(site, f"/flood?{name}")
    site.wait_for_event("", name, "sent 1")
    previous = None
    while previous != (now := site.events("", name)):
        previous = now
        asyncio.run(asyncio.sleep(0.2))
    assert int(now[-1].split()[1]) < 20
    assert site.resident_kib() - before < 10_000
    raw.connection.close()
    site.wait_for_event("", name, "flood ended")


def test_a_thousand_idle_connections_are_small(tmp_path):
    with served(tmp_path, SITE) as site:
        RawSocket(site)
        before = site.resident_kib()
        idle = [RawSocket(site) for _ in range(1_000)]
        for each in idle[:100]:
            each.send(0x81, b"hello")
            assert each.read() == (0x81, b"hello")
        used = site.resident_kib() - before
        print(f"{used} KiB for 1,000 connections")
        assert used < 12_000


def test_silence_is_ended_by_pings(tmp_path, name):
    limits = "ping_interval_ms = 100\npong_timeout_ms = 100\n"
    with served(tmp_path, f"{SITE}{limits}") as site:
        raw = RawSocket(site, f"/echo?{name}")
        assert raw.read() == (0x89, b"")
        raw.send(0x8A)  # a pong
        assert raw.read() == (0x89, b"")
        assert raw.ended()
        site.wait_for_event("", name, "1006 the client does not answer")


def test_a_stop_says_1001_and_waits_for_nobody_long(tmp_path, name):
    configure(tmp_path, f"{SITE}close_timeout_ms = 200\n")
    with PuffProcess(["serve", "--bind", "127.0.0.1:0"], tmp_path) as process:
        address = serving_address(process)
        url = f"ws://127.0.0.1:{address[1]}/echo"
        with connect(url) as polite, socket.create_connection(address) as rude:
            rude.sendall(RawSocket.request("/echo").encode())
            assert rude.recv(4096).startswith(b"HTTP/1.1 101")
            process.send_signal(signal.SIGTERM)
            assert closed(polite)[0] == 1001
            assert process.wait(5) == 0


# Other clients


def test_aiohttp_talks(site):
    async def talk():
        async with aiohttp.ClientSession() as session:
            async with session.ws_connect(f"{site.url}/echo", compress=15) as client:
                await client.send_str("x" * 5_000)
                assert (await client.receive()).data == "x" * 5_000
                await client.send_bytes(b"\x00")
                assert (await client.receive()).data == b"\x00"
            assert client.close_code == 1000

    asyncio.run(talk())


def test_many_clients_at_once(site):
    async def one(number):
        async with websockets.connect(f"{site.url.replace('http', 'ws')}/echo") as client:
            for turn in range(20):
                text = f"{number} {turn}" * (turn * 40)
                await client.send(text)
                assert await client.recv() == text

    async def all_of_them():
        await asyncio.gather(*map(one, range(100)))

    asyncio.run(all_of_them())


def test_the_connection_counts_no_request_in_flight(tmp_path):
    with served(tmp_path, f"{SITE}[limits]\nmax_in_flight = 1\n") as site:
        sockets = [RawSocket(site) for _ in range(5)]
        assert site.get("/plain").body == b"plain"
        for each in sockets:
            each.send(0x81, b"x")
            assert each.read() == (0x81, b"x")


def test_fastapi_below_a_mount(dial, site, name):
    client = dial(f"/api/items/7?name={name}", subprotocols=["milk", "tea"])
    assert client.subprotocol == "tea"
    client.send('{"a": 1}')
    assert json.loads(client.recv(timeout=10)) == {"number": 7, "said": {"a": 1}}
    client.close(1001)
    site.wait_for_event("", name, "gone 1001")
    assert site.get("/api/items/7").json() == {"number": 7}
    with pytest.raises(InvalidStatus) as caught:
        dial(f"/api/items/0?name={name}")
    assert caught.value.response.status_code == 403


def test_a_browser_talks(site, tmp_path):
    script = """
    new Promise((done, failed) => {
      const socket = new WebSocket(location.origin.replace("http", "ws") + "/echo");
      socket.binaryType = "arraybuffer";
      const heard = [];
      socket.onopen = () => {
        socket.send("grüße " + "x".repeat(5000));
        socket.send(new Uint8Array([0, 255]));
      };
      socket.onmessage = (event) => {
        heard.push(typeof event.data === "string" ? event.data.length : event.data.byteLength);
        if (heard.length === 2) socket.close(4001, "done");
      };
      socket.onclose = (event) => done([...heard, event.code, event.wasClean, socket.extensions]);
      socket.onerror = failed;
    })
    """

    async def session():
        async with chromium(tmp_path / "profile") as page:
            await page.open(f"{site.url}/plain")
            return await page.evaluate(script)

    heard = asyncio.run(session())
    assert heard[:4] == [5_006, 2, 4001, True]
    assert "permessage-deflate" in heard[4]


def test_nodes_ws_talks(site, tmp_path):
    where = ROOT / "tests/graphql/node_modules"
    if not where.is_dir():
        pytest.skip("run npm ci in tests/graphql")
    script = tmp_path / "talk.cjs"
    script.write_text(
        """
        const WebSocket = require("ws");
        const socket = new WebSocket(process.argv[2], { perMessageDeflate: true });
        const heard = [];
        socket.on("open", () => { socket.send("x".repeat(5000)); socket.ping("p"); });
        socket.on("pong", (data) => heard.push(`pong ${data}`));
        socket.on("message", (data) => { heard.push(data.length); socket.close(4002, "done"); });
        socket.on("close", (code, why) => console.log(JSON.stringify([...heard, code, `${why}`])));
        """
    )
    url = f"{site.url.replace('http', 'ws')}/echo"
    env = {**os.environ, "NODE_PATH": str(where)}
    done = subprocess.run(
        ["node", str(script), url], capture_output=True, text=True, timeout=20, env=env, check=True
    )
    heard = json.loads(done.stdout)
    assert heard[-2:] == [4002, "done"]
    assert set(heard[:-2]) == {"pong p", 5000}
