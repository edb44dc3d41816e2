from pathlib import Path

import layering
import pytest


@pytest.fixture
def tree(tmp_path):
    """Writes one file and tells what the check says of it."""

    def write(file: str, *lines: str) -> list[str]:
        path = tmp_path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n")
        return [f"{b.line}: {b.what}" for b in layering.check(tmp_path) if b.file == file]

    return write


@pytest.mark.parametrize(
    ("file", "include"),
    [
        ("services/http/router.hpp", '"schemas/request.hpp"'),
        ("services/http/router.hpp", '"services/timers/deadline_wheel.hpp"'),
        ("services/http/session.cpp", '"services/http/internal/framing.hpp"'),
        ("services/http/internal/framing.cpp", '"services/http/internal/framing.hpp"'),
        ("services/redis/connection.cpp", "<hiredis/read.h>"),
        ("services/redis/connection.cpp", "<boost/asio/ip/tcp.hpp>"),
        ("services/telemetry/log.cpp", "<spdlog/spdlog.h>"),
        ("services/config/file.cpp", "<toml++/toml.h>"),
        ("schemas/messages.hpp", "<caf/atom.hpp>"),
        ("actors/node.cpp", "<caf/actor_system.hpp>"),
        ("bridge/hub.cpp", "<pybind11/pybind11.h>"),
        ("bridge/hub.cpp", "<Python.h>"),
        ("cli/program.cpp", "<CLI/CLI.hpp>"),
        ("cli/program.cpp", "<puff/puff.hpp>"),
        ("cli/program.cpp", "<vector>"),
    ],
)
def test_allows(tree, file, include):
    assert tree(file, f"#include {include}") == []


@pytest.mark.parametrize(
    ("file", "include", "what"),
    [
        (
            "schemas/error.hpp",
            '"services/http/router.hpp"',
            "schemas may not use services",
        ),
        (
            "services/http/router.hpp",
            '"actors/node.hpp"',
            "services may not use actors",
        ),
        ("actors/node.hpp", '"bridge/hub.hpp"', "actors may not use bridge"),
        ("bridge/hub.hpp", '"cli/program.hpp"', "bridge may not use cli"),
        ("bridge/hub.hpp", "<puff/puff.hpp>", "bridge may not use cli"),
        (
            "actors/redis_pool.cpp",
            '"services/redis/internal/x.hpp"',
            "internal to services/redis",
        ),
        (
            "services/redis_x/a.cpp",
            '"services/redis/internal/x.hpp"',
            "internal to services/redis",
        ),
        ("services/http/session.cpp", '"router.hpp"', "does not name its floor"),
        ("services/http/session.cpp", '"../redis/x.hpp"', "does not name its floor"),
        (
            "services/redis/pool.cpp",
            "<caf/actor.hpp>",
            "may only be included in schemas",
        ),
        (
            "schemas/request.hpp",
            "<boost/beast.hpp>",
            "may only be included in services",
        ),
        (
            "actors/redis_pool.cpp",
            "<hiredis/hiredis.h>",
            "only be included in services/redis",
        ),
        (
            "services/redis_x/a.cpp",
            "<hiredis/hiredis.h>",
            "only be included in services/redis",
        ),
        (
            "services/http/log.cpp",
            "<spdlog/spdlog.h>",
            "only be included in services/telemetry",
        ),
        ("cli/program.cpp", "<toml++/toml.h>", "only be included in services/config"),
        ("actors/node.cpp", "<pybind11/pybind11.h>", "only be included in bridge"),
        ("cli/program.cpp", "<Python.h>", "only be included in bridge"),
        ("bridge/hub.cpp", "<CLI/CLI.hpp>", "only be included in cli"),
    ],
)
def test_refuses(tree, file, include, what):
    (said,) = tree(file, "#pragma once", f"# include {include}")
    assert said.startswith("2: ")
    assert what in said


@pytest.mark.parametrize(
    "call",
    [
        "self->request(pool, 5s, get_atom::value);",
        "self->delayed_send(self, 5s, tick_atom::value);",
        "auto p = make_response_promise<int>();",
        "auto p = self_->make_response_promise();",
    ],
)
def test_keeps_cafs_calls_in_the_core(tree, call):
    assert tree("actors/core/ask.hpp", call) == []
    (said,) = tree("actors/redis_pool.cpp", "void f() {", call, "}")
    assert said.startswith("2: ")
    assert "only actors/core" in said


@pytest.mark.parametrize(
    "line",
    [
        "// self->request(pool, 5s)",
        "/* delayed_send( */",
        'log("make_response_promise(");',
        "auto r = batch->request();",
        "client.request(method, url);",
        "request_events events(5);",
    ],
)
def test_leaves_other_code_alone(tree, line):
    assert tree("actors/http_listener.cpp", line) == []


def test_a_comment_over_lines_keeps_the_numbers(tree):
    (said,) = tree("actors/a.cpp", "/* one", "two */", "self->delayed_send(x);")
    assert said.startswith("3: ")


def test_reports_breaches_and_fails(tree, tmp_path, capsys):
    tree("schemas/a.hpp", '#include "cli/b.hpp"')
    assert layering.main([str(tmp_path)]) == 1
    assert "schemas/a.hpp:1: " in capsys.readouterr().out


def test_an_empty_tree_is_no_success(tmp_path: Path):
    assert layering.main([str(tmp_path)]) == 1


def test_an_installed_header_includes_only_installed_ones(tree):
    tree("schemas/CMakeLists.txt", "puff_module(schemas HEADERS sql.hpp task/task.hpp)")
    assert tree("schemas/task/task.hpp", '#include "schemas/sql.hpp"') == []
    assert tree("schemas/other.hpp", '#include "schemas/hidden.hpp"') == []
    assert tree("schemas/sql.hpp", '#include "schemas/hidden.hpp"') == [
        "1: schemas/hidden.hpp: schemas/sql.hpp is installed, so HEADERS of a CMakeLists.txt must"
        " name this one too"
    ]
