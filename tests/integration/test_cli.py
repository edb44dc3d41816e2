"""The command line as a person meets it: help, versions, mistakes, exit statuses, signals."""

import os
import re
import signal
import socket
import tomllib

import pytest

from support.clients import HttpClient
from support.puff_process import PUFF, ROOT, run_puff
from support.servers import free_port

COMMANDS = [
    "serve",
    "runserver",
    "wait_forever",
    "worker",
    "django",
    "pytest",
    "example_config",
    "run",
    "dev",
    "watch",
    "doctor",
]

HELLO = """
    def application(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"hello"]
"""


@pytest.fixture
def run(project):
    """Runs a command that ends by itself, in the project's folder."""
    return lambda *arguments, **env: run_puff(arguments, project.folder, env)


def version() -> str:
    found = re.search(r"project\(Puff VERSION ([0-9.]+)", (ROOT / "CMakeLists.txt").read_text())
    assert found
    return found[1]


@pytest.mark.parametrize("arguments", [[], ["help"], ["--help"]])
def test_help_goes_to_stdout_and_names_every_command(run, arguments):
    done = run(*arguments)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    missing = [c for c in COMMANDS if not re.search(rf"\b{c}\b", done.stdout)]
    assert missing == []


@pytest.mark.parametrize("command", ["serve", "run", "dev", "watch", "wait_forever", "doctor"])
def test_each_command_has_its_own_help(run, command):
    done = run(command, "--help")
    assert done.returncode == 0, done.stderr
    assert command in done.stdout


def test_help_of_serve_documents_its_options(run):
    text = run("serve", "--help").stdout
    for option in ("--bind", "PUFF_BIND", "127.0.0.1:7777", "--reuse-port", "unix:"):
        assert option in text


def test_version_is_the_builds(run):
    done = run("--version")
    assert done.returncode == 0, done.stderr
    assert version() in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize(
    "arguments",
    [["--no-such-option"], ["no_such_command"], ["serve", "--no-such-option"], ["run"]],
)
def test_a_mistake_on_the_command_line_is_status_2_and_said_on_stderr(run, arguments):
    done = run(*arguments)
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stdout == ""
    assert done.stderr.strip()
    if arguments != ["run"]:
        assert arguments[-1].strip("-") in done.stderr


@pytest.mark.parametrize("address", ["nonsense", "127.0.0.1:99999", "127.0.0.1:-1", "unix:"])
def test_an_address_that_is_none_is_refused_by_name(run, address):
    done = run("serve", "--bind", address)
    assert done.returncode == 2, done.stdout + done.stderr
    assert address in done.stderr


def test_an_address_in_use_is_one_clear_line(run, project):
    project.write("app.py", HELLO)
    project.write("puff.toml", 'wsgi = "app.application"')
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("serve", "--bind", f"127.0.0.1:{port}")
    assert done.returncode == 1
    assert f"127.0.0.1:{port}" in done.stderr
    assert "Traceback" not in done.stderr


def test_example_config_is_valid_and_is_accepted(run, project):
    done = run("example_config")
    assert done.returncode == 0, done.stderr
    assert tomllib.loads(done.stdout)["greenlets"] is True
    project.write("puff.toml", done.stdout)
    project.write("hello.py", "def greet():\n    print('hi')\n")
    assert run("run", "hello.greet").stdout == "hi\n"


def test_an_unknown_key_names_file_line_key_and_the_nearest(run, project):
    project.write("puff.toml", 'name = "a"\ngreenlet = true\n')
    done = run("serve")
    assert done.returncode == 1
    for part in ("puff.toml", "2", "greenlet", "greenlets"):
        assert part in done.stderr


def test_run_passes_arguments_and_needs_no_configuration(run, project):
    project.write("tools.py", "def show(*words):\n    print('|'.join(words))\n")
    done = run("run", "tools.show", "a", "-b", "--see")
    assert (done.returncode, done.stdout) == (0, "a|-b|--see\n"), done.stderr


def test_run_shows_the_traceback_of_what_failed(run, project):
    project.write("tools.py", "def fail():\n    raise KeyError('lost')\n")
    done = run("run", "tools.fail")
    assert done.returncode == 1
    assert "KeyError: 'lost'" in done.stderr
    assert "tools.py" in done.stderr


@pytest.mark.parametrize("name", ["no_module.f", "tools.no_function"])
def test_run_of_what_does_not_exist_names_it(run, project, name):
    project.write("tools.py", "")
    done = run("run", name)
    assert done.returncode != 0
    assert name.split(".")[-1 if name.startswith("tools") else 0] in done.stderr


def test_run_leaves_with_the_status_of_system_exit(run, project):
    project.write("tools.py", "import sys\ndef leave():\n    sys.exit(7)\n")
    assert run("run", "tools.leave").returncode == 7


def test_commands_of_the_configuration_run_by_name(run, project):
    project.write(
        "jobs.py", "def tidy():\n    print('tidy')\nasync def later():\n    print('later')\n"
    )
    project.write(
        "puff.toml",
        """
        [[commands]]
        function = "jobs.tidy"
        command_name = "tidy"
        [[commands]]
        function = "jobs.later"
        command_name = "later"
        """,
    )
    assert run("tidy").stdout == "tidy\n"
    assert run("later").stdout == "later\n"
    assert "tidy" in run("help").stdout


def test_a_pool_that_does_not_answer_is_one_line_without_its_password(run, project):
    project.write("puff.toml", "[[redis]]\n")
    url = f"redis://:secret@127.0.0.1:{free_port()}"
    done = run("wait_forever", "--default-redis-url", url)
    assert done.returncode == 1
    assert "default" in done.stderr
    assert "secret" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_an_option_wins_over_the_environment(run, project, redis_server):
    project.write("puff.toml", "[[redis]]\n")
    project.write("tools.py", "def fine():\n    print('fine')\n")
    bad = f"redis://127.0.0.1:{free_port()}"
    good = redis_server.url
    for before in (True, False):
        option = ["--default-redis-url", good]
        command = ["run", "tools.fine"]
        arguments = [*option, *command] if before else [command[0], *option, command[1]]
        done = run(*arguments, PUFF_DEFAULT_REDIS_URL=bad)
        assert (done.returncode, done.stdout) == (0, "fine\n"), done.stderr


def answer_of(address):
    with HttpClient(address) as client:
        return client.get("/").body


@pytest.fixture
def hello(project, puff):
    """`puff serve` of a small WSGI application, and its address."""
    project.write("app.py", HELLO)
    project.write("puff.toml", 'wsgi = "app.application"')

    def serve(*arguments, **env):
        address = ("127.0.0.1", free_port())
        process = puff("serve", "--bind", f"127.0.0.1:{address[1]}", *arguments, **env)
        process.wait_for_address(address)
        assert answer_of(address) == b"hello"
        return process, address

    return serve


def test_serve_answers_and_stops_gracefully(hello):
    process, address = hello()
    with HttpClient(address) as client:
        response = client.get("/")
    assert (response.status, response.body) == (200, b"hello")
    process.stop()


def test_an_interrupt_is_a_graceful_stop_too(hello):
    process, _ = hello()
    process.stop(signal.SIGINT)


def test_serve_listens_on_every_address_given(hello, project):
    path = str(project.path("web.sock"))
    process, _ = hello("--bind", f"unix:{path}")
    process.wait_for_address(path)
    assert answer_of(path) == b"hello"
    process.stop()
    assert not os.path.exists(path)


def test_runserver_is_serve_and_the_environment_binds(project, puff):
    project.write("app.py", HELLO)
    project.write("puff.toml", 'wsgi = "app.application"')
    address = ("127.0.0.1", free_port())
    process = puff("runserver", PUFF_BIND=f"127.0.0.1:{address[1]}")
    process.wait_for_address(address)
    assert answer_of(address) == b"hello"
    process.stop()


def test_a_second_signal_ends_at_once(project, puff):
    project.write(
        "app.py",
        """
        import threading
        def application(environ, start_response):
            print("stuck", flush=True)
            threading.Event().wait()
        """,
    )
    project.write("puff.toml", 'wsgi = "app.application"')
    address = ("127.0.0.1", free_port())
    process = puff("serve", "--bind", f"127.0.0.1:{address[1]}")
    process.wait_for_address(address)
    with socket.create_connection(address) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        process.wait_for_line("stuck")
        process.send_signal(signal.SIGTERM)
        client.settimeout(0.3)
        with pytest.raises(TimeoutError):
            client.recv(1)
        assert process.process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) != 0


def test_wait_forever_waits_until_it_is_told(project, puff):
    project.write("puff.toml", "")
    process = puff("wait_forever", PUFF_LOG="info")
    process.wait_for_line(".")
    process.stop()


def test_the_command_works_from_any_folder(tmp_path):
    done = run_puff(["--version"], tmp_path)
    assert done.returncode == 0, done.stderr


def test_it_finds_its_own_environment(run, project):
    project.write("tools.py", "import sys, greenlet\ndef where():\n    print(sys.prefix)\n")
    done = run("run", "tools.where")
    assert done.stdout.strip() == str(PUFF.parents[1]), done.stderr
