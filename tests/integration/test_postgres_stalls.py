"""A network that stands still in the midst of a COPY: what ends the wait; the pool lives on."""

import os

import pytest

from support.faults import FaultyProxy
from support.puff_process import ROOT

WORK = """
import os
import puff
from support import endless

LIMIT = 2  # seconds

def wait_for(name):
    while not os.path.exists(name):
        puff.sleep_ms(5)

def main(work, how):
    copying = puff.spawn(endless.run, work, LIMIT if how == "limit" else None)
    wait_for("stalled")
    if how == "cancel":
        assert not copying.finished
        copying.cancel()
    try:
        copying.join()
    except BaseException as error:
        print("ended by", type(error).__name__, flush=True)
    wait_for("healed")
    print("whole", endless.whole(), flush=True)
"""


@pytest.fixture
def proxy(postgres_server):
    with FaultyProxy(("127.0.0.1", postgres_server.port)) as faulty:
        yield faulty


@pytest.mark.parametrize(
    ("work", "how", "error"),
    [
        ("native_copy_out", "cancel", "Cancelled"),
        ("native_copy_in", "cancel", "Cancelled"),
        ("copy_out", "cancel", "Cancelled"),
        ("copy_in", "cancel", "Cancelled"),
        ("native_copy_out", "limit", "TimeoutError"),
        ("native_copy_in", "limit", "TimeoutError"),
        ("copy_out", "limit", "OperationalError"),
        ("copy_in", "limit", "OperationalError"),
    ],
)
def test_a_copy_whose_network_stands_still_ends(
    project, puff, proxy, postgres_database, work, how, error
):
    url = f"postgres://postgres@127.0.0.1:{proxy.port}/{postgres_database}"
    project.write("puff.toml", f'[[postgres]]\nurl = "{url}"\npool_size = 4\n')
    project.write("work.py", WORK)
    path = f"{project.folder}{os.pathsep}{ROOT / 'tests'}"
    process = puff("run", "work.main", work, how, PYTHONPATH=path)
    process.wait_for_line("^midway")
    proxy.stall()
    project.write("stalled", "")
    process.wait_for_line(f"^ended by {error}")
    proxy.heal()
    project.write("healed", "")
    process.wait_for_line("^whole True")
    assert process.wait() == 0
    assert "Traceback" not in process.output
