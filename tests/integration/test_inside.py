"""Runs the tests that must be inside Puff, as a user would: with `puff pytest`."""

from pathlib import Path

import pytest
from integration.conftest import INSIDE

from support.puff_process import run_puff

HERE = Path(__file__).parent


@pytest.mark.parametrize("file", INSIDE)
def test_inside_puff(project, redis_server, postgres_server, postgres_database, file):
    project.write(
        "puff.toml",
        f"""asyncio = true
[[redis]]
url = "{redis_server.url}"
[[pubsub]]
url = "{redis_server.url}"
[[postgres]]
url = "{postgres_server.url_of(postgres_database)}"
""",
    )
    options = ["-q", "-c", "/dev/null", "--noconftest", "-p", "no:cacheprovider"]
    done = run_puff(
        ["pytest", *options, "--import-mode=importlib", f"--rootdir={HERE}", str(HERE / file)],
        cwd=project.folder,
        env={"PYTHONPATH": str(HERE)},
        timeout=100,
    )
    print(done.stdout, done.stderr)
    assert done.returncode == 0
    assert " passed" in done.stdout
