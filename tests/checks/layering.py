"""Checks the floors: includes go left, third-party headers stay with the module that wraps them,
what an installed header includes is installed.

layering.py [ROOT] prints one line per breach, "file:line: what", and leaves with status 1 if there
is any. The rules are the tables below; docs/architecture.md gives their reasons.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

FLOORS = ("schemas", "services", "actors", "bridge", "cli")
SUFFIXES = {".hpp", ".cpp", ".h"}

# Third-party headers by the beginning of their path, and the folders that may include them.
THIRD_PARTY = {
    "caf/": ("schemas", "actors", "bridge", "cli"),
    "boost/": ("services", "actors", "bridge", "cli"),
    "google/protobuf/": ("schemas",),
    "hiredis/": ("services/redis",),
    "spdlog/": ("services/telemetry",),
    "toml++/": ("services/config",),
    "libpq-fe.h": ("services/postgres",),
    "curl/": ("services/http_client",),
    "nghttp2/": ("services/http",),
    "openssl/": (
        "services/http",
        "services/postgres",
        "services/addons",
        "services/graphql",
        "services/redis",
    ),
    "zlib.h": ("services/http",),
    "simdjson": ("services/json", "services/graphql"),
    "pybind11/": ("bridge",),
    "Python.h": ("bridge",),
    "greenlet": ("bridge",),
    "CLI/": ("cli",),
}

# CAF's calls that actors/core wraps: no other file uses them.
CORE = "actors/core"
CAF_CALLS = re.compile(
    r"(?:->|\bself\.)\s*(?P<request>request)\s*\(\s*(?!\))"
    r"|\b(?P<other>delayed_send|make_response_promise)\s*[<(]"
)

INCLUDE = re.compile(r'^\s*#\s*include\s*(?P<open>[<"])(?P<path>[^>"]+)[>"]')
HEADER = re.compile(r"[\w./]+\.h(?:pp)?\b")
NOT_CODE = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"', re.DOTALL)


class Breach(NamedTuple):
    """One line that breaks a rule."""

    file: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}"


def sources(root: Path) -> list[Path]:
    """Every C++ file of the floors, in order."""
    return sorted(
        file
        for floor in FLOORS
        for file in (root / floor).rglob("*")
        if file.suffix in SUFFIXES and file.is_file()
    )


def includes(text: str) -> Iterator[tuple[int, str, bool]]:
    """(line, path, quoted) of each include."""
    for number, line in enumerate(text.splitlines(), 1):
        if found := INCLUDE.match(line):
            yield number, found["path"], found["open"] == '"'


def floor_of(path: str) -> str | None:
    """The floor that an include names; the public headers below cli/include name none."""
    first = path.split("/", 1)[0]
    if first == "puff":
        return "cli"
    return first if first in FLOORS else None


def check_include(file: str, path: str, quoted: bool) -> str | None:
    """What is wrong with `file` including `path`, if anything."""
    own, other = floor_of(file), floor_of(path)
    if other is None:
        if quoted:
            return f'"{path}" does not name its floor from the repository\'s root'
        return check_third_party(file, path)
    if FLOORS.index(other) > FLOORS.index(str(own)):
        return f"{path}: {own} may not use {other}"
    module, internal, _ = path.partition("/internal/")
    if internal and not file.startswith(module + "/"):
        return f"{path} is internal to {module}"
    return None


def check_third_party(file: str, path: str) -> str | None:
    """What is wrong with `file` including the third-party header `path`, if anything."""
    for start, folders in THIRD_PARTY.items():
        if path.startswith(start) and not any(file.startswith(f + "/") for f in folders):
            return f"<{path}> may only be included in {', '.join(folders)}"
    return None


def check_calls(file: str, text: str) -> Iterator[tuple[int, str]]:
    """CAF's calls in `file` that only actors/core may make."""
    if file.startswith(CORE + "/") or floor_of(file) in ("schemas", "services"):
        return
    code = NOT_CODE.sub(lambda m: "\n" * m[0].count("\n"), text)
    for found in CAF_CALLS.finditer(code):
        name = found["request"] or found["other"]
        yield (
            code.count("\n", 0, found.end()) + 1,
            f"{name}: only {CORE} calls CAF's {name}",
        )


def named_headers(root: Path) -> set[str]:
    """The headers that the CMakeLists.txt of the floors name: those that are installed."""
    return {
        (listing.parent.relative_to(root) / found[0]).as_posix()
        for floor in FLOORS
        for listing in (root / floor).rglob("CMakeLists.txt")
        for found in HEADER.finditer(listing.read_text())
    }


def check_installed(file: str, path: str, named: set[str]) -> str | None:
    """What is wrong if `file` is installed and includes `path`, which is not."""
    if file in named and path not in named and floor_of(path):
        return f"{path}: {file} is installed, so HEADERS of a CMakeLists.txt must name this one too"
    return None


def check(root: Path) -> list[Breach]:
    """All breaches below `root`."""
    breaches = []
    named = named_headers(root)
    for source in sources(root):
        file, text = source.relative_to(root).as_posix(), source.read_text()
        for line, path, quoted in includes(text):
            if what := check_include(file, path, quoted) or check_installed(file, path, named):
                breaches.append(Breach(file, line, what))
        breaches += [Breach(file, line, what) for line, what in check_calls(file, text)]
    return breaches


def main(arguments: list[str]) -> int:
    """The command line."""
    root = Path(arguments[0]) if arguments else Path(__file__).resolve().parents[2]
    count = len(sources(root))
    if not count:
        print(f"{root}: no source found in {', '.join(FLOORS)}")
        return 1
    breaches = check(root)
    for breach in breaches:
        print(breach)
    print(f"{count} files, {len(breaches)} breaches")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
