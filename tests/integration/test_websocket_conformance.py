"""The WebSocket protocol case by case, in the groups of the Autobahn test suite (which
tests/suites/autobahn.sh runs itself where there is a Python 2.7): framing, pings, reserved bits,
opcodes, fragments, UTF-8, closing, large messages, compression."""

import pytest
from integration.apps.serving import served

from support.websocket_frames import (
    BINARY,
    CLOSE,
    CONTINUATION,
    FIN,
    PING,
    PONG,
    RSV1,
    RSV2,
    RSV3,
    TEXT,
    Deflate,
    Frame,
    FrameSocket,
    close,
    fragments,
)

SITE = """
asgi = "websocket_facts.application"
[websocket]
max_message_bytes = 17000000
compression_min_bytes = 1
"""
HELLO = "Hello-µ@ßöäüàá-UTF-8!!".encode()


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with served(tmp_path_factory.mktemp("conformance"), SITE) as running:
        yield running


@pytest.fixture
def dial(site):
    opened = []

    def connect(*headers: str) -> FrameSocket:
        opened.append(FrameSocket(site.address, "/echo", *headers))
        return opened[-1]

    yield connect
    for each in opened:
        each.socket.close()


# 1: framing

SIZES = [0, 1, 125, 126, 127, 128, 65_535, 65_536, 65_537]


@pytest.mark.parametrize("opcode", [TEXT, BINARY])
@pytest.mark.parametrize("size", SIZES)
def test_1_sizes_come_back(dial, opcode: int, size: int) -> None:
    it = dial()
    for octets in (0, 997):
        it.send(Frame(opcode, b"*" * size), octets=octets)
        assert it.message() == (opcode, b"*" * size)


# 2: pings and pongs


@pytest.mark.parametrize("payload", [b"", b"Hello", bytes(range(125)), b"\xff" * 125])
def test_2_a_ping_is_answered(dial, payload: bytes) -> None:
    it = dial()
    it.send(Frame(PING, payload), octets=1)
    assert it.receive() == Frame(PONG, payload)


def test_2_pings_are_answered_in_order(dial) -> None:
    it = dial()
    it.send(*(Frame(PING, b"%d" % number) for number in range(10)))
    assert [it.receive().payload for _ in range(10)] == [b"%d" % n for n in range(10)]


def test_2_a_long_ping_is_a_breach(dial) -> None:
    it = dial()
    it.send(Frame(PING, b"x" * 126))
    assert it.closed() == 1002


def test_2_pongs_nobody_asked_for_are_nothing(dial) -> None:
    it = dial()
    it.send(Frame(PONG), Frame(PONG, b"unasked"), Frame(PING, b"asked"))
    assert it.receive() == Frame(PONG, b"asked")


# 3: reserved bits; 4: opcodes


@pytest.mark.parametrize("bits", [RSV1, RSV2, RSV3, RSV1 | RSV2, RSV1 | RSV2 | RSV3])
@pytest.mark.parametrize("opcode", [TEXT, BINARY, PING, CLOSE])
def test_3_reserved_bits_are_a_breach(dial, bits: int, opcode: int) -> None:
    it = dial()
    it.send(Frame(opcode, b"", FIN | bits), octets=1)
    assert it.closed() == 1002


@pytest.mark.parametrize("opcode", [3, 4, 5, 6, 7, 11, 12, 13, 14, 15])
def test_4_reserved_opcodes_are_a_breach(dial, opcode: int) -> None:
    it = dial()
    it.send(Frame(opcode, b"x"))
    assert it.closed() == 1002


# 5: fragments

HALVES = fragments(TEXT, [b"frag1", b"frag2"])
BREACHES = {
    "a fragmented ping": [Frame(PING, b"a", 0), Frame(CONTINUATION, b"b")],
    "a fragmented pong": [Frame(PONG, b"a", 0), Frame(CONTINUATION, b"b")],
    "nothing to continue": [Frame(CONTINUATION, b"x")],
    "nothing to continue, unfinished": [Frame(CONTINUATION, b"x", 0)],
    "a message within a message": [HALVES[0], Frame(TEXT, b"x")],
    "continued after its end": [*HALVES, Frame(CONTINUATION, b"x")],
}


@pytest.mark.parametrize("octets", [0, 1])
def test_5_fragments_are_one_message(dial, octets: int) -> None:
    it = dial()
    it.send(*HALVES, octets=octets)
    assert it.message() == (TEXT, b"frag1frag2")
    it.send(*fragments(BINARY, [b"", b"", b"\0", b""]), octets=octets)
    assert it.message() == (BINARY, b"\0")


@pytest.mark.parametrize("octets", [0, 1])
def test_5_control_frames_come_between(dial, octets: int) -> None:
    it = dial()
    between = [HALVES[0], Frame(PING, b"a"), Frame(CONTINUATION, b"+", 0), Frame(PING, b"b")]
    it.send(*between, HALVES[1], octets=octets)
    assert it.receive() == Frame(PONG, b"a")
    assert it.receive() == Frame(PONG, b"b")
    assert it.message() == (TEXT, b"frag1+frag2")


@pytest.mark.parametrize("name", BREACHES)
@pytest.mark.parametrize("octets", [0, 1])
def test_5_breaches_of_fragmentation(dial, name: str, octets: int) -> None:
    it = dial()
    it.send(*BREACHES[name], octets=octets)
    assert it.closed() == 1002


# 6: UTF-8

VALID = [
    "κόσμε",
    "\x00",
    "\x7f",
    "\x80",
    "\u07ff",
    "\u0800",
    "\ud7ff",
    "\ue000",
    "\ufffd",
    "\ufffe",
    "\uffff",
    "\U00010000",
    "\U0010fffe",
    "\U0010ffff",
]
INVALID = {
    "an end in a sequence": b"\xce\xba\xe1\xbd",
    "a first byte alone": b"\xc3",
    "a continuation alone": b"\x80",
    "two continuations": b"a\x80\xbfb",
    "too long by one": b"\xc0\xaf",
    "the longest of two": b"\xc1\xbf",
    "too long by two": b"\xe0\x80\xaf",
    "too long by three": b"\xf0\x80\x80\xaf",
    "five bytes": b"\xf8\x88\x80\x80\x80",
    "six bytes": b"\xfc\x84\x80\x80\x80\x80",
    "half of a character of UTF-16": b"\xed\xa0\x80",
    "both halves": b"\xed\xad\xbf\xed\xbf\xbf",
    "above the last": b"\xf4\x90\x80\x80",
    "fe": b"\xfe",
    "ff": b"\xff",
    "between good ones": HELLO + b"\xed\xa0\x80" + HELLO,
}


@pytest.mark.parametrize("text", VALID)
def test_6_characters_come_back(dial, text: str) -> None:
    it = dial()
    data = text.encode()
    it.send(Frame(TEXT, data))
    it.send(*fragments(TEXT, [data[i : i + 1] for i in range(len(data))]), octets=1)
    assert [it.message() for _ in range(2)] == [(TEXT, data)] * 2


@pytest.mark.parametrize("how", ["whole", "by the octet", "a frame each"])
@pytest.mark.parametrize("name", INVALID)
def test_6_what_is_no_text_closes(dial, name: str, how: str) -> None:
    it = dial()
    data = INVALID[name]
    pieces = [data[i : i + 1] for i in range(len(data))]
    frames = fragments(TEXT, pieces) if how == "a frame each" else [Frame(TEXT, data)]
    it.send(*frames, octets=1 if how == "by the octet" else 0)
    assert it.closed() == 1007


def test_6_it_closes_before_the_message_ends(dial) -> None:
    it = dial()
    it.send(Frame(TEXT, HELLO + b"\xf4\x90", 0))
    assert it.closed() == 1007


def test_6_bytes_are_no_text(dial) -> None:
    it = dial()
    it.send(Frame(BINARY, b"\xff\xfe\x80"))
    assert it.message() == (BINARY, b"\xff\xfe\x80")


# 7: closing


@pytest.mark.parametrize("code", [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 4999])
def test_7_a_code_is_answered(dial, code: int) -> None:
    it = dial()
    it.send(close(code, "a reason"))
    assert it.closed() == code


@pytest.mark.parametrize("code", [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999, 5000, 65_535])
def test_7_codes_that_nobody_may_send_are_a_breach(dial, code: int) -> None:
    it = dial()
    it.send(close(code))
    assert it.closed() == 1002


def test_7_a_close_may_say_nothing(dial) -> None:
    it = dial()
    it.send(Frame(CLOSE))
    assert it.closed() in (None, 1000)


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (Frame(CLOSE, b"\x03"), 1002),
        (close(1000, b"r" * 124), 1002),
        (close(1000, b"\xed\xa0\x80"), 1007),
        (Frame(CLOSE, b"\x03\xe8", 0), 1002),
    ],
)
def test_7_a_close_that_is_none(dial, frame: Frame, code: int) -> None:
    it = dial()
    it.send(frame)
    assert it.closed() == code


@pytest.mark.parametrize("after", [Frame(TEXT, b"more"), Frame(PING), close(1000), Frame(3)])
def test_7_nothing_counts_after_a_close(dial, after: Frame) -> None:
    it = dial()
    it.send(close(1000, b"r" * 123), after)
    assert it.receive().opcode == CLOSE
    assert it.ended()


# 9: large messages, in few or many frames


@pytest.mark.parametrize("opcode", [TEXT, BINARY])
@pytest.mark.parametrize(
    ("size", "piece"), [(1 << 20, 64), (4 << 20, 65_536), (16 << 20, 16 << 20)]
)
def test_9_large_messages_come_back(dial, opcode: int, size: int, piece: int) -> None:
    it = dial()
    data = (b"0123456789abcdef" * (size // 16))[:size]
    it.send(*fragments(opcode, [data[at : at + piece] for at in range(0, size, piece)]))
    assert it.message() == (opcode, data)


def test_9_many_small_messages_come_back_in_order(dial) -> None:
    it = dial()
    for first in range(0, 2_000, 100):
        it.send(*(Frame(TEXT, b"%d" % number) for number in range(first, first + 100)))
        assert [it.message()[1] for _ in range(100)] == [
            b"%d" % n for n in range(first, first + 100)
        ]


# 12 and 13: compression

OFFERS = {
    "plain": "permessage-deflate",
    "no takeover by the client": "permessage-deflate; client_no_context_takeover",
    "no takeover by the server": "permessage-deflate; server_no_context_takeover",
    "a small window of the server": "permessage-deflate; server_max_window_bits=9",
    "a window that the client can have": "permessage-deflate; client_max_window_bits",
    "the second is better": "permessage-deflate; nonsense, permessage-deflate",
}


def agreed(it: FrameSocket) -> str:
    lines = [line for line in it.head.lower().split("\r\n") if "sec-websocket-extensions" in line]
    return lines[0].partition(":")[2].strip() if lines else ""


@pytest.mark.parametrize("name", OFFERS)
def test_12_messages_come_back_packed(dial, name: str) -> None:
    it = dial(f"Sec-WebSocket-Extensions: {OFFERS[name]}")
    terms = agreed(it)
    assert terms.startswith("permessage-deflate")
    fresh = "server_no_context_takeover" in terms
    deflate = Deflate(takeover="client_no_context_takeover" not in terms)
    for size in (0, 16, 64, 1_024, 70_000, 300_000):
        data = (HELLO * (size // len(HELLO) + 1))[: size - size % len(HELLO)]
        it.send(Frame(TEXT, deflate.packed(data), FIN | RSV1))
        frame = it.receive()
        payload, packed = frame.payload, bool(frame.head & RSV1)
        while not frame.head & FIN:
            frame = it.receive()
            assert not frame.head & RSV1
            payload += frame.payload
        assert (deflate.unpacked(payload, fresh) if packed else payload) == data
        assert packed or len(data) < 64


def test_12_a_packed_message_may_come_in_pieces(dial) -> None:
    it = dial("Sec-WebSocket-Extensions: permessage-deflate")
    deflate = Deflate()
    data = HELLO * 3_000
    packed = deflate.packed(data)
    first, *rest = fragments(TEXT, [packed[at : at + 7] for at in range(0, len(packed), 7)])
    it.send(Frame(TEXT, first.payload, RSV1), *rest, octets=11)
    frame = it.receive()
    payload = frame.payload
    while not frame.head & FIN:
        frame = it.receive()
        payload += frame.payload
    assert deflate.unpacked(payload) == data


def test_12_unpacked_messages_may_come_between(dial) -> None:
    it = dial("Sec-WebSocket-Extensions: permessage-deflate")
    it.send(Frame(TEXT, HELLO))
    frame = it.receive()
    assert (Deflate().unpacked(frame.payload) if frame.head & RSV1 else frame.payload) == HELLO


BROKEN_PACKETS = {
    "no deflate": ([Frame(TEXT, b"\xff\xff\xff\xff", FIN | RSV1)], {1002, 1007}),
    "text that is none": ([Frame(TEXT, Deflate().packed(b"\xff\xfe"), FIN | RSV1)], {1007}),
    "a packed ping": ([Frame(PING, b"x", FIN | RSV1)], {1002}),
    "a packed continuation": (
        [Frame(TEXT, Deflate().packed(b"x"), RSV1), Frame(CONTINUATION, b"", FIN | RSV1)],
        {1002},
    ),
    "another reserved bit": ([Frame(TEXT, b"x", FIN | RSV2)], {1002}),
    "a bomb": ([Frame(BINARY, Deflate().packed(bytes(20_000_000)), FIN | RSV1)], {1009}),
}


@pytest.mark.parametrize("name", BROKEN_PACKETS)
def test_13_broken_packets_close(dial, name: str) -> None:
    frames, codes = BROKEN_PACKETS[name]
    it = dial("Sec-WebSocket-Extensions: permessage-deflate")
    it.send(*frames)
    assert it.closed() in codes


@pytest.mark.parametrize(
    "offer",
    [
        "permessage-deflate; client_max_window_bits=7",
        "permessage-deflate; server_max_window_bits=16",
        "permessage-deflate; server_max_window_bits",
        "permessage-deflate; server_no_context_takeover=1",
        "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
        "permessage-bzip2",
        "x-webkit-deflate-frame",
    ],
)
def test_13_offers_that_are_none_are_declined(dial, offer: str) -> None:
    it = dial(f"Sec-WebSocket-Extensions: {offer}")
    assert agreed(it) == ""
    it.send(Frame(TEXT, HELLO))
    assert it.message() == (TEXT, HELLO)
