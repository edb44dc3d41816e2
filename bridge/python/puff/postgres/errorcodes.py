"""PostgreSQL's error codes as constants: UNIQUE_VIOLATION is "23505", CLASS_DATA_EXCEPTION is "22".

Of two codes with the same name, the one that is rarer or a warning has an underscore behind it."""

from typing import TYPE_CHECKING

from puff.postgres._sqlstates import CLASSES, CODES

_constants = {name: code for code, name in CODES.items()}
_constants.update({"CLASS_" + name: code for code, name in CLASSES.items()})
_names = {code: name.rstrip("_") for name, code in _constants.items()}
globals().update(_constants)


def lookup(code: str) -> str:
    """The name of a code: lookup("23505") is "UNIQUE_VIOLATION". KeyError if nobody knows it."""
    return _names[code]


if TYPE_CHECKING:

    def __getattr__(name: str) -> str: ...
