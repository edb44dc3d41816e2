"""Commands that look at nodes, watch files, or start servers of their own."""

import json
import os
import re
import signal
import socket
import sys
from pathlib import Path

import pytest

from support.clients import HttpClient
from support.puff_process import run_puff
from support.servers import free_port, wait_until

HELLO = """
    def application(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"first"]
"""


@pytest.fixture
def nodes(tmp_path) -> dict[str, str]:
    """The variable that keeps a test's nodes apart from all others."""
    return {"PUFF_RUNTIME_DIR": str(tmp_path / "nodes")}


@pytest.fixture
def run(project, nodes):
    return lambda *arguments, **env: run_puff(arguments, project.folder, {**nodes, **env})


@pytest.fixture
def serving(project, puff, nodes):
    """`puff serve` of a small application on a port of its own."""
    project.write("app.py", HELLO)
    project.write("puff.toml", 'wsgi = "app.application"\nname = "shop"\n')
    process = puff("serve", "--bind", "127.0.0.1:0", **nodes)
    port = process.wait_for_line(r"Serving on http://127\.0\.0\.1:(\d+)")[1]
    return process, ("127.0.0.1", int(port))


def test_status_shows_a_tree_for_every_node(run, serving):
    process, _ = serving
    done = run("status")
    assert done.returncode == 0, done.stderr
    assert f"node shop, pid {process.pid}" in done.stdout
    assert re.search(r"^ +http_listener 0 +running", done.stdout, re.MULTILINE)


def test_status_as_json_names_node_and_process(run, serving):
    process, _ = serving
    (node,) = json.loads(run("status", "--json").stdout)
    assert (node["node"], node["pid"]) == ("shop", process.pid)
    assert node["status"]["state"] == "running"


def test_status_shows_stacks(run, serving):
    done = run("status", "--stacks")
    assert done.returncode == 0
    assert "thread" in done.stdout


def test_status_of_another_name_finds_nobody(run, serving):
    done = run("status", "--node", "bakery")
    assert done.returncode == 1
    assert "bakery" in done.stderr
    assert run("status", "--node", "shop").returncode == 0


def test_a_dead_nodes_socket_is_removed(run, serving, nodes):
    process, _ = serving
    (left,) = Path(nodes["PUFF_RUNTIME_DIR"]).glob("*.sock")
    process.kill()
    assert left.exists()
    done = run("status")
    assert done.returncode == 1
    assert "no node is running" in done.stderr
    assert not left.exists()


def test_the_runtime_directory_is_this_users_alone(serving, nodes):
    folder = Path(nodes["PUFF_RUNTIME_DIR"])
    assert folder.stat().st_mode & 0o777 == 0o700
    process, _ = serving
    process.stop()
    assert list(folder.iterdir()) == []


def test_sigusr2_writes_stacks_and_the_node_lives_on(serving):
    process, address = serving
    process.send_signal(signal.SIGUSR2)
    process.wait_for_line("stacks")
    with HttpClient(address) as client:
        assert client.get("/").body == b"first"
    process.send_signal(signal.SIGHUP)
    with HttpClient(address) as client:
        assert client.get("/").body == b"first"
    process.stop()


def test_a_second_signal_reports_what_hangs_and_leaves_with_its_number(project, puff):
    project.write(
        "app.py",
        """
        import threading
        def wait_for_ever():
            threading.Event().wait()
        def application(environ, start_response):
            print("stuck", flush=True)
            wait_for_ever()
        """,
    )
    project.write("puff.toml", 'wsgi = "app.application"')
    process = puff("serve", "--bind", "127.0.0.1:0")
    port = process.wait_for_line(r"Serving on http://127\.0\.0\.1:(\d+)")[1]
    with socket.create_connection(("127.0.0.1", int(port))) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        process.wait_for_line("stuck")
        process.send_signal(signal.SIGTERM)
        process.wait_for_line("stopping")
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 128 + signal.SIGINT
    assert "wait_for_ever" in process.stderr


def test_the_end_of_the_grace_time_ends_it_too(project, puff):
    project.write(
        "app.py",
        """
        import puff
        def application(environ, start_response):
            print("waiting", flush=True)
            puff.sleep_ms(600_000)
        """,
    )
    project.write("puff.toml", 'wsgi = "app.application"\n[server]\ngraceful_timeout_ms = 300\n')
    process = puff("serve", "--bind", "127.0.0.1:0")
    port = process.wait_for_line(r"Serving on http://127\.0\.0\.1:(\d+)")[1]
    with socket.create_connection(("127.0.0.1", int(port))) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        process.wait_for_line("waiting")
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 128 + signal.SIGTERM
    assert "300 ms" in process.stderr


def test_an_interrupted_function_is_cancelled_and_leaves_with_the_signal(project, puff):
    project.write(
        "jobs.py",
        """
        import puff
        def wait():
            print("waiting", flush=True)
            try:
                puff.sleep_ms(600_000)
            finally:
                print("cleaned up", flush=True)
        """,
    )
    process = puff("run", "jobs.wait")
    process.wait_for_line("waiting")
    process.stop(signal.SIGINT, status=128 + signal.SIGINT)
    assert "cleaned up" in process.stdout


def test_serve_prints_the_true_port_of_every_address(project, puff):
    project.write("app.py", HELLO)
    project.write("puff.toml", 'wsgi = "app.application"')
    process = puff("serve", "--bind", "127.0.0.1:0", "--bind", "[::1]:0")
    first = process.wait_for_line(r"Serving on http://127\.0\.0\.1:([1-9]\d*)$")[1]
    second = process.wait_for_line(r"Serving on http://\[::1\]:([1-9]\d*)$")[1]
    for address in (("127.0.0.1", int(first)), ("::1", int(second))):
        with socket.create_connection(address) as client:
            client.sendall(b"GET / HTTP/1.0\r\n\r\n")
            assert client.recv(100).startswith(b"HTTP/1.1 200")
    process.stop()


def test_the_access_log_has_a_line_for_every_request(project, puff):
    project.write("app.py", HELLO)
    project.write("puff.toml", 'wsgi = "app.application"')
    process = puff("serve", "--bind", "127.0.0.1:0", "--access-log")
    port = process.wait_for_line(r"Serving on http://127\.0\.0\.1:(\d+)")[1]
    with HttpClient(("127.0.0.1", int(port))) as client:
        client.get("/tea?green")
    process.wait_for_line(r'"GET /tea\?green HTTP/1\.1" 200 5')
    process.stop()
    assert '"GET /tea?green HTTP/1.1"' in process.stdout


def test_there_must_be_something_to_serve(run):
    done = run("serve", "--bind", "127.0.0.1:0")
    assert done.returncode == 1
    assert "wsgi" in done.stderr
    assert done.stderr.startswith("puff: error: ")
    assert done.stderr.count("\n") == 1


def test_an_application_that_is_not_there_is_one_line(run, project):
    project.write("puff.toml", 'wsgi = "shop.application"')
    for text in (None, "other = 1\n"):
        if text:
            project.write("shop.py", text)
        done = run("serve", "--bind", "127.0.0.1:0")
        assert done.returncode == 1
        assert "Serving" not in done.stdout
        assert done.stderr.startswith("puff: error: shop.application: ")
        assert done.stderr.count("\n") == 1


def test_an_application_that_raises_at_import_is_one_traceback(run, project):
    project.write("shop.py", "raise ValueError('sold out')\n")
    project.write("puff.toml", 'wsgi = "shop.application"')
    done = run("serve", "--bind", "127.0.0.1:0")
    assert done.returncode == 1
    assert done.stderr.count("Traceback") == 1
    assert done.stderr.count("ValueError: sold out") == 1
    assert "terminate" not in done.stderr


def test_a_failed_start_leaves_no_socket_behind(run, project):
    project.write("puff.toml", 'wsgi = "shop.application"')
    run("serve", "--bind", f"unix:{project.path('web.sock')}")
    assert not project.path("web.sock").exists()


def test_a_feature_to_come_is_a_warning(project, puff):
    project.write("puff.toml", "compression_middleware = true\n")
    process = puff("wait_forever", PUFF_LOG="info")
    process.wait_for_line("is running")
    assert process.stderr.count("compression_middleware is configured") == 1
    process.stop()


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (["sevre"], "serve"),
        (["serve", "--bnd", "x"], "--bind"),
        (["help", "pytset"], "pytest"),
        (["--default-redis-ulr", "x", "serve"], "--default-redis-url"),
    ],
)
def test_a_misspelt_word_gets_a_suggestion(run, project, arguments, meant):
    project.write("puff.toml", "[[redis]]\n")
    done = run(*arguments)
    assert done.returncode == 2
    assert f"did you mean '{meant}'?" in done.stderr


def test_help_works_with_a_broken_configuration(run, project):
    project.write("puff.toml", "greenlets = maybe\n")
    for arguments in ([], ["--help"], ["serve", "--help"], ["help", "serve"]):
        done = run(*arguments)
        assert done.returncode == 0, done.stderr
        assert "serve" in done.stdout
        assert "puff.toml:1" in done.stdout
    assert run("example_config").returncode == 0
    assert run("serve").returncode == 1


def test_a_configured_command_may_not_take_a_commands_name(run, project):
    project.write("puff.toml", '[[commands]]\nfunction = "a.b"\ncommand_name = "serve"\n')
    done = run("serve")
    assert done.returncode == 1
    assert "'serve'" in done.stderr


def test_config_tells_where_each_value_comes_from(run, project):
    project.write("puff.toml", 'name = "shop"\n[[redis]]\n')
    url = "redis://:secret@localhost"
    done = run("--default-redis-url", url, "config", PUFF_REUSE_PORT="true")
    assert done.returncode == 0, done.stderr
    lines = {line.split(" = ")[0]: line for line in done.stdout.splitlines()}
    assert "puff.toml line 1" in lines["name"]
    assert "PUFF_REUSE_PORT" in lines["server.reuse_port"]
    assert "--default-redis-url" in lines["redis.default.url"]
    assert "secret" not in done.stdout


def test_doctor_is_content_with_a_sound_environment(run, project, redis_server):
    project.write("puff.toml", f'[[redis]]\nurl = "{redis_server.url}"\n')
    done = run("doctor")
    assert done.returncode == 0, done.stdout + done.stderr
    for word in ("Python: 3.11", "greenlet", "redis-server", "pool 'default' answers"):
        assert word in done.stdout


def test_doctor_says_what_to_do_for_each_fault(run, project):
    project.write("puff.toml", f'[[redis]]\nurl = "redis://:pw1@127.0.0.1:{free_port()}"\n')
    done = run("doctor", PUFF_RUNTIME_DIR="/dev/null")
    assert done.returncode == 1
    assert done.stdout.count("FAULT") == 2
    assert done.stdout.count("do: ") >= 2
    assert "pw1" not in done.stdout + done.stderr


def test_doctor_finds_a_broken_configuration_and_environment(run, project, tmp_path):
    project.write("puff.toml", "greenlet = true\n")
    done = run("doctor", VIRTUAL_ENV=str(tmp_path / "gone"))
    assert done.returncode == 1
    assert "puff.toml:1" in done.stdout
    assert "gone" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_pytest_runs_inside_and_its_status_is_kept(run, project):
    project.write(
        "tests/test_it.py",
        """
        import puff, pytest, sys
        def test_inside():
            puff.sleep_ms(1)
            assert puff.is_greenlet()
        def test_wrong():
            assert "-k" not in sys.argv
        """,
    )
    good = run("pytest", "-q", "-p", "no:cacheprovider", "tests", "-k", "inside")
    assert good.returncode == 0, good.stdout + good.stderr
    assert "1 passed, 1 deselected" in good.stdout
    assert run("pytest", "-q", "-p", "no:cacheprovider", "-k", "wrong").returncode == 1
    assert run("pytest", "-q", "-p", "no:cacheprovider", "-k", "absent").returncode == 5
    assert "usage: " in run("pytest", "--help").stdout


def test_pytest_runs_in_the_folder_of_the_configuration(run, project):
    project.write("puff.toml", 'pytest_path = "suite"\n')
    project.write(
        "suite/test_here.py", "import os\ndef test_here(): assert os.path.exists('test_here.py')\n"
    )
    done = run("pytest", "-q", "-p", "no:cacheprovider")
    assert done.returncode == 0, done.stdout + done.stderr


def test_django_gets_its_arguments_untouched(run):
    done = run("django", "--version")
    assert re.fullmatch(r"\d+\.\d+(\.\d+)?\n", done.stdout), done.stderr
    assert run("django", "--", "--version").stdout == done.stdout
    wrong = run("django", "no_such_command")
    assert wrong.returncode == 1
    assert "no_such_command" in wrong.stderr


def counting(project) -> list[str]:
    """A program that appends its process's number to a file and waits for SIGTERM."""
    project.write(
        "job.py",
        """
        import os, signal, sys
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        with open("starts.txt", "a") as out:
            print(os.getpid(), file=out)
        while True:
            signal.pause()
        """,
    )
    return [sys.executable, "job.py"]


def starts(project) -> list[int]:
    path = project.path("starts.txt")
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_watch_restarts_the_command_when_a_file_changes(project, puff):
    (project.folder / "src").mkdir()
    process = puff("watch", "--dir", "src", *counting(project))
    wait_until(lambda: len(starts(project)) == 1, "first start")
    project.write("src/a.txt", "one")
    process.wait_for_line(r"src/a\.txt.* changed: restarting")
    wait_until(lambda: len(starts(project)) == 2, "second start")
    assert not alive(starts(project)[0])
    process.stop()
    assert not alive(starts(project)[1])


def test_watch_leaves_caches_out(project, puff):
    (project.folder / "src/__pycache__").mkdir(parents=True)
    process = puff("watch", "-d", "src", *counting(project))
    wait_until(lambda: len(starts(project)) == 1, "first start")
    project.write("src/__pycache__/a.pyc", "one")
    project.write("src/b.txt", "one")
    found = process.wait_for_line(r"(\S+) changed: restarting")
    assert found[1].endswith("b.txt")
    process.stop()


def test_watch_runs_several_copies(project, puff):
    (project.folder / "src").mkdir()
    process = puff("watch", "--dir", "src", "--num", "3", *counting(project))
    wait_until(lambda: len(starts(project)) == 3, "three starts")
    process.stop(signal.SIGINT)
    assert not any(alive(pid) for pid in starts(project))


def test_watch_waits_for_changes_when_the_command_ends(project, puff):
    (project.folder / "src").mkdir()
    process = puff("watch", "--dir", "src", sys.executable, "-c", "import sys; sys.exit(3)")
    process.wait_for_line("exit status 3; waiting for changes")
    project.write("src/a.txt", "one")
    process.wait_for_line("changed: restarting")
    process.stop()


def test_watch_names_a_program_that_does_not_exist(run):
    done = run("watch", "no-such-program-here")
    assert done.returncode == 1
    assert "no-such-program-here" in done.stderr


def test_dev_runs_one_command_with_private_servers_that_keep_their_data(project, run):
    project.write(
        "visits.py", "import puff\n\ndef count():\n    print(puff.global_redis.incr('v'))\n"
    )
    project.write("puff.toml", "[[redis]]\n")
    ended = [run("dev", "run", "visits.count") for _ in range(2)]
    assert [(done.returncode, done.stdout) for done in ended] == [(0, "1\n"), (0, "2\n")]
    assert run("dev", "run", "visits.nothing").returncode == 1


def test_dev_starts_redis_and_serves_what_is_edited(project, puff, nodes):
    port = free_port()
    project.write("app.py", HELLO)
    project.write("puff.toml", 'wsgi = "app.application"\n[[redis]]\n')
    process = puff("dev", "--bind", f"127.0.0.1:{port}", **nodes)
    process.wait_for_line("Redis 'default' on unix:")
    process.wait_for_line("Serving on")
    with HttpClient(("127.0.0.1", port)) as client:
        assert client.get("/").body == b"first"
    process.wait_for_line('"GET / HTTP/1.1" 200')
    project.write("app.py", HELLO.replace("first", "second"))
    process.wait_for_line(r"app\.py.* changed: restarting")

    def answers_anew() -> bool:
        try:
            with HttpClient(("127.0.0.1", port)) as client:
                return client.get("/").body == b"second"
        except OSError:
            return False

    wait_until(answers_anew, "the edited application", 20)
    process.stop()
