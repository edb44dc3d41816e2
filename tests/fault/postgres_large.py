"""Reads a large result and watches memory: row by row from a named cursor, by the native stream,
and as a COPY both ways of asking for one.

    .venv/bin/python tests/fault/postgres_large.py [MIB]

Each way reads MIB (1024). Leaves with status 1 if a size is wrong or memory grew by more than
32 MiB."""

import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.puff_process import PUFF, clean_environment
from support.servers import PostgresServer

MOST_KIB = 32 * 1024  # that memory may grow by, however much is read
WORK = """
from puff import _puff, postgres

db = postgres.pool("default")
TEXTS = "repeat('x', 10240) FROM generate_series(1, %d) AS n"

def peak_kib():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))

def named(rows):
    with postgres.connect(dbname="default") as connection, connection.cursor("large") as cursor:
        cursor.itersize = 100
        cursor.execute("SELECT n, " + TEXTS % rows)
        return sum(len(text) for _, text in cursor)

def streamed(rows):
    session = _puff.pg_lease("default", "stream", 5000)
    reply = session.stream(("SELECT n, " + TEXTS % rows).encode(), 100, 20_000)
    size = 0
    while True:
        for result in reply.results:
            size += sum(len(result.value(row, 1)) for row in range(result.rows))
        if not reply.more:
            return size
        reply = session.next(20_000)

def copied(rows):
    size = 0
    def take(piece):
        nonlocal size
        size += len(piece)
    db.copy_from_query("SELECT " + TEXTS % rows, output=take)
    return size - rows

def copied_by_cursor(rows):
    class File:
        size = 0
        def write(self, piece):
            self.size += len(piece)
    file = File()
    with postgres.connect(dbname="default") as connection, connection.cursor() as cursor:
        cursor.copy_expert("COPY (SELECT " + TEXTS % rows + ") TO STDOUT", file)
    return file.size - rows

def main(mib):
    for work in (named, streamed, copied, copied_by_cursor):
        work(200)
        with open("/proc/self/clear_refs", "w") as reset:
            reset.write("5")  # the peak is what is resident now
        before = peak_kib()
        print(work.__name__, work(-(-int(mib) * 1024 // 10)) >> 20, peak_kib() - before, flush=True)
"""


def read(server: PostgresServer, folder: Path, mib: int, seconds: float) -> dict[str, list[float]]:
    """For each way of reading, how many MiB were read and by how many KiB memory grew."""
    (folder / "large_work.py").write_text(WORK)
    (folder / "puff.toml").write_text(f'[[postgres]]\nurl = "{server.unix_url}"\n')
    done = subprocess.run(
        [str(PUFF), "run", "large_work.main", str(mib)],
        cwd=folder,
        env=clean_environment({"PYTHONPATH": str(folder)}),
        stdout=subprocess.PIPE,
        text=True,
        timeout=seconds,
        check=True,
    )
    told = (line.split() for line in done.stdout.splitlines())
    return {name: [float(number) for number in numbers] for name, *numbers in told}


def main(mib: int) -> int:
    with tempfile.TemporaryDirectory() as name, PostgresServer(Path(name)) as server:
        told = read(server, Path(name), mib, 600)
    for way, (size, grown) in told.items():
        print(f"{way}: {size:.0f} MiB read, {grown:.0f} KiB more")
    wrong = [way for way, (size, grown) in told.items() if size != mib or grown > MOST_KIB]
    return 1 if wrong or len(told) != 4 else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else 1024))
