"""A greenlet that does not yield is told of, with its stack, once."""

from support.puff_process import run_puff

PROGRAM = """
import time
import puff

def hog():
    end = time.monotonic() + 1.5
    while time.monotonic() < end:
        pass

def main():
    puff.spawn(hog).join()

def wait():
    puff.sleep_ms(1500)
"""


def run(project, function):
    project.write("puff.toml", "[python]\nstall_threshold_ms = 200\n")
    project.write("program.py", PROGRAM)
    return run_puff(["run", f"program.{function}"], cwd=project.folder)


def test_a_greenlet_that_computes_too_long_is_reported_with_its_stack(project):
    done = run(project, "main")
    assert done.returncode == 0
    assert done.stderr.count("kept all others waiting") == 1
    assert "in hog" in done.stderr


def test_a_greenlet_that_waits_is_not_reported(project):
    done = run(project, "wait")
    assert done.returncode == 0
    assert "kept all others waiting" not in done.stderr
