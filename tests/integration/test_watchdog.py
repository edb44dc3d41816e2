"""A greenlet that does not yield is told of, with its stack, once."""

import re
from datetime import datetime, timedelta, timezone

from support.puff_process import run_puff

PROGRAM = """
import os
import time
import puff

def hog():
    end = time.monotonic() + 1.5
    while time.monotonic() < end:
        pass

def main():
    puff.spawn(hog).join()

def elsewhere():
    os.environ["TZ"] = "ELSEWHERE+7"
    time.tzset()
    hog()

def wait():
    puff.sleep_ms(1500)
"""


def run(project, function, **env):
    project.write("puff.toml", "[python]\nstall_threshold_ms = 200\n")
    project.write("program.py", PROGRAM)
    return run_puff(["run", f"program.{function}"], cwd=project.folder, env=env)


def test_a_greenlet_that_computes_too_long_is_reported_with_its_stack(project):
    done = run(project, "main")
    assert done.returncode == 0
    assert done.stderr.count("kept all others waiting") == 1
    assert "in hog" in done.stderr


def test_a_greenlet_that_waits_is_not_reported(project):
    done = run(project, "wait")
    assert done.returncode == 0
    assert "kept all others waiting" not in done.stderr


def test_a_program_that_changes_its_time_zone_does_not_change_the_logs(project):
    done = run(project, "elsewhere", TZ="HERE-5")
    told = re.search(r"^(\S+ \S+) warning .*kept all others waiting", done.stderr, re.MULTILINE)
    assert told, done.stderr
    here = timezone(timedelta(hours=5))
    age = datetime.now(here) - datetime.fromisoformat(told[1]).replace(tzinfo=here)
    assert timedelta() <= age < timedelta(minutes=2)
