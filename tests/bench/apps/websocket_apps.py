"""WebSockets in ASGI: an echo, and a room where everybody hears everybody."""


async def echo(scope, receive, send):
    if scope["type"] == "http":
        return await plain(send)
    if scope["type"] == "lifespan":
        raise RuntimeError("no lifespan")
    await receive()
    await send({"type": "websocket.accept"})
    while True:
        message = await receive()
        if message["type"] == "websocket.disconnect":
            return None
        text = message.get("text")
        if text is not None:
            await send({"type": "websocket.send", "text": text})
        else:
            await send({"type": "websocket.send", "bytes": message["bytes"]})


everybody = set()


async def room(scope, receive, send):
    if scope["type"] == "http":
        return await plain(send)
    if scope["type"] == "lifespan":
        raise RuntimeError("no lifespan")
    await receive()
    await send({"type": "websocket.accept"})
    everybody.add(send)
    try:
        while True:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                return None
            out = {"type": "websocket.send", "text": message["text"]}
            for each in tuple(everybody):
                await each(out)
    finally:
        everybody.discard(send)


async def plain(send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"plain"})
