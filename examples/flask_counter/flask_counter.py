"""A Flask application: it counts, waits, streams and takes uploads."""

import hashlib

from flask import Flask, Response, abort, request

import puff

PIECE = 64 * 1024

app = Flask(__name__)


@app.get("/")
def index():
    text = "flask_counter: /visits, /sleep?ms=200, /stream, POST /upload\n"
    return Response(text, mimetype="text/plain")


@app.get("/visits")
def visits():
    return {"visits": puff.global_redis.incr("visits:flask", 1)}


@app.get("/sleep")
def sleep():
    """Only this request's greenlet waits; the others go on."""
    ms = request.args.get("ms", 200, type=int)
    if not 0 <= ms <= 10_000:
        abort(400, "ms goes from 0 to 10000")
    puff.sleep_ms(ms)
    return {"slept_ms": ms}


@app.get("/stream")
def stream():
    """Each piece leaves when it is yielded."""
    return Response(lines(), mimetype="text/plain")


def lines():
    for number in range(1, 11):
        yield f"line {number} of 10\n"
        puff.sleep_ms(200)


@app.post("/upload")
def upload():
    """The body is read while it arrives and never held as a whole."""
    size, digest = 0, hashlib.sha256()
    while piece := request.stream.read(PIECE):
        size += len(piece)
        digest.update(piece)
    return {"bytes": size, "sha256": digest.hexdigest()}
