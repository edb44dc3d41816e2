"""The chat of examples/graphql_chat in two windows at once."""

import asyncio
import json
import shutil
from contextlib import AsyncExitStack

import httpx
import pytest
from integration.apps.chromium import chromium
from integration.apps.serving import Site, serving_address

from support.puff_process import ROOT, PuffProcess
from support.servers import RedisServer


@pytest.fixture(scope="module")
def chat(tmp_path_factory, postgres_server):
    postgres_server.query("CREATE DATABASE chat")
    folder = tmp_path_factory.mktemp("chat") / "graphql_chat"
    shutil.copytree(ROOT / "examples/graphql_chat", folder)
    env = {"PUFF_DEFAULT_POSTGRES_URL": postgres_server.url_of("chat")}
    with RedisServer(tmp_path_factory.mktemp("redis")) as redis:
        env["PUFF_DEFAULT_PUBSUB_URL"] = redis.url
        with PuffProcess(["serve", "--bind", "127.0.0.1:0"], folder, env) as process:
            yield Site(process, serving_address(process))
    postgres_server.query("DROP DATABASE chat WITH (FORCE)")


def ask(site: Site, query: str, **variables):
    body = {"query": query, "variables": variables}
    return httpx.post(f"{site.url}/chat/graphql/", json=body, timeout=20).json()


def shows(text: str) -> str:
    return f"document.getElementById('said').innerText.includes({json.dumps(text)})"


def test_what_is_said_in_one_window_is_read_in_the_other(chat, tmp_path) -> None:
    async def say(page, author: str, text: str) -> None:
        fields = "document.getElementById('speak').elements"
        await page.evaluate(f"{fields}.author.value = {json.dumps(author)}")
        await page.evaluate(f"{fields}.text.value = {json.dumps(text)}")
        await page.evaluate("document.querySelector('#speak button').click()")

    async def use() -> None:
        async with AsyncExitStack() as opened:
            windows = []
            for name in ("one", "two"):
                page = await opened.enter_async_context(chromium(tmp_path / name))
                await page.open(f"{chat.url}/")
                await page.wait_for(shows("You are in the lobby."))
                windows.append(page)
            one, two = windows
            await say(one, "Ada", "Is anybody here?")
            await two.wait_for(shows("Ada: Is anybody here?"))
            await say(two, "Grace", "I am, <b>of course</b>.")
            await one.wait_for(shows("Grace: I am, <b>of course</b>."))
            await two.wait_for(shows("Grace: I am, <b>of course</b>."))
            await one.wait_for("document.querySelectorAll('#authors li').length === 3")
            assert one.complaints + two.complaints == []

    asyncio.run(use())


def test_posts_and_comments_of_authors(chat) -> None:
    assert chat.get("/").status == 200
    added = ask(chat, 'mutation { add_comment(post_id: 2, body: "The first one!") { post_id } }')
    assert added == {"data": {"add_comment": {"post_id": 2}}}
    answer = ask(chat, "{ authors { name posts { title author { name } comments { body } } } }")
    grace = answer["data"]["authors"][1]
    assert grace["posts"][0] == {
        "title": "Bugs",
        "author": {"name": "Grace"},
        "comments": [{"body": "The first one!"}],
    }
    refused = ask(
        chat, 'mutation ($t: String!) { say(room: "r", author: "a", text: $t) { text } }', t=""
    )
    assert refused["errors"][0]["message"] == "A message has 1 to 1000 characters."
