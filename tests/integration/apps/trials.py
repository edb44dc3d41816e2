"""The schema of `graphql_trials.py`, served for a test module."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from integration.apps.serving import Site, served

from support.graphql_socket import MODERN, graphql_socket
from support.servers import PostgresServer

CONFIGURATION = """
asyncio = true
[[postgres]]
url = "%s"
pool_size = 4
[[graphql]]
schema = "graphql_trials.Schema"
url = "/graphql/"
subscriptions_url = "/graphql/"
automatic_documents = 10
"""
TABLES = "CREATE SEQUENCE asked; CREATE TABLE added (id serial PRIMARY KEY)"


class Trials:
    def __init__(self, site: Site, server: PostgresServer, database: str) -> None:
        self.site, self.server, self.database = site, server, database
        self.url = f"{site.url}/graphql/"
        self.client = httpx.Client(timeout=30)

    def post(self, query: str, **more: Any) -> httpx.Response:
        headers = more.pop("headers", {})
        return self.client.post(self.url, json={"query": query, **more}, headers=headers)

    def ask(self, query: str, **variables: Any) -> Any:
        answer = self.post(query, variables=variables).json()
        assert "errors" not in answer, answer
        return answer["data"]

    def sql(self, text: str) -> str:
        return self.server.query(text, self.database)

    def dial(self, protocol: str = MODERN, **how: Any) -> Any:
        return graphql_socket(self.url, protocol, **how)


@pytest.fixture(scope="module")
def trials(
    postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Trials]:
    folder = tmp_path_factory.mktemp("trials")
    database = f"trials_{folder.name.replace('-', '_')}_{id(folder)}"
    postgres_server.query(f"CREATE DATABASE {database}")
    postgres_server.query(TABLES, database)
    with served(folder, CONFIGURATION % postgres_server.url_of(database)) as site:
        made = Trials(site, postgres_server, database)
        yield made
        made.client.close()
    postgres_server.query(f"DROP DATABASE {database} WITH (FORCE)")
