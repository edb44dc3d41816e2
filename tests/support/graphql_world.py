"""What tests of GraphQL over a network share: the program with schemas in C++, and its data."""

import json
import os
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from support.project import Project
from support.puff_process import ROOT, PuffProcess
from support.servers import PostgresServer, free_port

PROGRAM = Path(
    os.environ.get("GRAPHQL_SERVER", ROOT / "build/release/tests/graphql/server/graphql_server")
)
LIBRARY = ROOT / "tests/graphql/server/library.sql"
NODE_PROGRAMS = ROOT / "tests/graphql"


def load_library(server: PostgresServer, database: str) -> None:
    server.query(LIBRARY.read_text(), database)


class World:
    """A running server, and a database that it is the only user of."""

    def __init__(self, server: PostgresServer, database: str, project: Project) -> None:
        self.server = server
        self.database = database
        self.port = free_port()
        self.process = PuffProcess(
            [f"127.0.0.1:{self.port}", server.url_of(database)], project.folder, {}, PROGRAM
        )
        self.process.wait_for_address(("127.0.0.1", self.port))
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=20)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def post(self, query: str, path: str = "/graphql", **more: Any) -> httpx.Response:
        headers = more.pop("headers", {})
        return self.client.post(path, json={"query": query, **more}, headers=headers)

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        answer = self.post(query, variables=variables)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def sql(self, text: str) -> str:
        return self.server.query(text, self.database)

    def running(self) -> str:
        """The statements of the program that run on the server now."""
        return self.sql(
            "select count(*) from pg_stat_activity where datname = current_database() and "
            "state = 'active' and query like '%pg_sleep%' and pid <> pg_backend_pid()"
        )

    def close(self) -> None:
        self.client.close()
        self.process.kill()


@pytest.fixture
def world(
    postgres_server: PostgresServer, postgres_database: str, project: Project
) -> Iterator[World]:
    load_library(postgres_server, postgres_database)
    made = World(postgres_server, postgres_database, project)
    yield made
    made.close()


@pytest.fixture(scope="module")
def shared_world(
    postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """For tests of a module that leave nothing behind."""
    name = f"shared_{uuid.uuid4().hex}"
    postgres_server.query(f"CREATE DATABASE {name}")
    load_library(postgres_server, name)
    made = World(postgres_server, name, Project(tmp_path_factory.mktemp("world")))
    yield made
    made.close()
    postgres_server.query(f"DROP DATABASE {name} WITH (FORCE)")


def run_node(program: str, *arguments: str) -> Any:
    """The last line that a program of tests/graphql prints, which is JSON."""
    if not (NODE_PROGRAMS / "node_modules").is_dir():
        pytest.skip("run npm ci in tests/graphql")
    ran = subprocess.run(
        ["node", str(NODE_PROGRAMS / program), *arguments],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout.splitlines()[-1])
