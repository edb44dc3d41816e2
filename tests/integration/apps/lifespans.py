"""ASGI applications that differ in what they do with the lifespan."""

import asyncio


async def answer(send, body):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


async def http_only(scope, receive, send):
    """Refuses other scopes by an assertion, as many applications do."""
    assert scope["type"] == "http"
    await answer(send, b"served")


async def returns(scope, receive, send):
    if scope["type"] == "http":
        await answer(send, b"served")


async def start_fails(scope, receive, send):
    await receive()
    await send({"type": "lifespan.startup.failed", "message": "the cellar is flooded"})


async def start_raises(scope, receive, send):
    """To the specification, that is an application without lifespan."""
    if scope["type"] == "http":
        await answer(send, b"served")
        return
    await receive()
    raise ValueError("the cellar is flooded")


async def shutdown_fails(scope, receive, send):
    if scope["type"] == "http":
        await answer(send, b"served")
        return
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.failed", "message": "the door is stuck"})


async def slow_start(scope, receive, send):
    """Nobody is served before it has started."""
    if scope["type"] == "http":
        await answer(send, b"started" if started.is_set() else b"too early")
        return
    await receive()
    await asyncio.sleep(0.3)
    started.set()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})


started = asyncio.Event()


class Old:
    """ASGI 3 by an object with an async __call__."""

    async def __call__(self, scope, receive, send):
        assert scope["type"] == "http"
        await answer(send, b"an object")


an_object = Old()
