"""The documentation as a reader follows it.

A page marks what is run by a comment before a fenced block; the blocks of one page with one name
are one small project, in the order of the page:

    <!-- test: NAME -->          a file (```python title=app.py, ```toml is puff.toml) or a terminal
                                 (```console): `$ command`, then what it prints
    <!-- from: FILE -->          a part of FILE of this repository, word for word

In a terminal `puff` is the built command and `curl` is curl; a server stays until the test ends,
and 127.0.0.1:7777 stands for the port that it got. "..." in a line stands for any text, a line of
it for any lines. Every block of python, toml, console or cpp has one of the two comments."""

import re
import shlex
import subprocess
import tomllib
from itertools import groupby
from typing import NamedTuple

import pytest

from support.puff_process import ROOT, clean_environment, run_puff

PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
BLOCK = re.compile(
    r"^(?:<!-- (?P<how>test|from): (?P<name>\S+) -->\n)?"
    r"^```(?P<kind>\w+)(?: title=(?P<title>\S+))?\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
SERVERS = {"serve", "runserver", "dev", "wait_forever", "worker"}
ADDRESS = "127.0.0.1:7777"


class Block(NamedTuple):
    """A fenced block and the comment before it."""

    page: str
    how: str | None
    name: str | None
    kind: str
    title: str | None
    text: str


def blocks_of(page):
    return [
        Block(page.name, *found.group("how", "name", "kind", "title", "text"))
        for found in BLOCK.finditer(page.read_text())
    ]


BLOCKS = [block for page in PAGES for block in blocks_of(page)]


def projects():
    """The blocks of each project, named by page and project."""

    def title(block):
        return f"{block.page}-{block.name}"

    tested = sorted((b for b in BLOCKS if b.how == "test"), key=title)
    return [pytest.param(list(blocks), id=name) for name, blocks in groupby(tested, key=title)]


class Terminal:
    """Where a reader types the commands of one project."""

    def __init__(self, folder, start, servers, env):
        self.folder = folder
        self.address = ADDRESS
        self.servers = []
        self._start = start
        self._pools = servers
        self._env = env

    def type(self, text):
        for command, expected in steps(text):
            self._run(command, expected)

    def _run(self, command, expected):
        words = shlex.split(command.replace(ADDRESS, self.address))
        # How long a busy machine takes, as the watchdog warns, is not the page's matter.
        env = {"PUFF_LOG": "python=error", **self._env}
        while "=" in words[0]:
            name, _, value = words.pop(0).partition("=")
            env[name] = value
        if words[0] == "puff" and len(words) > 1 and words[1] in SERVERS:
            return self._serve(words[1:], env, expected)
        done = self._done(words, env)
        said = (done.stdout + done.stderr).replace(self.address, ADDRESS)
        if said and not said.endswith("\n"):
            said += "\n"
        assert re.fullmatch(pattern(expected), said), (
            f"$ {command}\n{said}\n-- expected\n{expected}"
        )
        return None

    def _done(self, words, env):
        if words[0] == "puff":
            return run_puff(words[1:], self.folder, {**self._pools(), **env})
        assert words[0] == "curl", f"what is {words[0]}?"
        return subprocess.run(
            ["curl", "-sS", *words[1:]],
            cwd=self.folder,
            env=clean_environment(),
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    def _serve(self, words, env, expected):
        any_port = "--bind" not in words and words[0] not in ("wait_forever", "worker")
        arguments = [*words, "--bind", "127.0.0.1:0"] if any_port else words
        servers = {} if words[0] == "dev" else self._pools()
        process = self._start(*arguments, **{**servers, **env})
        self.servers.append(process)
        if any_port:
            found = process.wait_for_line(r"Serving on http://(127\.0\.0\.1:\d+)")
            self.address = found[1]
        for line in expected.splitlines():
            process.wait_for_line(pattern(line.replace(ADDRESS, self.address)).rstrip("\n"))


def steps(text):
    """The commands of a terminal, each with what is printed after it."""
    commands = []
    for line in text.splitlines(keepends=True):
        if line.startswith("$ "):
            commands.append([line[2:].rstrip("\n"), ""])
        else:
            assert commands, f"a terminal begins with '$ ', not {line!r}"
            commands[-1][1] += line
    return commands


def pattern(expected):
    lines = (
        r"(?:.*\n)*" if line == "...\n" else re.escape(line).replace(r"\.\.\.", ".*")
        for line in expected.splitlines(keepends=True)
    )
    return "".join(lines)


@pytest.fixture
def terminal(project, puff, tmp_path, request):
    def named(kind, server, url_of):
        """The variables that lead the project's pools of a kind without a URL to a server."""
        file = project.path("puff.toml")
        pools = tomllib.loads(file.read_text()).get(kind, []) if file.exists() else []
        names = [
            p.get("name", "default").upper().replace("-", "_") for p in pools if "url" not in p
        ]
        url = url_of(request.getfixturevalue(server)) if names else ""
        return {f"PUFF_{name}_{kind.upper()}_URL": url for name in names}

    def cluster():
        file = project.path("puff.toml")
        if not file.exists() or "cluster" not in tomllib.loads(file.read_text()):
            return {}
        return {"PUFF_CLUSTER_URL": request.getfixturevalue("redis_server").url}

    def servers():
        """Private ones, started when they are needed."""
        return {
            **cluster(),
            **named("redis", "redis_server", lambda server: server.url),
            **named("pubsub", "redis_server", lambda server: server.url),
            **named("task_queue", "redis_server", lambda server: server.url),
            **named("postgres", "postgres_database", postgres_url),
        }

    def postgres_url(database):
        return request.getfixturevalue("postgres_server").url_of(database)

    return Terminal(project.folder, puff, servers, {"PUFF_RUNTIME_DIR": str(tmp_path / "run")})


@pytest.mark.parametrize("blocks", projects())
def test_a_snippet_does_what_its_page_says(blocks, project, terminal):
    for block in blocks:
        if block.kind == "console":
            terminal.type(block.text)
        else:
            project.write(block.title or "puff.toml", block.text)
    for server in terminal.servers:
        server.stop()


@pytest.mark.parametrize("block", [b for b in BLOCKS if b.how == "from"], ids=lambda b: b.page)
def test_a_quotation_is_what_the_file_says(block):
    assert block.text in (ROOT / block.name).read_text()


def test_every_snippet_is_run_or_quoted():
    kinds = {"python", "toml", "console", "cpp"}
    loose = [(b.page, b.text) for b in BLOCKS if b.kind in kinds and b.how is None]
    assert loose == []


def test_every_link_leads_somewhere():
    lost = []
    for page in [*PAGES, *(ROOT / "docs/decisions").glob("*.md"), ROOT / "CHANGELOG.md"]:
        text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
        for target in re.findall(r"(?:\]\(|src=\")([^)\"#\s]+)", text):
            if "://" not in target and not (page.parent / target).exists():
                lost.append((page.name, target))
    assert lost == []


KEY_LINE = re.compile(r"^(?P<mark>#{0,2}) ?(?P<key>[a-z0-9_]+) = (?P<value>.+)$")
TABLE_LINE = re.compile(r"^(?:# )?(?P<title>\[\[?[a-z_.]+\]\]?)$")
ROW = re.compile(r"^\| `(?P<key>\w+)`[^|]* \| [^|]+ \| (?P<default>[^|]*) \| (?P<doc>.*) \|$")
RANGE = re.compile(r" \(\d+ to \d+\)")


def keys_of_the_program(text):
    """{(table, key): (sample value, whether it is a default, meaning)} of `puff example_config`."""
    found, table, said = {}, "", ""
    for line in text.splitlines():
        if title := TABLE_LINE.match(line):
            table = title["title"]
        elif key := KEY_LINE.match(line):
            many = table.startswith("[[") or table == "[graphql.limits]"
            is_default = key["mark"] == ("#" if many else "")
            found[table, key["key"]] = (key["value"], is_default, RANGE.sub("", said))
        else:
            said = line.lstrip("# ")
    return found


def keys_of_the_page(text):
    found, table = {}, ""
    for line in text.splitlines():
        if heading := re.match(r"^## `(.+)`$", line):
            table = heading[1]
        elif row := ROW.match(line):
            found[table, row["key"]] = (row["default"].strip("`"), row["doc"])
    return found


def test_the_page_of_keys_is_what_the_program_reads(tmp_path):
    done = run_puff(["example_config"], tmp_path)
    program = keys_of_the_program(done.stdout)
    page = keys_of_the_page((ROOT / "docs/configuration.md").read_text())
    assert len(program) > 60
    assert page.keys() == program.keys()
    for place, (sample, is_default, meaning) in program.items():
        default, doc = page[place]
        assert doc == meaning, place
        if default not in ("", "required"):
            assert default == sample, place
        elif is_default:
            assert sample.strip('"') not in ("true", "false"), place
            assert not sample.isdecimal(), place
