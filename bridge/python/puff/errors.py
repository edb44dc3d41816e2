"""The exceptions of Puff. Where Python has a fitting one of its own (TimeoutError, ValueError,
ConnectionError, ..), Puff raises that instead."""


class PuffError(Exception):
    """Something inside Puff failed; the base of its exceptions."""


class Overloaded(PuffError):
    """Too much work is waiting already. The same call may succeed later."""


class Unavailable(PuffError):
    """What the call needs is down or shutting down. The same call may succeed later."""


class RedisError(PuffError):
    """Redis answered with an error; the text is the server's."""


class Cancelled(BaseException):
    """Raised where a greenlet waits when somebody cancels it: the client of its request went away,
    `Greenlet.cancel` was called, or the node shuts down.

    Like `asyncio.CancelledError` it is no `Exception`: code that catches and logs every error, as
    most loops and frameworks do, would otherwise swallow the request to end. Clean up and raise it
    again."""
