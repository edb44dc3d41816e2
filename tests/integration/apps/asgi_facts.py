"""An ASGI application with a path for every fact that the tests check."""

import asyncio
import contextvars
import hashlib
import json
import time

from notes import note, opened, take

import puff

TEXT = [(b"content-type", b"text/plain")]
patient = puff.global_redis.with_timeout(1000)
seen = contextvars.ContextVar("seen", default="nothing")


async def application(scope, receive, send):
    if scope["type"] == "lifespan":
        return await lifespan(scope, receive, send)
    path = scope["path"].removeprefix(scope["root_path"])
    if (found := take(path, scope["query_string"].decode())) is not None:
        return await answer(send, found)
    handler = globals().get("do_" + path[1:].split("/")[0], do_missing)
    return await handler(scope, receive, send)


async def lifespan(scope, receive, send):
    assert (await receive())["type"] == "lifespan.startup"
    scope["state"]["made_at_start"] = ["a list"]
    await send({"type": "lifespan.startup.complete"})
    assert (await receive())["type"] == "lifespan.shutdown"
    print("the application has shut down", flush=True)
    await send({"type": "lifespan.shutdown.complete"})


async def start(send, status=200, headers=()):
    head = {"type": "http.response.start", "status": status, "headers": [*TEXT, *headers]}
    await send(head)


async def more(send, body):
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def end(send, body=b""):
    await send({"type": "http.response.body", "body": body})


async def answer(send, body, status=200, headers=()):
    await start(send, status, headers)
    await end(send, body)


def name_of(scope):
    return scope["query_string"].decode()


async def pass_gate(name):
    while name not in opened:
        await asyncio.sleep(0.001)


async def read(receive):
    """The pieces of the body."""
    while True:
        message = await receive()
        assert message["type"] == "http.request", message
        yield message.get("body", b"")
        if not message.get("more_body"):
            return


def plain(value):
    """JSON that keeps apart what Python keeps apart."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, bytes):
        return ["bytes", value.decode("latin-1")]
    return [type(value).__name__, value]


async def do_missing(scope, receive, send):
    await answer(send, b"missing", 404)


async def do_hello(scope, receive, send):
    await answer(send, b"hello", 200, [(b"content-length", b"5")])


async def do_scope(scope, receive, send):
    shown = {k: v for k, v in scope.items() if k != "app"}
    await answer(send, json.dumps(plain(shown)).encode())


async def do_state(scope, receive, send):
    """The state is shared as a shallow copy: a new key is this request's own."""
    new = "mine" not in scope["state"]
    scope["state"]["mine"] = True
    await answer(send, json.dumps([scope["state"]["made_at_start"], new]).encode())


async def do_echo(scope, receive, send):
    body = b"".join([piece async for piece in read(receive)])
    await answer(send, body, 200, [(b"content-length", str(len(body)).encode())])


async def do_echo_pieces(scope, receive, send):
    await start(send)
    async for piece in read(receive):
        await more(send, piece)
    await end(send)


async def do_digest(scope, receive, send):
    size, pieces, digest = 0, 0, hashlib.sha256()
    async for piece in read(receive):
        size, pieces = size + len(piece), pieces + 1
        digest.update(piece)
    await answer(send, json.dumps([size, digest.hexdigest(), pieces > 1]).encode())


async def do_unread(scope, receive, send):
    await answer(send, b"not read")


async def do_slow_reader(scope, receive, send):
    await pass_gate(name_of(scope))
    size = sum([len(piece) async for piece in read(receive)])
    await answer(send, str(size).encode())


async def do_steps(scope, receive, send):
    name = name_of(scope)
    await start(send)
    await more(send, b"first")
    await pass_gate(name + "1")
    await more(send, b"second")
    await pass_gate(name + "2")
    await end(send, b"third")


async def do_fast_sender(scope, receive, send):
    """Sends as fast as it may, and notes how far it came."""
    name = name_of(scope)
    await start(send)
    for _ in range(640):
        await more(send, bytes(65_536))
        note(name, "sent")
    await end(send)


async def do_upload_lost(scope, receive, send):
    name = name_of(scope)
    note(name, "began")
    while (message := await receive())["type"] == "http.request":
        pass
    note(name, message["type"])


async def do_disconnect(scope, receive, send):
    """Waits for the client to leave, then sends to nobody."""
    name = name_of(scope)
    await receive()
    note(name, "began")
    note(name, (await receive())["type"])
    try:
        await answer(send, b"too late")
    except Exception as error:
        note(name, type(error).__name__ if not isinstance(error, OSError) else "OSError")
    else:
        note(name, "ignored")


async def do_endless(scope, receive, send):
    name = name_of(scope)
    await start(send)
    try:
        while True:
            await more(send, bytes(65_536))
            note(name, "piece")
    except BaseException as error:
        note(name, "OSError" if isinstance(error, OSError) else type(error).__name__)
        raise


async def do_after_the_end(scope, receive, send):
    """A complete exchange: receive tells of a disconnect, and sending is over."""
    name = name_of(scope)
    await receive()
    await answer(send, b"done")
    note(name, (await receive())["type"])


async def do_raise(scope, receive, send):
    raise ValueError(name_of(scope))


async def do_raise_midway(scope, receive, send):
    await start(send)
    await more(send, b"first")
    await pass_gate(name_of(scope))
    raise ValueError(name_of(scope))


async def do_raise_after(scope, receive, send):
    await answer(send, b"whole", 200, [(b"content-length", b"5")])
    raise ValueError(name_of(scope))


async def do_exit(scope, receive, send):
    raise SystemExit(3)


async def do_nothing(scope, receive, send):
    return


async def do_start_only(scope, receive, send):
    await start(send)


async def do_half(scope, receive, send):
    await start(send)
    await more(send, b"half")
    await pass_gate(name_of(scope))


async def do_body_first(scope, receive, send):
    await end(send, b"early")


async def do_unknown_message(scope, receive, send):
    await send({"type": "http.response.nonsense"})


async def do_twice(scope, receive, send):
    await start(send)
    await start(send)


async def do_text_body(scope, receive, send):
    await start(send)
    await end(send, "str is not bytes")


async def do_too_short(scope, receive, send):
    await answer(send, b"short", 200, [(b"content-length", b"10")])


async def do_bad_header(scope, receive, send):
    await answer(send, b"", 200, [(b"x-bad", b"a\r\nx-injected: yes")])


async def do_cookies(scope, receive, send):
    await answer(send, b"", 200, [(b"set-cookie", b"a=1"), (b"set-cookie", b"b=2")])


async def do_no_content(scope, receive, send):
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await end(send)


async def do_no_headers(scope, receive, send):
    await send({"type": "http.response.start", "status": 200})
    await end(send, b"bare")


async def do_large(scope, receive, send):
    await answer(send, b"y" * int(name_of(scope)))


async def do_lines(scope, receive, send):
    await start(send)
    for number in range(5):
        await more(send, b"line %d\n" % number)
    await end(send)


async def do_context(scope, receive, send):
    before = seen.get()
    seen.set(name_of(scope))
    await asyncio.sleep(0.02)
    await answer(send, f"{before} {seen.get()}".encode())


async def do_task(scope, receive, send):
    """Whether the task is one and the same, in the callee and after waits of every kind."""
    tasks = [asyncio.current_task()]
    await receive()
    tasks.append(asyncio.current_task())
    await asyncio.sleep(0)
    tasks.append(asyncio.current_task())
    await puff.sleep_ms(1)
    tasks.append(asyncio.current_task())
    await start(send)
    tasks.append(asyncio.current_task())
    same = tasks[0] is not None and all(task is tasks[0] for task in tasks)
    await end(send, str(same).encode())


async def do_anyio(scope, receive, send):
    """Cancel scopes, task groups and worker threads of the library under Starlette."""
    import anyio
    import anyio.to_thread

    done = []
    with anyio.move_on_after(0.01) as limit:
        await anyio.sleep(10)
    async with anyio.create_task_group() as group:
        for number in range(3):
            group.start_soon(anyio.sleep, 0.001 * number)
    done.append(limit.cancelled_caught)
    done.append(await anyio.to_thread.run_sync(lambda: puff.is_asyncio()))
    await answer(send, json.dumps(done).encode())


async def do_where(scope, receive, send):
    await answer(send, json.dumps([puff.is_asyncio(), puff.is_greenlet()]).encode())


async def do_sleep(scope, receive, send):
    await asyncio.sleep(int(name_of(scope)) / 1000)
    await answer(send, b"slept", 200, [(b"content-length", b"5")])


async def do_block_the_thread(scope, receive, send):
    time.sleep(float(name_of(scope)))
    await answer(send, b"blocked")


async def do_count(scope, receive, send):
    await answer(send, str(await patient.incr("count", 1)).encode())
