"""Values as JSON texts, as short as they can be."""

from json import encoder
from typing import Any


def _refuse(value: Any) -> Any:
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


# JSONEncoder makes such a function for each text, which takes longer than to write a short one.
_pieces_of = encoder.c_make_encoder(  # type: ignore[attr-defined]
    None, _refuse, encoder.encode_basestring_ascii, None, ":", ",", False, False, True
)


def encode(value: Any) -> str:
    """What json.dumps writes, without spaces. ValueError for what contains itself, TypeError for
    what JSON does not know."""
    try:
        return "".join(_pieces_of(value, 0))
    except RecursionError:
        raise ValueError("Circular reference detected") from None
