"""Add-ons in C++: what they register works, and whatever they do the node goes on."""

import hashlib
import json
import signal
import subprocess
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
from integration.apps.serving import APPS, Site, serving_address

from support.puff_process import ROOT, PuffProcess, clean_environment, run_puff
from support.servers import wait_until

BUILT = ROOT / "build/release/tests/support/addons"
TRIAL = f"""
python_path = [{json.dumps(str(APPS))}]
wsgi = "addon_facts.application"
[[addons]]
path = {json.dumps(str(BUILT / "trial.so"))}
settings = ["colour=green", "motto=a=b"]
"""


@contextmanager
def serving(folder: Path, configuration: str = TRIAL, **env: str):
    folder.mkdir(exist_ok=True)
    (folder / "puff.toml").write_text(configuration)
    env = {"PUFF_RUNTIME_DIR": str(folder / "run"), **env}
    with PuffProcess(["serve", "--bind", "127.0.0.1:0"], folder, env) as process:
        yield Site(process, serving_address(process))


@pytest.fixture(scope="module")
def trial(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("trial")) as site:
        yield site


def ask(site, actor, verb):
    answer = site.post(f"/ask/{actor}/{verb}", b"")
    return answer.status, answer.body.decode()


def test_a_route_answers_beside_the_application(trial):
    answer = trial.get("/hello/Ada%20L")
    assert (answer.status, answer.body) == (201, b"hello Ada L")
    assert answer.header("x-trial") == "yes"
    assert trial.get("/other").body == b"the application"


def test_a_route_gets_the_whole_request(trial):
    body = b"x" * 300_000
    answer = trial.post("/echo?a=1", body, {"X-Note": "noted"})
    assert answer.body == b"POST /echo?a=1 noted " + body


def test_an_actor_takes_its_messages_one_at_a_time(trial):
    seen = []
    first = int(ask(trial, "counter", "add")[1].split()[1])

    def add():
        for _ in range(25):
            seen.append(int(ask(trial, "counter", "add")[1].split()[1]))

    threads = [threading.Thread(target=add) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == list(range(first + 1, first + 51))


def test_what_an_actor_throws_is_told_to_whoever_asked(trial):
    assert ask(trial, "counter", "throw") == (502, "8 out of tea")
    assert "no std::exception" in ask(trial, "counter", "throw_int")[1]
    assert ask(trial, "counter", "add")[0] == 200


def test_nobody_by_that_name_is_a_failure_at_once(trial):
    status, text = ask(trial, "nobody", "add")
    assert status == 502
    assert text.startswith("2 ")
    assert "nobody" in text


def test_an_answer_may_come_later(trial):
    answers = []
    waiting = threading.Thread(target=lambda: answers.append(ask(trial, "patient", "wait")))
    waiting.start()

    def released():
        ask(trial, "patient", "release")
        return bool(answers)

    wait_until(released, "the question is answered")
    waiting.join()
    assert answers == [(200, 'application/json "released"')]


def test_a_timer_comes_as_the_actors_own_mail(trial):
    first = int(ask(trial, "patient", "later")[1].split()[1])
    assert ask(trial, "patient", "later") == (200, f"application/json {first + 1}")


def test_a_message_may_be_sent_without_waiting(trial):
    before = int(ask(trial, "counter", "add")[1].split()[1])
    assert trial.post("/tell/counter/add", b"").body == b"told"
    after = int(ask(trial, "counter", "add")[1].split()[1])
    assert after == before + 2


def test_settings_of_puff_toml_are_read(trial):
    assert trial.get("/setting/colour").body == b"green"
    assert trial.get("/setting/motto").body == b"a=b"
    assert trial.get("/setting/size").body == b"none"


def test_python_imports_its_module(trial):
    assert trial.get("/triple?14").body == b"42"


def test_a_route_that_throws_is_a_500_and_the_node_goes_on(trial):
    assert trial.get("/throws").status == 500
    assert trial.get("/other").status == 200
    trial.process.wait_for_line("addon.trial.*no page")


def test_a_route_that_blocks_holds_up_nobody_else(trial, tmp_path):
    gate = tmp_path / "gate"
    with trial.raw() as blocked:
        blocked.send(f"GET /blocks?{gate} HTTP/1.1\r\nHost: a\r\n\r\n")
        for _ in range(20):
            assert trial.get("/other").status == 200
            assert trial.get("/hello/b").status == 201
        gate.touch()
        assert blocked.read_response("GET").body == b"late"


def test_status_shows_name_version_and_hash(trial):
    digest = hashlib.sha256((BUILT / "trial.so").read_bytes()).hexdigest()[:12]
    folder = Path(f"/proc/{trial.process.pid}/cwd").resolve()
    env = {"PUFF_RUNTIME_DIR": str(folder / "run")}
    assert f"addon trial 1.2.3 ({digest})" in run_puff(["status"], folder, env).stdout


def test_too_late_an_answer_is_a_504_and_a_blocked_add_on_does_not_hold_up_the_stop(tmp_path):
    limited = TRIAL + "threads = 1\nanswer_limit_ms = 100\n"
    with serving(tmp_path / "site", limited) as site, site.raw() as blocked:
        blocked.send("GET /blocks?/nowhere HTTP/1.1\r\nHost: a\r\n\r\n")
        answer = blocked.read_response("GET")
        assert answer.status == 504
        # Its one thread is kept: this add-on answers no more, the application does.
        assert site.get("/hello/b").status == 504
        assert site.get("/other").status == 200
        site.process.stop(signal.SIGTERM, seconds=10)
        assert "left behind" in site.process.stderr


def test_a_command_runs_without_a_node(tmp_path):
    (tmp_path / "puff.toml").write_text(TRIAL)
    done = run_puff(["trial_words", "a", "--b"], tmp_path)
    assert (done.returncode, done.stdout) == (2, "[a]\n[--b]\n")
    assert "Say the words" in run_puff(["--help"], tmp_path).stdout
    failed = run_puff(["trial_throws"], tmp_path)
    assert failed.returncode == 1
    assert "threw: no" in failed.stderr


def test_a_task_runs_in_cpp(tmp_path, redis_server):
    configuration = f'{TRIAL}\n[[task_queue]]\nurl = "{redis_server.url}"\n'
    with serving(tmp_path / "site", configuration) as site:
        assert json.loads(site.get("/task?trial.double=21").body) == 42
        assert "AddonError" in site.get('/task?trial.double="x"').body.decode()
        assert json.loads(site.get("/task?addon_facts.half=42").body) == 21


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("old", "was built for add-on ABI 0, this Puff has ABI 1"),
        ("unresolved", "undefined symbol: function_of_a_missing_library"),
        ("other", "is no add-on of Puff: it has no puff_addon_entry"),
        ("absent", "cannot be read"),
    ],
)
def test_what_cannot_be_loaded_is_refused_in_one_line(tmp_path, name, why):
    path = BUILT / f"{name}.so"
    (tmp_path / "puff.toml").write_text(f'[[addons]]\npath = "{path}"\n')
    done = run_puff(["serve", "--bind", "127.0.0.1:0"], tmp_path)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert f"add-on {path} " in line
    assert why in line
    assert run_puff(["status", "--help"], tmp_path).returncode == 0


def test_an_add_on_may_refuse_and_says_why(tmp_path):
    configuration = TRIAL.replace('"colour=green"', '"refuse=yes"')
    (tmp_path / "puff.toml").write_text(configuration)
    done = run_puff(["worker"], tmp_path)
    assert done.returncode == 1
    assert "add-on trial 1.2.3 cannot be used: its setting says no" in done.stderr


def test_a_name_of_another_command_is_refused(tmp_path):
    more = TRIAL + '[[commands]]\nfunction = "a.b"\ncommand_name = "trial_words"\n'
    (tmp_path / "puff.toml").write_text(more)
    done = run_puff(["serve"], tmp_path)
    assert "'trial_words' has the name of another command" in done.stderr


def test_a_setting_without_a_value_is_refused(tmp_path):
    (tmp_path / "puff.toml").write_text(TRIAL.replace('"colour=green"', '"colour"'))
    assert '"KEY=VALUE"' in run_puff(["serve"], tmp_path).stderr


def test_a_new_project_builds_as_it_is_and_runs(tmp_path):
    prefix = tmp_path / "prefix"

    def run(*command, cwd):
        done = subprocess.run(
            [str(word) for word in command],
            cwd=cwd,
            env=clean_environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"

    run("cmake", "--install", ROOT / "build/release", "--prefix", prefix, cwd=tmp_path)
    made = run_puff(["addon", "new", "tea"], tmp_path)
    assert made.returncode == 0, made.stderr
    assert run_puff(["addon", "new", "tea"], tmp_path).returncode == 1
    assert run_puff(["addon", "new", "no-name"], tmp_path).returncode == 1
    project = tmp_path / "tea"
    run("cmake", "-B", "build", f"-DCMAKE_PREFIX_PATH={prefix}", ".", cwd=project)
    run("cmake", "--build", "build", cwd=project)
    with serving(project, (project / "puff.toml").read_text()) as site:
        assert site.get("/tea").body == b"1\n"
        assert site.get("/tea").body == b"2\n"


def test_one_source_is_an_add_on_and_a_part_of_a_program(tmp_path):
    program = ROOT / "build/release/tests/support/addons/program"
    env = {"VIRTUAL_ENV": str(ROOT / ".venv")}
    with PuffProcess(["serve", "--bind", "127.0.0.1:0"], tmp_path, env, program) as process:
        site = Site(process, serving_address(process))
        assert json.loads(site.get("/order/assam").body) == {"left": 2}
