"""Names of columns as names of attributes."""

import re

_NOT_IN_NAMES = re.compile("[" + re.escape(" !\"#$%&'()*+,-./:;<=>?@[\\]^`{|}~") + "]")


def clean_name(name: str) -> str:
    """A name whose characters may all stand in an attribute's name."""
    return _NOT_IN_NAMES.sub("_", name)


def field_name(name: str) -> str:
    """A name that an attribute of a namedtuple may have."""
    cleaned = clean_name(name)
    return "f" + cleaned if cleaned[:1] in "_0123456789" else cleaned
