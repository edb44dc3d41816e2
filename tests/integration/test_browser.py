"""The demo as a person sees it: a headless Chromium opens the page and presses its buttons."""

import asyncio

import pytest
from integration.apps.chromium import chromium
from integration.apps.serving import Site, serving_address

from support.puff_process import ROOT, PuffProcess
from support.servers import RedisServer

APPLICATIONS = ["wsgi", "flask", "fastapi"]


@pytest.fixture(scope="module")
def demo(tmp_path_factory, postgres_server):
    postgres_server.query("CREATE DATABASE browsed")
    env = {"PUFF_DEFAULT_POSTGRES_URL": postgres_server.url_of("browsed")}
    with RedisServer(tmp_path_factory.mktemp("redis")) as redis:
        env["PUFF_DEFAULT_PUBSUB_URL"] = redis.url
        arguments = ["serve", "--bind", "127.0.0.1:0", "--default-redis-url", redis.url]
        with PuffProcess(arguments, ROOT / "examples/demo", env) as process:
            yield Site(process, serving_address(process))
    postgres_server.query("DROP DATABASE browsed WITH (FORCE)")


@pytest.fixture
def visit(demo, tmp_path):
    """Runs an async function with the page of the demo, opened."""

    def run(act):
        async def session():
            async with chromium(tmp_path / "profile") as page:
                await page.open(demo.url + "/")
                await page.wait_for(counted())
                await act(page)

        asyncio.run(session())

    return run


def tile(selector):
    return f"document.querySelector({selector!r})"


def counted():
    """Every tile's counter has a number."""
    tiles = [tile(f".counters [data-app={name}] .count") for name in APPLICATIONS]
    return " && ".join(f"/^[0-9]/.test({each}.textContent)" for each in tiles)


def told(lab, text):
    return f"{tile(f'#{lab} .told')}.textContent.includes({text!r})"


async def choose(page, name):
    await page.evaluate(f"{tile(f'input[value={name}]')}.click()")


def test_the_page_counts_visits_and_asks_nobody_else(visit, demo):
    async def act(page):
        count = f"Number({tile('[data-app=flask] .count')}.textContent)"
        before = await page.evaluate(count)
        await page.evaluate(f"{tile('[data-app=flask] button')}.click()")
        await page.wait_for(f"{count} === {before + 1}")
        foreign = [u for u in page.requests if not u.startswith((demo.url, "data:"))]
        assert foreign == []
        # The route in C++ is not compiled into this process; its tile says so.
        assert all("404" in complaint for complaint in page.complaints)

    visit(act)


@pytest.mark.parametrize("name", APPLICATIONS)
def test_the_labs_show_what_they_promise(visit, name):
    async def act(page):
        await choose(page, name)
        for lab in ("wait", "stream", "upload"):
            await page.evaluate(f"{tile(f'#{lab} button')}.click()")
        await page.wait_for(told("wait", "100 answers in "))
        await page.wait_for(told("stream", "10 lines"))
        await page.wait_for(told("upload", "as computed here"))
        assert await page.evaluate("document.querySelectorAll('#wait .plot rect').length") == 100
        assert await page.evaluate("document.querySelectorAll('#stream circle').length") == 10
        assert await page.evaluate("document.querySelector('#upload progress').value") == 1

    visit(act)


def test_a_vote_is_counted_in_the_polls(visit):
    async def act(page):
        await page.wait_for("document.querySelectorAll('#polls .answers button').length === 3")
        count = f"Number({tile('#polls .answers .count')}.textContent)"
        before = await page.evaluate(count)
        await page.evaluate(f"{tile('#polls .answers button')}.click()")
        await page.wait_for(told("polls", "Counted: "))
        assert await page.evaluate(count) == before + 1

    visit(act)


@pytest.mark.parametrize("width", [1200, 768, 360])
def test_the_page_fits_its_window(visit, tmp_path, width):
    async def act(page):
        await page.screenshot(tmp_path / "page.png", width, 800)
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert await page.evaluate(overflow) <= 0

    visit(act)


def test_the_page_is_named_for_those_who_do_not_see_it(visit):
    async def act(page):
        nameless = """
            [...document.querySelectorAll('button, input, progress, svg[role=img], section')]
              .filter(e => !(e.textContent.trim() || e.labels?.length
                             || e.getAttribute('aria-label') || e.getAttribute('aria-labelledby')))
              .length"""
        assert await page.evaluate(nameless) == 0
        assert await page.evaluate("document.documentElement.lang") == "en"
        assert await page.evaluate("document.querySelectorAll('h1').length") == 1

    visit(act)
