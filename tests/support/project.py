"""A project's folder as a user would have it."""

import textwrap
from pathlib import Path


class Project:
    """A folder with a puff.toml and modules, made for one test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, name: str, text: str) -> Path:
        """Writes a file below the folder; common indentation is taken off."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip("\n"))
        return path

    def path(self, name: str) -> Path:
        return self.folder / name
