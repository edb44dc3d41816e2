"""A server that cannot start says why in one clear line, and leaves with status 1."""

import re
import socket

import pytest
from integration.apps.serving import configure

from support.puff_process import ROOT, run_puff
from support.servers import free_port

BROKEN = sorted((ROOT / "tests/support/broken_configs").glob("*.toml"))


def refused(project, *arguments, **env):
    """The one line that a start ends with, and nothing else is said."""
    bind = [] if "--bind" in arguments else ["--bind", f"127.0.0.1:{free_port()}"]
    done = run_puff(["serve", *bind, *arguments], project.folder, {"PUFF_LOG": "error", **env})
    assert done.returncode == 1, done.stderr
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    return lines[0]


@pytest.fixture
def shop(project):
    configure(project.folder, 'wsgi = "wsgi_facts.application"')
    return project


def test_a_port_in_use_is_named(shop):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        bind = f"127.0.0.1:{taken.getsockname()[1]}"
        assert bind in refused(shop, "--bind", bind)


def test_an_address_of_another_machine_is_named(shop):
    assert "192.0.2.1:8080" in refused(shop, "--bind", "192.0.2.1:8080")


def test_a_unix_socket_in_no_folder_is_named(shop):
    path = str(shop.path("nowhere/web.sock"))
    assert path in refused(shop, "--bind", f"unix:{path}")


def test_a_file_in_the_place_of_a_unix_socket_is_named_and_kept(shop):
    path = shop.write("precious.txt", "data")
    assert str(path) in refused(shop, "--bind", f"unix:{path}")
    assert path.read_text() == "data"


def test_a_path_too_long_for_a_unix_socket_is_refused(shop):
    path = str(shop.path("s" * 120))
    done = run_puff(["serve", "--bind", f"unix:{path}"], shop.folder)
    assert done.returncode in (1, 2)
    assert "unix:" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("kind", ["wsgi", "asgi"])
@pytest.mark.parametrize(
    ("named", "missing"),
    [
        ("no_such_module.application", "no_such_module"),
        ("shop.no_such_thing", "no_such_thing"),
        ("shop.inner.application", "inner"),
        ("shop.number", "shop.number"),
    ],
)
def test_an_application_that_is_not_there_is_named(project, kind, named, missing):
    project.write("shop.py", "number = 42\n")
    project.write("puff.toml", f'{kind} = "{named}"\n')
    line = refused(project)
    assert missing in line
    assert "Traceback" not in line


def test_a_mount_that_is_not_there_is_named(project):
    project.write("puff.toml", '[[mounts]]\npath = "/api"\nasgi = "absent.application"\n')
    assert "absent" in refused(project)


@pytest.mark.parametrize("variable", ["VIRTUAL_ENV", "PYTHONHOME"])
def test_an_environment_that_is_not_there_is_named(shop, variable):
    assert "/no/such/place" in refused(shop, **{variable: "/no/such/place"})


def test_a_virtual_environment_without_python_is_named(shop):
    shop.path("venv").mkdir()
    assert str(shop.path("venv")) in refused(shop, VIRTUAL_ENV=str(shop.path("venv")))


def test_a_redis_that_is_not_there_is_named(shop):
    configure(shop.folder, 'wsgi = "wsgi_facts.application"\n[[redis]]\nname = "cache"')
    line = refused(shop, "--cache-redis-url", f"redis://:secret@127.0.0.1:{free_port()}")
    assert "cache" in line
    assert "secret" not in line


@pytest.mark.parametrize("file", BROKEN, ids=lambda file: file.stem)
def test_a_broken_configuration_is_refused_as_its_first_lines_say(project, file):
    project.path("puff.toml").write_bytes(file.read_bytes())
    done = run_puff(["serve"], project.folder)
    expected = re.findall("^# expect: (.*)$", file.read_text(), re.MULTILINE)
    assert expected
    assert done.returncode == 1, done.stderr
    assert [line for line in expected if f"puff.toml:{line}" not in done.stderr] == [], done.stderr
    assert "Traceback" not in done.stderr


def test_an_application_that_fails_at_import_is_shown(project):
    project.write("shop.py", "raise LookupError('no tea')")
    project.write("puff.toml", 'wsgi = "shop.application"')
    done = run_puff(["serve", "--bind", f"127.0.0.1:{free_port()}"], project.folder)
    assert done.returncode == 1
    assert done.stderr.count("LookupError: no tea") == 1
    assert "shop.py" in done.stderr
