"""What the server sends by itself."""

from typing import Any


class Notify:
    """A notification: `pid` of the server process that sent it, `channel` and `payload`. Equal to
    the pair (pid, channel), and a sequence of it."""

    __module__ = "puff.postgres.extensions"

    def __init__(self, pid: int, channel: str, payload: str = "") -> None:
        self.pid = pid
        self.channel = channel
        self.payload = payload

    def __len__(self) -> int:
        return 2

    def __getitem__(self, index: int) -> Any:
        return (self.pid, self.channel)[index]

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Notify):
            return (self.pid, self.channel, self.payload) == (
                other.pid,
                other.channel,
                other.payload,
            )
        if isinstance(other, tuple):
            return (self.pid, self.channel) == other
        return NotImplemented

    def __hash__(self) -> int:
        if self.payload:
            return hash((self.pid, self.channel, self.payload))
        return hash((self.pid, self.channel))

    def __repr__(self) -> str:
        return f"Notify({self.pid!r}, {self.channel!r}, {self.payload!r})"
