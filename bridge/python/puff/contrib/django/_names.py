"""How Django's settings name Puff's pools."""

import re

from django.core.exceptions import ImproperlyConfigured

# A name, or a name in the shape of a URL; a URL with more in it means a server.
_NAMED = re.compile(r"(?:redis://)?([\w-]*)/?")


def pool_of(location: str) -> str:
    """The pool that a LOCATION means: "global" and nothing at all are the default one."""
    found = _NAMED.fullmatch(location.strip())
    if found is None:
        raise ImproperlyConfigured(
            f"CACHES: LOCATION {location!r} is not the name of a Redis pool: put the URL into a "
            '[[redis]] table of puff.toml with a name, and that name here ("global" is the table '
            "without one)"
        )
    return "default" if found[1] in ("", "global") else found[1]
