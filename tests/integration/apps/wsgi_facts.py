"""A WSGI application with a path for every fact that the tests check."""

import contextvars
import hashlib
import json
import sys
import time
from wsgiref.validate import validator

from notes import note, opened, take

import puff

TEXT = [("Content-Type", "text/plain")]
patient = puff.global_redis.with_timeout(1000)
seen = contextvars.ContextVar("seen", default="nothing")


def application(environ, start_response):
    path = environ["PATH_INFO"]
    if (answer := take(path, environ["QUERY_STRING"])) is not None:
        start_response("200 OK", TEXT)
        return [answer]
    handler = globals().get("do_" + path[1:].split("/")[0], do_missing)
    return handler(environ, start_response)


checked = validator(application)


def name_of(environ):
    return environ["QUERY_STRING"]


def pass_gate(name):
    while name not in opened:
        puff.sleep_ms(1)


class Pieces:
    """A body that notes when it is closed, and that it was never asked for more afterwards."""

    def __init__(self, name, pieces):
        self.name, self.pieces = name, iter(pieces)

    def __iter__(self):
        return self

    def __next__(self):
        return next(self.pieces)

    def close(self):
        note(self.name, "closed")


def do_missing(environ, start_response):
    start_response("404 Not Found", TEXT)
    return [b"missing"]


def do_(environ, start_response):
    """The root: reads the whole body first, so that what is wrong with it is met."""
    size = len(environ["wsgi.input"].read(-1))
    start_response("200 OK", TEXT)
    return [str(size).encode()]


def do_hello(environ, start_response):
    start_response("200 OK", [*TEXT, ("Content-Length", "5")])
    return [b"hello"]


def do_environ(environ, start_response):
    text = {k: v for k, v in environ.items() if isinstance(v, (str, int, bool, tuple))}
    body = json.dumps({k: [type(v).__name__, v] for k, v in text.items()}).encode()
    start_response("200 OK", [*TEXT, ("Content-Length", str(len(body)))])
    return [body]


def do_echo(environ, start_response):
    body = environ["wsgi.input"].read(-1)
    start_response("200 OK", [*TEXT, ("Content-Length", str(len(body)))])
    return [body]


def do_input(environ, start_response):
    """Reads the body by the methods that the query names, and tells what they gave."""
    source = environ["wsgi.input"]
    got = []
    for word in environ["QUERY_STRING"].split("&"):
        method, _, size = word.partition("=")
        if method == "iterate":
            got.append([line.decode() for line in source])
        else:
            value = getattr(source, method)(*[int(size)] if size else [])
            texts = value if isinstance(value, list) else [value]
            decoded = [text.decode() for text in texts]
            got.append(decoded if isinstance(value, list) else decoded[0])
    start_response("200 OK", TEXT)
    return [json.dumps(got).encode()]


def do_digest(environ, start_response):
    size, digest = 0, hashlib.sha256()
    while piece := environ["wsgi.input"].read(65536):
        size += len(piece)
        digest.update(piece)
    start_response("200 OK", TEXT)
    return [json.dumps([size, digest.hexdigest()]).encode()]


def do_progress(environ, start_response):
    """Notes the first piece of the body when it is there, and reads the rest behind a gate."""
    note(name_of(environ), "got " + environ["wsgi.input"].read(5).decode())
    rest = environ["wsgi.input"].read()
    start_response("200 OK", TEXT)
    return [rest]


def do_unread(environ, start_response):
    start_response("200 OK", TEXT)
    return [b"not read"]


def do_slow_reader(environ, start_response):
    """Reads nothing until the gate opens."""
    pass_gate(name_of(environ))
    size = 0
    while piece := environ["wsgi.input"].read(65536):
        size += len(piece)
    start_response("200 OK", TEXT)
    return [str(size).encode()]


def do_upload_lost(environ, start_response):
    name = name_of(environ)
    note(name, "began")
    try:
        environ["wsgi.input"].read()
    except BaseException as error:
        note(name, "raised")
        note(name, repr(error))
        raise
    note(name, "read all")
    start_response("200 OK", TEXT)
    return [b""]


def do_write(environ, start_response):
    write = start_response("200 OK", TEXT)
    write(b"one ")
    write(b"two ")
    return [b"three"]


def do_steps(environ, start_response):
    """Piece by piece, each behind a gate of its own."""
    name = name_of(environ)

    def pieces():
        yield b"first"
        pass_gate(name + "1")
        yield b"second"
        pass_gate(name + "2")
        yield b"third"

    start_response("200 OK", TEXT)
    return Pieces(name, pieces())


def do_steps_without_wait(environ, start_response):
    """PEP 3333: a piece leaves before the next one is asked for, even if that takes all the CPU."""
    name = name_of(environ)

    def pieces():
        yield b"first"
        end = time.monotonic() + 1.5
        while time.monotonic() < end:
            pass
        note(name, "second")
        yield b"second"

    start_response("200 OK", TEXT)
    return pieces()


def do_endless(environ, start_response):
    name = name_of(environ)

    def pieces():
        while True:
            note(name, "piece")
            yield b"x" * 65536

    start_response("200 OK", TEXT)
    return Pieces(name, pieces())


def do_closed(environ, start_response):
    start_response("200 OK", TEXT)
    return Pieces(name_of(environ), [b"a", b"b"])


def do_closed_after_failure(environ, start_response):
    def pieces():
        yield b"a"
        raise ValueError(name_of(environ))

    start_response("200 OK", TEXT)
    return Pieces(name_of(environ), pieces())


def do_close_fails(environ, start_response):
    class Failing(Pieces):
        def close(self):
            raise ValueError(name_of(environ))

    start_response("200 OK", [*TEXT, ("Content-Length", "2")])
    return Failing("", [b"ok"])


def do_no_start(environ, start_response):
    return [b"too early"]


def do_no_start_empty(environ, start_response):
    return []


def do_nothing(environ, start_response):
    return None


def do_raise(environ, start_response):
    raise ValueError(name_of(environ))


def do_raise_midway(environ, start_response):
    """The first piece has left when it fails."""
    start_response("200 OK", TEXT)

    def pieces():
        yield b"first"
        pass_gate(name_of(environ))
        raise ValueError(name_of(environ))

    return pieces()


def do_exit(environ, start_response):
    sys.exit(3)


def do_exc_info_early(environ, start_response):
    start_response("200 OK", TEXT)
    try:
        raise KeyError("early")
    except KeyError:
        start_response("503 Later", [("X-Second", "yes")], sys.exc_info())
    return [b"sorry"]


def do_exc_info_late(environ, start_response):
    start_response("200 OK", TEXT)(b"first")
    try:
        raise KeyError(name_of(environ))
    except KeyError:
        start_response("503 Later", TEXT, sys.exc_info())
    return [b"never"]


def do_twice(environ, start_response):
    start_response("200 OK", TEXT)
    start_response("200 OK", TEXT)
    return [b"never"]


def do_too_short(environ, start_response):
    start_response("200 OK", [*TEXT, ("Content-Length", "10")])
    return [b"short"]


def do_too_long(environ, start_response):
    start_response("200 OK", [*TEXT, ("Content-Length", "5")])
    return [b"exact", b" and more"]


def do_text(environ, start_response):
    start_response("200 OK", TEXT)
    return ["str is not bytes"]


def do_bad_header(environ, start_response):
    start_response("200 OK", [("X-Bad", "a\r\nX-Injected: yes")])
    return [b""]


def do_cookies(environ, start_response):
    start_response("200 OK", [*TEXT, ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
    return [b""]


def do_reason(environ, start_response):
    start_response("299 Quite Fine", TEXT)
    return [b""]


def do_no_content(environ, start_response):
    start_response("204 No Content", [])
    return []


def do_context(environ, start_response):
    """What an earlier request left in a context variable, and what this one finds after a wait."""
    before = seen.get()
    seen.set(name_of(environ))
    puff.sleep_ms(20)
    start_response("200 OK", TEXT)
    return [f"{before} {seen.get()}".encode()]


def do_sleep(environ, start_response):
    puff.sleep_ms(int(environ["QUERY_STRING"]))
    start_response("200 OK", [*TEXT, ("Content-Length", "5")])
    return [b"slept"]


def do_block_the_thread(environ, start_response):
    time.sleep(float(environ["QUERY_STRING"]))
    start_response("200 OK", TEXT)
    return [b"blocked"]


def do_count(environ, start_response):
    count = patient.incr("count", 1)
    start_response("200 OK", TEXT)
    return [str(count).encode()]


def do_large(environ, start_response):
    size = int(environ["QUERY_STRING"])
    start_response("200 OK", [*TEXT, ("Content-Length", str(size))])
    return [b"y" * size]


def do_lines(environ, start_response):
    start_response("200 OK", TEXT)
    return (f"line {number}\n".encode() for number in range(5))


def do_file(environ, start_response):
    """PEP 3333's optional wrapper for files."""
    start_response("200 OK", TEXT)
    return environ["wsgi.file_wrapper"](open(__file__, "rb"), 1024)
