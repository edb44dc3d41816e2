"""What every test may ask for: a private Redis, a project's folder, and Puff running in it."""

from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from support.project import Project
from support.puff_process import PuffProcess
from support.servers import RedisServer


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    """A private, empty Redis for one test, which may kill and restart it."""
    with RedisServer(tmp_path / "redis") as server:
        yield server


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An empty folder; see `Project.write`."""
    folder = tmp_path / "project"
    folder.mkdir()
    return Project(folder)


@pytest.fixture
def puff(project: Project, request: pytest.FixtureRequest) -> Iterator[Callable[..., PuffProcess]]:
    """Starts commands in the project's folder: puff("serve", "--bind", .., PUFF_LOG="debug").
    Those that still run when the test ends are killed; if it failed, their output is shown."""
    started: list[PuffProcess] = []

    def start(*arguments: str, **env: str) -> PuffProcess:
        started.append(PuffProcess(arguments, project.folder, env))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        if request.node.stash.get(FAILED, False):
            print(f"--- puff {' '.join(process.arguments)}\n{process.output}")


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report
