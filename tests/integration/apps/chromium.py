"""A headless Chromium with one page, driven by its DevTools protocol."""

import asyncio
import base64
import contextlib
import itertools
import os
import shutil
import signal
import subprocess
from pathlib import Path

import aiohttp

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--hide-scrollbars",
    "--remote-debugging-port=0",
)


class Page:
    """One open page. `requests` are the URLs it asked for, `complaints` what its console shows of
    errors. Every wait is bounded by `timeout` seconds."""

    def __init__(self, socket, timeout):
        self._socket = socket
        self._timeout = timeout
        self._numbers = itertools.count(1)
        self._waiting = {}
        self._loaded = asyncio.Event()
        self.requests = []
        self.complaints = []

    async def listen(self):
        async for message in self._socket:
            event = message.json()
            if waiter := self._waiting.pop(event.get("id"), None):
                waiter.set_result(event)
                continue
            details = event.get("params", {})
            match event.get("method"):
                case "Page.loadEventFired":
                    self._loaded.set()
                case "Network.requestWillBeSent":
                    self.requests.append(details["request"]["url"])
                case "Runtime.exceptionThrown":
                    self.complaints.append(details["exceptionDetails"]["text"])
                case "Log.entryAdded" if details["entry"]["level"] == "error":
                    self.complaints.append(details["entry"]["text"])

    async def call(self, method, **parameters):
        number = next(self._numbers)
        self._waiting[number] = asyncio.get_running_loop().create_future()
        waiter = self._waiting[number]
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        async with asyncio.timeout(self._timeout):
            reply = await waiter
        assert "error" not in reply, f"{method}: {reply['error']}"
        return reply["result"]

    async def open(self, url):
        for domain in ("Page", "Network", "Runtime", "Log"):
            await self.call(f"{domain}.enable")
        await self.follow(self.call("Page.navigate", url=url))

    async def follow(self, leading):
        """Awaits what leads to another page, and then that this one is loaded."""
        self._loaded.clear()
        await leading
        async with asyncio.timeout(self._timeout):
            await self._loaded.wait()

    async def evaluate(self, expression):
        """The value of a JavaScript expression; a promise is awaited."""
        reply = await self.call(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in reply, reply["exceptionDetails"]
        return reply["result"].get("value")

    async def wait_for(self, condition):
        """Until a JavaScript condition holds, looked at in every frame of the page."""
        await self.evaluate(
            "new Promise((resolve, reject) => {"
            f" const end = performance.now() + {self._timeout * 900};"
            f" const look = () => ({condition}) ? resolve(true)"
            "  : performance.now() > end ? reject(new Error(document.body.innerText))"
            "  : setTimeout(look, 20); look(); })"
        )

    async def screenshot(self, path, width, height=None, scheme="light"):
        """The whole page, or its first `height` pixels, as PNG."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        await self.call("Emulation.setEmulatedMedia", features=features)
        size = {"width": width, "height": height or 800, "deviceScaleFactor": 1, "mobile": False}
        await self.call("Emulation.setDeviceMetricsOverride", **size)
        reply = await self.call(
            "Page.captureScreenshot", format="png", captureBeyondViewport=height is None
        )
        Path(path).write_bytes(base64.b64decode(reply["data"]))


@contextlib.asynccontextmanager
async def chromium(folder: Path, timeout: float = 20.0):
    """Starts a browser with its data in `folder`, and ends it with all that it started."""
    program = shutil.which("chromium")
    assert program, "chromium is not installed: run deploy/test.sh"
    command = [program, *FLAGS, f"--user-data-dir={folder}", "about:blank"]
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env={"PATH": os.environ["PATH"], "HOME": str(folder)},
    )
    try:
        async with aiohttp.ClientSession() as session:
            url = await page_url(session, process, folder / "DevToolsActivePort", timeout)
            async with session.ws_connect(url, max_msg_size=0) as socket:
                page = Page(socket, timeout)
                listening = asyncio.create_task(page.listen())
                yield page
                listening.cancel()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


async def page_url(session, process, port_file, timeout):
    """Where the first page is debugged, once the browser has written its port."""
    async with asyncio.timeout(timeout):
        while True:
            assert process.poll() is None, "chromium ended early"
            if port_file.exists() and (lines := port_file.read_text().split()):
                async with session.get(f"http://127.0.0.1:{lines[0]}/json/list") as reply:
                    pages = [p for p in await reply.json() if p["type"] == "page"]
                if pages:
                    return pages[0]["webSocketDebuggerUrl"]
            await asyncio.sleep(0.02)
