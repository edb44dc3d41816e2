"""Leases connections of a pool, well and badly used, and watches memory.

    .venv/bin/python tests/fault/postgres_soak.py [LEASES] [SECONDS]

Runs until that many leases (a million) or seconds (60) are over. Leaves with status 1 if memory
grew by more than 4 MiB after the first tenth, a descriptor leaked, or a session stayed leased."""

import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.puff_process import PUFF, clean_environment
from support.servers import PostgresServer

WORK = """
import os, sys, time
import puff
from puff import _puff, postgres

db = postgres.pool("default")
failures = []

def resident_kib():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))

def descriptors():
    return len(os.listdir("/proc/self/fd"))

def lease(n):
    if n % 100 == 0:  # nobody waits for the answer any more
        puff.spawn(_puff.pg_lease, "default", "given up", 5000).cancel()
    session = _puff.pg_lease("default", "soak", 30_000)
    if n % 50 == 0:
        session.simple(b"BEGIN; SELECT 1", 5000)
    if n % 2:
        session.close()

def work(share):
    for n in range(share):
        try:
            lease(n)
        except _puff.PgFailure as failure:
            failures.append(str(failure))

def main(wanted, seconds):
    end = time.monotonic() + float(seconds)
    wanted, done, first = int(wanted), 0, None
    warm = time.monotonic() + 0.1 * float(seconds)
    while done < wanted and time.monotonic() < end:
        puff.join_all([puff.spawn(work, 100) for _ in range(32)])
        done += 3200
        if first is None and (done >= wanted // 10 or time.monotonic() > warm):
            first = resident_kib(), descriptors()
    whole = [_puff.pg_lease("default", "last", 5000) for _ in range(4)]
    print(done, "leases,", resident_kib() - first[0], "KiB more,", descriptors() - first[1],
          "descriptors more,", len(failures), "failures", flush=True)
    print(*failures[:3], sep="\\n")
    sys.exit(resident_kib() - first[0] > 4096 or descriptors() > first[1] + 4 or bool(failures))
"""


def main(leases: str, seconds: str) -> int:
    with tempfile.TemporaryDirectory() as name, PostgresServer(Path(name)) as server:
        folder = Path(name)
        (folder / "soak_work.py").write_text(WORK)
        (folder / "puff.toml").write_text(f'[[postgres]]\nurl = "{server.unix_url}"\npool_size = 4')
        command = [str(PUFF), "run", "soak_work.main", leases, seconds]
        env = clean_environment({"PYTHONPATH": name})
        return subprocess.run(command, cwd=folder, env=env, timeout=float(seconds) + 60).returncode


if __name__ == "__main__":
    given = sys.argv[1:3]
    sys.exit(main(*(given + ["1000000", "60"][len(given) :])))
