"""What every test may ask for: a private Redis, a project's folder, and Puff running in it."""

import uuid
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from support.project import Project
from support.puff_process import PuffProcess
from support.servers import PostgresServer, RedisServer


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    """A private, empty Redis for one test, which may kill and restart it."""
    with RedisServer(tmp_path / "redis") as server:
        yield server


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """One private PostgreSQL for all tests, which must not end it; see `postgres_database`."""
    with PostgresServer(
        tmp_path_factory.mktemp("postgres"), max_prepared_transactions=10
    ) as server:
        yield server


@pytest.fixture
def postgres_database(postgres_server: PostgresServer) -> Iterator[str]:
    """The name of an empty database of one test, in `postgres_server`."""
    name = f"test_{uuid.uuid4().hex}"
    postgres_server.query(f"CREATE DATABASE {name}")
    yield name
    postgres_server.query(f"DROP DATABASE {name} WITH (FORCE)")


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
