"""The smallest application of each protocol: twelve bytes of text."""

BODY = b"Hello, World"
LENGTH = str(len(BODY))


def wsgi(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", LENGTH)])
    return [BODY]


async def asgi(scope, receive, send):
    if scope["type"] != "http":
        raise RuntimeError("this application answers HTTP alone")
    await send(
        {
            "type": "http.response.start",
            "status": 200,
            "headers": [(b"content-type", b"text/plain"), (b"content-length", LENGTH.encode())],
        }
    )
    await send({"type": "http.response.body", "body": BODY})
