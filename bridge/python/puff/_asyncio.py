"""The event loop of Puff's asyncio thread, as the C++ side uses it."""

import asyncio
import logging

_log = logging.getLogger("puff")


def new_event_loop() -> asyncio.AbstractEventLoop:
    """A loop for the calling thread: uvloop's where it is installed."""
    try:
        import uvloop
    except ImportError:
        loop = asyncio.new_event_loop()
    else:
        loop = uvloop.new_event_loop()
    asyncio.set_event_loop(loop)
    return loop


def close(loop: asyncio.AbstractEventLoop, event: int, seconds: float) -> None:
    """Ends a loop that no longer runs: cancels its tasks and gives them `seconds` to end. Calls
    that wait still work meanwhile; then the descriptor of their wake-ups is let go."""
    try:
        loop.run_until_complete(_end_tasks(seconds))
        loop.run_until_complete(asyncio.wait_for(loop.shutdown_asyncgens(), seconds))
    except TimeoutError:
        _log.error("asynchronous generators did not close within %g s", seconds)
    finally:
        loop.remove_reader(event)
        asyncio.set_event_loop(None)
        loop.close()


async def _end_tasks(seconds: float) -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    if not tasks:
        return
    done, running = await asyncio.wait(tasks, timeout=seconds)
    for task in done:
        if not task.cancelled() and (failure := task.exception()) is not None:
            _log.error("%s failed while it was cancelled", task.get_name(), exc_info=failure)
    for task in running:
        _log.error("%s did not end within %g s of its cancellation", task.get_name(), seconds)
