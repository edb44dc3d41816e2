"""The start page of the demo: one document without a request beyond itself, and a burst of requests
that shows how many may wait at once."""

import asyncio
import base64
import hashlib
import json
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import parse_qs

MOUNTS = {"wsgi": "/wsgi", "flask": "/flask", "fastapi": "/fastapi", "native": "/native"}
MOST_AT_ONCE = 300
SLEEP_MS = 200

bursts = asyncio.Semaphore(1)  # of all visitors of the page


def source_hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def make_page() -> tuple[bytes, str]:
    """The document with its style and script in it, and the policy that allows only these two."""
    folder = Path(__file__).parent / "page"
    style, script = ((folder / name).read_text() for name in ("style.css", "script.js"))
    page = (folder / "index.html").read_text()
    page = page.replace("/* style.css */", style).replace("/* script.js */", script)
    policy = (
        f"default-src 'none'; style-src {source_hash(style)}; script-src {source_hash(script)}; "
        "img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'"
    )
    return page.encode(), policy


PAGE, POLICY = make_page()


async def application(scope, receive, send):
    if scope["type"] != "http":
        raise NotImplementedError(scope["type"])
    if scope["method"] not in ("GET", "HEAD"):
        await answer(send, 405, b"Method Not Allowed\n", [(b"allow", b"GET, HEAD")])
    elif scope["path"] == "/":
        headers = [(b"content-security-policy", POLICY.encode()), (b"cache-control", b"no-cache")]
        await answer(send, 200, PAGE, headers, b"text/html; charset=utf-8")
    elif scope["path"] == "/burst":
        await burst(scope, send)
    else:
        await answer(send, 404, b"Not Found\n")


async def answer(send, status, body, headers=(), kind=b"text/plain; charset=utf-8"):
    length = str(len(body)).encode()
    head = [(b"content-type", kind), (b"content-length", length), *headers]
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": body})


async def burst(scope, send):
    """Sends `count` requests that sleep to one application, a connection each, all at once, and
    tells each answer when it comes: a line of JSON. A browser could not: it opens six connections
    to a host."""
    query = parse_qs(scope["query_string"].decode("latin-1"))
    mount, count = (query.get(key, [""])[0] for key in ("app", "count"))
    if mount not in MOUNTS or not count.isdecimal() or not 1 <= int(count) <= MOST_AT_ONCE:
        text = f"app is one of {', '.join(MOUNTS)}; count goes from 1 to {MOST_AT_ONCE}\n"
        await answer(send, 400, text.encode())
        return
    headers = [(b"content-type", b"application/x-ndjson"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    target = f"{MOUNTS[mount]}/sleep?ms={SLEEP_MS}"
    async with bursts:
        began = time.perf_counter()
        calls = [sleep_once(scope["server"], target) for _ in range(int(count))]
        for done in asyncio.as_completed(calls):
            line = json.dumps(await done) + "\n"
            await send({"type": "http.response.body", "body": line.encode(), "more_body": True})
        total = {"total_ms": milliseconds_since(began)}
    await send({"type": "http.response.body", "body": json.dumps(total).encode() + b"\n"})


async def sleep_once(server, target):
    began = time.perf_counter()
    try:
        async with asyncio.timeout(10):
            reader, writer = await asyncio.open_connection(*server)
            with closing(writer):
                head = f"GET {target} HTTP/1.1\r\nHost: demo\r\nConnection: close\r\n\r\n"
                writer.write(head.encode())
                reply = await reader.read()
    except OSError as error:
        return {"error": str(error)}
    status = int(reply[9:12]) if reply.startswith(b"HTTP/1.1 ") else 0
    return {"status": status, "ms": milliseconds_since(began)}


def milliseconds_since(began):
    return round((time.perf_counter() - began) * 1000, 1)
