"""The state in C++ that a program with Puff inside gives to Python: `puff.global_state`."""

from typing import Any, final

_MISSING = (
    "this program has no global state: its main function gives none "
    "(puff::runtime_config::set_global_state)"
)


@final
class GlobalState:
    """Stands for the object that the program's `set_global_state` made: its attributes are that
    object's, and a call returns the object itself."""

    __slots__ = ("_object",)

    def __call__(self) -> Any:
        """The object. RuntimeError if the program has none."""
        try:
            return object.__getattribute__(self, "_object")
        except AttributeError:
            raise RuntimeError(_MISSING) from None

    def __getattr__(self, name: str) -> Any:
        return getattr(self(), name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self(), name, value)

    def __repr__(self) -> str:
        return f"<puff.global_state: {self()!r}>"


global_state = GlobalState()


def _set(state: object) -> None:
    object.__setattr__(global_state, "_object", state)
