"""The proxy does to a connection what its calls say."""

import socket
import threading

import pytest

from support.faults import FaultyProxy


@pytest.fixture
def echo():
    """A server that sends back what it gets, a thread per connection."""
    listener = socket.create_server(("127.0.0.1", 0))

    def answer(end: socket.socket) -> None:
        with end:
            try:
                while data := end.recv(4096):
                    end.sendall(data)
            except ConnectionResetError:
                return

    def accept() -> None:
        while True:
            try:
                end, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(end,), daemon=True).start()

    thread = threading.Thread(target=accept)
    thread.start()
    yield listener.getsockname()
    listener.shutdown(socket.SHUT_RDWR)
    thread.join()
    listener.close()


@pytest.fixture
def proxy(echo):
    with FaultyProxy(echo) as proxy:
        yield proxy


@pytest.fixture
def connect(proxy):
    opened = []

    def connect() -> socket.socket:
        opened.append(socket.create_connection(proxy.address, 5))
        return opened[-1]

    yield connect
    for end in opened:
        end.close()


def says(end: socket.socket, text: bytes) -> bytes:
    end.sendall(text)
    return end.recv(100)


def test_forwards_both_ways_and_the_end(connect):
    end = connect()
    assert says(end, b"hello") == b"hello"
    end.shutdown(socket.SHUT_WR)
    assert end.recv(1) == b""


def test_a_cut_resets_open_connections_and_serves_new_ones(proxy, connect):
    end = connect()
    assert says(end, b"a") == b"a"
    proxy.cut()
    assert proxy.connections == 0
    with pytest.raises(ConnectionResetError):
        end.recv(1)
    assert says(connect(), b"b") == b"b"


def test_a_stall_holds_data_back_until_healed(proxy, connect):
    end = connect()
    assert says(end, b"a") == b"a"
    proxy.stall()
    end.sendall(b"b")
    end.settimeout(0.1)
    with pytest.raises(TimeoutError):
        end.recv(1)
    proxy.heal()
    end.settimeout(5)
    assert end.recv(1) == b"b"


def test_a_delay_keeps_the_order(proxy, connect):
    end = connect()
    proxy.delay(0.02)
    for byte in b"abc":
        end.sendall(bytes([byte]))
    got = b""
    while len(got) < 3:
        got += end.recv(3)
    assert got == b"abc"


def test_refuses_until_healed_on_the_same_port(proxy, connect):
    port = proxy.port
    proxy.refuse()
    with pytest.raises(ConnectionRefusedError):
        connect()
    proxy.heal()
    assert proxy.port == port
    assert says(connect(), b"c") == b"c"


def test_a_target_that_is_away_resets(echo):
    with socket.create_server(("127.0.0.1", 0)) as gone:
        away = gone.getsockname()
    with (
        FaultyProxy(away) as proxy,
        pytest.raises(ConnectionResetError),
        socket.create_connection(proxy.address, 5) as end,
    ):
        end.recv(1)
