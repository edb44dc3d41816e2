"""GraphiQL from Puff's own files, as a person uses it."""

import asyncio
import json
import os
from pathlib import Path

import httpx
import pytest
from integration.apps.chromium import chromium
from integration.apps.serving import served

from support.puff_process import PUFF

FILES = PUFF.parents[1] / "lib/python3.11/site-packages/puff/graphql/graphiql"
SITE = """
asyncio = true
[[graphql]]
schema = "graphql_live.Schema"
url = "/graphql/"
subscriptions_url = "/subscriptions/"
playground_url = "/playground/"
[[graphql]]
name = "streams"
schema = "graphql_live.Schema"
url = "/streams"
playground_url = "/streams/playground"
[[graphql]]
name = "incremental"
schema = "graphql_incremental.Schema"
url = "/incremental"
playground_url = "/incremental/playground"
incremental = true
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    if not FILES.is_dir():
        pytest.skip("run deploy/graphiql.sh, and install Puff")
    with served(tmp_path_factory.mktemp("playground"), SITE) as running:
        yield running


def shown(element: str) -> str:
    """What an editor of GraphiQL shows."""
    return f"document.querySelector('{element} .CodeMirror')?.CodeMirror.getValue()"


async def execute(page, text: str, result: str) -> None:
    editor = "document.querySelector('.graphiql-query-editor .CodeMirror').CodeMirror"
    await page.evaluate(f"{editor}.setValue({json.dumps(text)})")
    await page.evaluate("document.querySelector('.graphiql-execute-button').click()")
    await page.wait_for(f"({shown('.graphiql-response')} ?? '').includes({json.dumps(result)})")


@pytest.mark.parametrize("path", ["/playground/", "/streams/playground"])
def test_a_query_and_a_subscription(site, tmp_path: Path, path: str) -> None:
    async def use() -> None:
        async with chromium(tmp_path / "profile") as page:
            await page.open(site.url + path)
            await page.wait_for("document.querySelector('.graphiql-query-editor .CodeMirror')")
            await execute(page, "{ who greeting: __typename }", '"greeting": "Query"')
            await execute(page, "subscription { later(count: 7) }", '"later": 6')
            assert page.complaints == []
            ours = (site.url, site.url.replace("http", "ws"), "data:")
            assert [url for url in page.requests if not url.startswith(ours)] == []

    asyncio.run(use())


INCREMENTAL = [
    ('{ authors { id ... @defer { held(gate: "a") } } }', '"id": 2', "held."),
    ('{ authors(count: 3) @stream(initialCount: 1) { id held(gate: "b") } }', "1 was", "3 was"),
]


@pytest.mark.parametrize(("query", "first", "last"), INCREMENTAL, ids=["defer", "stream"])
def test_what_comes_later_is_shown_when_it_comes(site, tmp_path, query, first, last) -> None:
    gate = query.split('"')[1]

    async def use() -> None:
        async with chromium(tmp_path / "profile") as page:
            await page.open(site.url + "/incremental/playground")
            await page.wait_for("document.querySelector('.graphiql-query-editor .CodeMirror')")
            await execute(page, query, first)
            before = await page.evaluate(shown(".graphiql-response"))
            assert last not in before
            httpx.post(
                f"{site.url}/incremental", json={"query": f'{{ open_gate(gate: "{gate}") }}'}
            )
            await page.wait_for(f"{shown('.graphiql-response')}.includes({json.dumps(last)})")
            whole = json.loads(await page.evaluate(shown(".graphiql-response")))
            count = 3 if gate == "b" else 2
            assert whole["data"]["authors"] == [
                {"id": number, "held": f"Author {number} was held."}
                for number in range(1, count + 1)
            ]
            assert page.complaints == []

    asyncio.run(use())


def test_its_files_are_kept_and_nothing_else_may_be_loaded(site) -> None:
    page = httpx.get(f"{site.url}/playground/")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    script = httpx.get(f"{site.url}/playground/assets/graphiql.min.js")
    assert script.headers["content-encoding"] == "gzip"
    assert "max-age" in script.headers["cache-control"]
    assert "GraphiQL" in script.text


def test_without_its_files_the_page_says_so(tmp_path: Path) -> None:
    package = tmp_path / "packages/puff"
    package.parent.mkdir()
    package.mkdir()
    for each in FILES.parents[1].iterdir():
        if each.name != "graphql":
            package.joinpath(each.name).symlink_to(each)
    package.joinpath("graphql").mkdir()
    for each in FILES.parent.iterdir():
        if each != FILES:
            package.joinpath("graphql", each.name).symlink_to(each)
    paths = os.pathsep.join([str(package.parent), os.environ.get("PYTHONPATH", "")])
    with served(tmp_path / "site", SITE, PYTHONPATH=paths) as site:
        page = httpx.get(f"{site.url}/playground/")
        assert page.status_code == 404
        assert "deploy/graphiql.sh" in page.text
        assert httpx.post(f"{site.url}/graphql/", json={"query": "{ who }"}).status_code == 200
