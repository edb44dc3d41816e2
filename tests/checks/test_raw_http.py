"""The strict client accepts what RFC 9112 allows and nothing else."""

import socket

import pytest

from support.raw_http import BadResponse, RawConnection


@pytest.fixture
def answer(tmp_path):
    """A connection whose server has sent these bytes and closed."""
    path = str(tmp_path / "server.sock")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        connection = RawConnection(path)

        def answer(data: bytes) -> RawConnection:
            server, _ = listener.accept()
            with server:
                server.sendall(data)
            return connection

        yield answer
        connection.close()


def test_reads_pipelined_responses(answer):
    connection = answer(
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n\r\nhi"
        b"HTTP/1.1 204 \r\n\r\n"
    )
    first, second = connection.read_response(), connection.read_response()
    assert (first.status, first.reason, first.body) == (200, "OK", b"hi")
    assert first.all("set-cookie") == ["a", "b"]
    assert (second.status, second.reason, second.body) == (204, "", b"")
    assert connection.is_closed()


def test_reads_chunks_and_trailers(answer):
    response = answer(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"2\r\nhe\r\n3;x=1\r\nllo\r\n0\r\nEnd: 1\r\n\r\n"
    ).read_response()
    assert response.body == b"hello"
    assert response.trailers == [("End", "1")]


def test_reads_to_the_end_when_the_server_says_it_closes(answer):
    response = answer(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall of it").read_response()
    assert response.body == b"all of it"


def test_a_response_to_head_has_no_body(answer):
    connection = answer(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
    assert connection.read_response("HEAD").header("content-length") == "5"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"HTTP/1.1 200 OK",
        b"HTTP/1.1 200\r\n\r\n",
        b"HTTP/2 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\nContent-Length: 0\n\n",
        b"HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n folded: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhi",
        b"HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nhi",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nhi",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhix0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n",
        b"HTTP/1.1 200 OK\r\n\r\nwhat ends this?",
    ],
)
def test_refuses(answer, data):
    with pytest.raises(BadResponse):
        answer(data).read_response()
