"""What an ASGI application sees of WebSockets, told by path. The name after "?" is for notes."""

import asyncio
import json

from notes import events, note


async def application(scope, receive, send):
    if scope["type"] == "lifespan":
        raise RuntimeError("no lifespan here")
    name = scope["query_string"].decode()
    what = scope["path"].rstrip("/").rpartition("/")[2]
    if scope["type"] == "http":
        await answer(send, 200, json.dumps(events[name]) if what == "events" else "plain")
        return
    try:
        await SOCKETS[what](Talk(scope, receive, send), name)
    finally:
        note(name, f"{what} ended")


async def answer(send, status, text):
    headers = [(b"content-type", b"text/plain")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode()})


class Talk:
    def __init__(self, scope, receive, send):
        self.scope, self.receive, self.send = scope, receive, send

    async def accept(self, **how):
        assert (await self.receive())["type"] == "websocket.connect"
        await self.send({"type": "websocket.accept", **how})

    async def text(self, text):
        await self.send({"type": "websocket.send", "text": text})

    async def close(self, **how):
        await self.send({"type": "websocket.close", **how})


async def echo(talk, name):
    await talk.accept()
    while True:
        message = await talk.receive()
        if message["type"] == "websocket.disconnect":
            note(name, f"{message['code']} {message['reason']}")
            return
        body = {key: message[key] for key in ("text", "bytes") if key in message}
        await talk.send({"type": "websocket.send", **body})


async def scope(talk, _):
    protocols = talk.scope["subprotocols"]
    await talk.accept(
        subprotocol=protocols[-1] if protocols else None, headers=[(b"x-mine", b"yes")]
    )
    told = {key: repr(talk.scope.get(key)) for key in talk.scope}
    await talk.text(json.dumps(told))


async def refuse(talk, _):
    await talk.receive()
    await talk.close()


async def deny(talk, name):
    await talk.receive()
    kind = "websocket.http.response"
    head = {"type": f"{kind}.start", "status": 401, "headers": [(b"x-why", b"no ticket")]}
    await talk.send(head)
    await talk.send({"type": f"{kind}.body", "body": b"no ", "more_body": True})
    await talk.send({"type": f"{kind}.body", "body": b"ticket"})
    note(name, (await talk.receive())["type"])


async def goodbye(talk, name):
    await talk.accept()
    await talk.close(code=4321, reason="grüße")
    note(name, str((await talk.receive())["code"]))


async def leaves(talk, _):
    await talk.accept()


async def raises(talk, _):
    await talk.accept()
    raise ValueError("a socket's handler failed")


async def raises_early(talk, _):
    await talk.receive()
    raise ValueError("a socket's handler failed early")


async def says_nothing(talk, _):
    await talk.receive()


async def deaf(talk, name):
    """Accepts, waits for a note and then counts what comes."""
    await talk.accept()
    while "listen" not in events[name]:
        await asyncio.sleep(0.01)
    count = 0
    while (await talk.receive())["type"] == "websocket.receive":
        count += 1
    note(name, f"heard {count}")


async def flood(talk, name):
    """Sends a hundred megabytes as fast as it may."""
    await talk.accept()
    piece, sent = bytes(65_536), 0
    while sent < 100 << 20:
        await talk.send({"type": "websocket.send", "bytes": piece})
        sent += len(piece)
        if sent % (1 << 20) == 0:
            note(name, f"sent {sent >> 20}")


async def late(talk, name):
    """Sends after the client has gone."""
    await talk.accept()
    while (await talk.receive())["type"] != "websocket.disconnect":
        pass
    try:
        await talk.text("is anybody there?")
    except OSError as error:
        note(name, f"OSError: {error}")


async def mistakes(talk, name):
    for message in (
        {"type": "websocket.send", "text": "too early"},
        {"type": "websocket.unknown"},
        {"type": "websocket.close", "code": 17},
    ):
        try:
            await talk.send(message)
        except (RuntimeError, ValueError) as error:
            note(name, type(error).__name__)
    await talk.accept()
    for message in ({"type": "websocket.accept"}, {"type": "websocket.send"}):
        try:
            await talk.send(message)
        except (RuntimeError, ValueError) as error:
            note(name, type(error).__name__)
    await talk.text("still here")
    await talk.close()
    try:
        await talk.text("too late")
    except RuntimeError as error:
        note(name, str(error))


async def tell(talk, name):
    """Notes what it is told."""
    await talk.accept()
    while (message := await talk.receive())["type"] == "websocket.receive":
        note(message["text"].partition(" ")[0], message["text"].partition(" ")[2])
        await talk.text("noted")


SOCKETS = {
    "echo": echo,
    "scope": scope,
    "refuse": refuse,
    "deny": deny,
    "goodbye": goodbye,
    "leaves": leaves,
    "raises": raises,
    "raises_early": raises_early,
    "says_nothing": says_nothing,
    "deaf": deaf,
    "flood": flood,
    "late": late,
    "mistakes": mistakes,
    "tell": tell,
}
