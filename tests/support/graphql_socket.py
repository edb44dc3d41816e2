"""GraphQL over one WebSocket, by the letter: what tests of the protocols speak."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

MODERN = "graphql-transport-ws"
LEGACY = "graphql-ws"
TIMEOUT = 10


class GraphqlSocket:
    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    def send(self, type: str, id: str | None = None, payload: Any = None) -> None:
        message = {"type": type, "id": id, "payload": payload}
        self.send_text(json.dumps({key: it for key, it in message.items() if it is not None}))

    def send_text(self, text: str | bytes) -> None:
        self.connection.send(text)

    def receive(self) -> dict[str, Any]:
        return dict(json.loads(self.connection.recv(timeout=TIMEOUT)))

    def start(self, payload: Any = None) -> None:
        self.send("connection_init", payload=payload)
        assert self.receive() == {"type": "connection_ack"}
        if self.connection.subprotocol == LEGACY:
            assert self.receive() == {"type": "ka"}

    def ask(self, query: str, id: str = "1", **more: Any) -> None:
        kind = "start" if self.connection.subprotocol == LEGACY else "subscribe"
        self.send(kind, id, {"query": query, **more})

    def closed(self) -> tuple[int, str]:
        """Code and reason that the server closes with, after nothing else."""
        with pytest.raises(ConnectionClosed) as caught:
            self.connection.recv(timeout=TIMEOUT)
        received = caught.value.rcvd
        assert received is not None
        return received.code, received.reason


@contextmanager
def graphql_socket(url: str, protocol: str | None = MODERN, **how: Any) -> Iterator[GraphqlSocket]:
    """`url` as of HTTP. Not initialised."""
    protocols = [Subprotocol(protocol)] if protocol else None
    with connect(
        url.replace("http", "ws", 1), subprotocols=protocols, open_timeout=TIMEOUT, **how
    ) as connection:
        yield GraphqlSocket(connection)
