"""What pip installs, and what `cmake --install` gives to a C++ program."""

import os
import re
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from support.puff_process import ROOT, clean_environment

RELEASE = ROOT / "build/release"
PYTHON = ROOT / ".venv/bin/python"

pytestmark = pytest.mark.timeout(1800)


def run(*command, cwd, status=0, **env):
    """Runs a command to its end; its output is shown unless it leaves with `status`."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=clean_environment(env),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, f"{command}\n{done.stdout}\n{done.stderr}"
    return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built as pip does but with what .venv has, so that nothing is fetched."""
    place = tmp_path_factory.mktemp("wheel")
    flags = ("--no-deps", "--no-index", "--no-build-isolation")
    run(PYTHON, "-m", "pip", "wheel", *flags, "-w", place, ROOT, cwd=place)
    (found,) = place.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def environment(wheel, tmp_path_factory):
    """A fresh virtual environment with the wheel; its dependencies are .venv's."""
    place = tmp_path_factory.mktemp("environment")
    assert sys.prefix == str(ROOT / ".venv")
    venv.create(place, symlinks=True, with_pip=False)
    flags = ("--no-deps", "--no-index")
    python = place / "bin/python"
    run(PYTHON, "-m", "pip", "--python", python, "install", *flags, wheel, cwd=place)
    packages = place / "lib/python3.11/site-packages"
    for name in ("greenlet", "asgiref"):
        (packages / name).symlink_to(ROOT / ".venv/lib/python3.11/site-packages" / name)
    return place


def test_the_wheel_is_for_this_python_alone(wheel):
    assert re.fullmatch(r"puff-[0-9.]+-cp311-cp311-linux_x86_64\.whl", wheel.name)


def test_the_wheel_holds_the_commands_the_package_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    expected = re.compile(
        r"puff/([a-z_]+/)*[a-z_]+\.pyi?|puff/py\.typed|puff/_puff[^/]*\.so"
        r"|puff/graphql/graphiql/(\.sums|LICENSE\.[a-z-]+\.txt|[a-z.-]+\.gz)"
        r"|puff-[0-9.]+\.data/scripts/(puff|puff-watch)|puff-[0-9.]+\.dist-info/.*"
    )
    assert [name for name in names if not expected.fullmatch(name)] == []
    assert {"puff/__init__.py", "puff/py.typed"} <= set(names)
    assert sum(name.startswith("puff/_puff") and name.endswith(".so") for name in names) == 1
    assert sum("/scripts/" in name for name in names) == 2


def test_the_wheel_names_what_it_needs(wheel):
    with zipfile.ZipFile(wheel) as opened:
        (name,) = (n for n in opened.namelist() if n.endswith(".dist-info/METADATA"))
        fields = opened.read(name).decode().split("\n\n")[0].splitlines()
    assert "Requires-Python: ==3.11.*" in fields
    assert "Provides-Extra: uvloop" in fields
    needs = {re.split(r"[<>=; ]", f.split()[1])[0] for f in fields if f.startswith("Requires-Dist")}
    assert needs == {"greenlet", "asgiref", "uvloop"}


def test_the_installed_command_runs_from_any_folder(environment, tmp_path):
    (tmp_path / "tools.py").write_text("import sys, puff\ndef where(): print(puff.__file__)\n")
    puff = environment / "bin/puff"
    assert run(puff, "--version", cwd=tmp_path).stdout.strip()
    where = run(puff, "run", "tools.where", cwd=tmp_path).stdout.strip()
    assert Path(where).is_relative_to(environment)


def test_puff_watch_is_the_watch_command(environment, tmp_path):
    watch = environment / "bin/puff-watch"
    text = run(watch, "--help", cwd=tmp_path).stdout
    assert text == run(environment / "bin/puff", "watch", "--help", cwd=tmp_path).stdout
    (tmp_path / "link").symlink_to(watch)
    assert run(tmp_path / "link", "--help", cwd=tmp_path).stdout == text


def test_outside_the_runtime_a_call_says_what_to_do(environment, tmp_path):
    program = "import puff\ntry: puff.sleep_ms(1)\nexcept RuntimeError as e: print(e)"
    said = run(environment / "bin/python", "-c", program, cwd=tmp_path).stdout
    assert "puff run" in said or "puff serve" in said


def test_the_package_is_typed_for_its_users(environment, tmp_path):
    (tmp_path / "user.py").write_text("import puff\nputs: str = puff.is_greenlet()\n")
    flags = ("--strict", "--no-incremental", "--python-executable", environment / "bin/python")
    done = run(PYTHON, "-m", "mypy", *flags, "user.py", cwd=tmp_path, status=1)
    assert 'type "bool"' in done.stdout
    assert "Found 1 error" in done.stdout


def test_a_program_finds_and_links_puff(tmp_path):
    prefix, program = tmp_path / "prefix", tmp_path / "shop"
    run("cmake", "--install", RELEASE, "--prefix", prefix, cwd=tmp_path)
    program.mkdir()
    (program / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.25)\n"
        "project(shop LANGUAGES C CXX)\n"
        "find_package(Puff 0.2 REQUIRED)\n"
        "add_executable(shop shop.cpp)\n"
        "target_link_libraries(shop PRIVATE puff::puff)\n"
    )
    (program / "shop.cpp").write_text(
        "#include <puff/puff.hpp>\n"
        '#include "services/http/router.hpp"\n'
        "int main(int argc, char** argv) {\n"
        '  return puff::program("shop").about("Sells tea").version("1.2.3").run(argc, argv);\n'
        "}\n"
    )
    settings = (f"-DCMAKE_PREFIX_PATH={prefix}", f"-DPython_EXECUTABLE={PYTHON}")
    run("cmake", "-G", "Ninja", "-B", "build", *settings, cwd=program)
    run("cmake", "--build", "build", cwd=program, CCACHE_DISABLE="1")
    said = run(program / "build/shop", "--version", cwd=tmp_path, VIRTUAL_ENV=str(ROOT / ".venv"))
    assert "1.2.3" in said.stdout
    assert "Sells tea" in run(program / "build/shop", "--help", cwd=tmp_path).stdout


def test_what_is_installed_is_stripped():
    symbols = run("nm", ROOT / ".venv/bin/puff", cwd=ROOT)
    assert "no symbols" in symbols.stderr
    assert os.access(ROOT / ".venv/bin/puff", os.X_OK)
