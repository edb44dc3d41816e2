"""A WSGI application without a framework: it counts, waits, streams and takes uploads."""

import hashlib
import json
from urllib.parse import parse_qs

import puff

PIECE = 64 * 1024
TEXT = "text/plain; charset=utf-8"


def application(environ, start_response):
    method = "GET" if environ["REQUEST_METHOD"] == "HEAD" else environ["REQUEST_METHOD"]
    path = environ["PATH_INFO"] or "/"
    if handler := ROUTES.get((method, path)):
        return handler(environ, start_response)
    known = [m for m, p in ROUTES if p == path]
    status = "405 Method Not Allowed" if known else "404 Not Found"
    headers = [("Allow", ", ".join(known))] if known else []
    start_response(status, [("Content-Type", TEXT), *headers])
    return [status.encode() + b"\n"]


def index(environ, start_response):
    start_response("200 OK", [("Content-Type", TEXT)])
    return [b"hello_wsgi: /visits, /sleep?ms=200, /stream, POST /upload\n"]


def visits(environ, start_response):
    return answer(start_response, {"visits": puff.global_redis.incr("visits:wsgi", 1)})


def sleep(environ, start_response):
    """Only this request's greenlet waits; the others go on."""
    wanted = parse_qs(environ["QUERY_STRING"]).get("ms", ["200"])[0]
    if not wanted.isdecimal() or int(wanted) > 10_000:
        return answer(start_response, {"error": "ms goes from 0 to 10000"}, "400 Bad Request")
    puff.sleep_ms(int(wanted))
    return answer(start_response, {"slept_ms": int(wanted)})


def stream(environ, start_response):
    """Each piece leaves when it is yielded."""
    start_response("200 OK", [("Content-Type", TEXT)])
    return lines()


def lines():
    for number in range(1, 11):
        yield f"line {number} of 10\n".encode()
        puff.sleep_ms(200)


def upload(environ, start_response):
    """The body is read while it arrives and never held as a whole."""
    size, digest = 0, hashlib.sha256()
    while piece := environ["wsgi.input"].read(PIECE):
        size += len(piece)
        digest.update(piece)
    return answer(start_response, {"bytes": size, "sha256": digest.hexdigest()})


def answer(start_response, value, status="200 OK"):
    body = json.dumps(value).encode()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    start_response(status, headers)
    return [body]


ROUTES = {
    ("GET", "/"): index,
    ("GET", "/visits"): visits,
    ("GET", "/sleep"): sleep,
    ("GET", "/stream"): stream,
    ("POST", "/upload"): upload,
}
