"""Sends a million requests of every kind to a server and watches its memory.

    .venv/bin/python tests/fault/soak.py [REQUESTS]

Prints a line per round; leaves with status 1 if memory grew by more than a megabyte per hundred
thousand requests after the first tenth, if a descriptor leaked, or if a request failed."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from integration.apps.serving import Site, reset, served

from support.servers import RedisServer, wait_until

CONFIGURATION = """
[[redis]]
[[mounts]]
path = "/wsgi"
wsgi = "wsgi_facts.application"
[[mounts]]
path = "/asgi"
asgi = "asgi_facts.application"
"""
TARGETS = ["/hello", "/lines", "/count", "/large?100000", "/sleep?1"]
UPLOAD = """
wrk.method = "POST"
wrk.body = string.rep("x", 200000)
wrk.path = "%s/digest"
"""


def wrk(site: Site, target: str, *options: str) -> int:
    """Two seconds of load: how many requests were answered. RuntimeError if any failed."""
    command = ["wrk", "-t1", "-c32", "-d2s", *options, site.url + target]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    if "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
        raise RuntimeError(f"{target}: requests failed\n{done.stdout}")
    found = re.search(r"(\d+) requests in", done.stdout)
    if not found:
        raise RuntimeError(done.stdout)
    return int(found[1])


def leave_early(site: Site, mount: str) -> None:
    """Clients that are gone in the midst of things."""
    for target in ("/endless?soak", "/upload_lost?soak"):
        for _ in range(50):
            connection = site.raw()
            connection.send(f"POST {mount}{target} HTTP/1.1\r\nHost: a\r\n")
            connection.send("Content-Length: 100000\r\n\r\nbegun")
            reset(connection)


def round_of(site: Site, folder: Path) -> int:
    count = 0
    for mount in ("/wsgi", "/asgi"):
        count += sum(wrk(site, mount + target) for target in TARGETS)
        script = folder / "upload.lua"
        script.write_text(UPLOAD % mount)
        count += wrk(site, mount, "-s", str(script))
        leave_early(site, mount)
    return count


def main(wanted: int) -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (
            RedisServer(folder / "redis") as redis,
            served(folder / "site", CONFIGURATION, "--default-redis-url", redis.url) as site,
        ):
            descriptors, first, after_first = site.descriptors(), 0, 0
            done = 0
            while done < wanted:
                done += round_of(site, folder)
                if not first and done >= wanted // 10:
                    first, after_first = site.resident_kib(), done
                print(f"{done:>9} requests, {site.resident_kib() / 1024:.1f} MiB", flush=True)
            wait_until(lambda: site.descriptors() <= descriptors + 8, "descriptors are closed")
            growth = site.resident_kib() - first
            allowed = 1024 + 1024 * (done - after_first) / 100_000
            print(f"grew by {growth} KiB since {after_first} requests, {allowed:.0f} allowed")
            return int(growth > allowed)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
