"""What the Autobahn test suite talks to."""


async def application(scope, receive, send):
    if scope["type"] != "websocket":
        return
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        said = {"bytes": message.get("bytes"), "text": message.get("text")}
        await send({"type": "websocket.send", **said})
