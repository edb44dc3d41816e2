"""Who wants a session, for messages of the pool."""

import sys

_DRIVERS = ("puff.", "django.db.", "sqlalchemy.", "contextlib")


def holder() -> str:
    """The code that asks, which is not a driver's: "shop.views:12"."""
    frame = sys._getframe(1)
    while frame.f_back is not None:
        name = str(frame.f_globals.get("__name__", ""))
        if not name.startswith(_DRIVERS):
            break
        frame = frame.f_back
    return f"{frame.f_globals.get('__name__')}:{frame.f_lineno}"
