"""Files that come with a request."""

import io
from collections.abc import Iterator
from typing import Any

__all__ = ["Upload", "upload_of"]


class Upload:
    """A file of a request, read as any file of bytes is; as the hint of an argument the scalar
    `Upload`. It lies in memory or in a temporary file, and is gone when it is closed or forgotten:
    copy what is to stay."""

    def __init__(self, file: io.BufferedIOBase, name: str, content_type: str, size: int) -> None:
        self.file = file
        self.name = name
        """As the client calls it: nothing to open a file by."""
        self.content_type = content_type
        """As the client says."""
        self.size = size

    def __repr__(self) -> str:
        return f"<Upload {self.name!r}, {self.content_type}, {self.size} bytes>"

    def read(self, size: int | None = -1) -> bytes:
        """So many of the bytes that follow, or all of them."""
        return self.file.read(size)

    def readline(self, size: int | None = -1) -> bytes:
        """The next line."""
        return self.file.readline(size)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Moves the position, as of any file."""
        return self.file.seek(offset, whence)

    def tell(self) -> int:
        """The position."""
        return self.file.tell()

    def readable(self) -> bool:
        """True."""
        return True

    def seekable(self) -> bool:
        """True."""
        return True

    @property
    def closed(self) -> bool:
        return self.file.closed

    def close(self) -> None:
        """Gives the file up."""
        self.file.close()

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.file)

    def __enter__(self) -> "Upload":
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()


def upload_of(given: dict[str, Any]) -> Upload:
    """The file that an argument names."""
    if given is None or "path" not in given:
        raise ValueError("the request has no such file")
    file = open(given["path"], "rb")  # noqa: SIM115
    return Upload(file, given["name"], given["content_type"], given["size"])
