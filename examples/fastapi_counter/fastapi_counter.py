"""A FastAPI application: it counts, waits, streams and takes uploads."""

import asyncio
import hashlib
from typing import Annotated

from fastapi import FastAPI, Query, Request
from fastapi.responses import PlainTextResponse, StreamingResponse

import puff

app = FastAPI(title="fastapi_counter")


@app.get("/", response_class=PlainTextResponse)
async def index():
    return "fastapi_counter: /visits, /sleep?ms=200, /stream, POST /upload, /docs\n"


@app.get("/visits")
async def visits():
    return {"visits": await puff.global_redis.incr("visits:fastapi", 1)}


@app.get("/sleep")
async def sleep(ms: Annotated[int, Query(ge=0, le=10_000)] = 200):
    await asyncio.sleep(ms / 1000)
    return {"slept_ms": ms}


@app.get("/stream")
async def stream():
    """Each piece leaves when it is yielded."""
    return StreamingResponse(lines(), media_type="text/plain")


async def lines():
    for number in range(1, 11):
        yield f"line {number} of 10\n"
        await asyncio.sleep(0.2)


@app.post("/upload")
async def upload(request: Request):
    """The body is read while it arrives and never held as a whole."""
    size, digest = 0, hashlib.sha256()
    async for piece in request.stream():
        size += len(piece)
        digest.update(piece)
    return {"bytes": size, "sha256": digest.hexdigest()}
