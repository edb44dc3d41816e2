"""Who may hear what, for the tests of [[pubsub_endpoint]]; and a page that listens."""

import puff


def check(request, channel):
    """By the query: ?who=NAME is let in under that name."""
    if "broken" in request.query:
        raise RuntimeError("the guard broke")
    if "denied" in request.query:
        raise PermissionError("not you")
    puff.sleep_ms(1)
    who = request.headers.get("x-who") or request.query.partition("who=")[2].partition("&")[0]
    return who or channel.endswith(":public")


async def check_later(request, channel):
    import asyncio

    await asyncio.sleep(0.001)
    return request.transport == "sse" and request.client == "127.0.0.1"


PAGE = b"""<!doctype html><title>live</title><script>
window.heard = []; window.spoken = [];
const events = new EventSource("/open/page");
events.onmessage = e => heard.push([JSON.parse(e.data).text, e.lastEventId]);
const socket = new WebSocket(`ws://${location.host}/open/page`);
socket.onmessage = e => spoken.push(JSON.parse(e.data));
</script>"""


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/html"), ("Content-Length", str(len(PAGE)))])
    return [PAGE]
