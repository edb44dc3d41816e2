"""Commands that ask at a terminal: others run meanwhile, and Ctrl-C ends them at once."""

import os
import re
import select
import signal
import subprocess
import termios
import time

import pytest

from support.puff_process import PATIENCE, PUFF, clean_environment, run_puff


class Terminal:
    """A command with a terminal of its own, and what it has written there."""

    def __init__(self, folder, *arguments, **env):
        ours, theirs = os.openpty()
        self._ours, self._theirs = ours, theirs
        self.said = ""
        self._seen = 0
        self.process = subprocess.Popen(
            [str(PUFF), *arguments],
            cwd=folder,
            env=clean_environment(env),
            preexec_fn=lambda: os.login_tty(theirs),
        )

    def wait_for(self, pattern, seconds=PATIENCE):
        """Reads until `pattern` comes, after what earlier calls have found."""
        end = time.monotonic() + seconds
        while not (found := re.search(pattern, self.said[self._seen :])):
            left = end - time.monotonic()
            assert left > 0, f"{pattern!r} does not come:\n{self.said}"
            if select.select([self._ours], [], [], left)[0]:
                self.said += os.read(self._ours, 65536).decode(errors="replace")
        self._seen += found.end()
        return found

    def type(self, text):
        os.write(self._ours, text.encode())

    def echoes(self):
        return bool(termios.tcgetattr(self._theirs)[3] & termios.ECHO)

    def close(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        os.close(self._ours)
        os.close(self._theirs)


@pytest.fixture
def terminal(project):
    opened = []

    def open_(*arguments, **env):
        opened.append(Terminal(project.folder, *arguments, **env))
        return opened[-1]

    yield open_
    for each in opened:
        each.close()


ASKING = """
import getpass
import puff

ticks = 0

def tick():
    global ticks
    while True:
        ticks += 1
        puff.sleep_ms(5)

def main():
    puff.spawn(tick)
    name = input("name? ")
    secret = getpass.getpass("secret? ")
    print("told", name, len(secret), ticks > 10, flush=True)
"""
WATCHFUL = "[python]\nstall_threshold_ms = 100\n"


def test_others_run_while_a_command_asks(project, terminal):
    project.write("puff.toml", WATCHFUL)
    project.write("asking.py", ASKING)
    asked = terminal("run", "asking.main", PYTHONPATH=str(project.folder))
    asked.wait_for(r"name\? ")
    time.sleep(0.3)  # a person thinks, for longer than the watchdog bears
    asked.type("ada\n")
    asked.wait_for(r"secret\? ")
    assert not asked.echoes()
    asked.type("xyzzy\n")
    asked.wait_for("told ada 5 True")
    asked.process.wait(PATIENCE)
    assert "xyzzy" not in asked.said
    assert "kept all others waiting" not in asked.said.partition("name? ")[2]


SETTINGS = """
SECRET_KEY = "no secrets"
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes"]
DATABASES = {"default": {"ENGINE": "puff.contrib.django.postgres", "NAME": "global"}}
"""


@pytest.fixture
def site(project, postgres_server, postgres_database):
    """The environment of Django's commands in the project's folder."""
    url = postgres_server.url_of(postgres_database)
    project.write("puff.toml", f'{WATCHFUL}[[postgres]]\nurl = "{url}"\n')
    project.write("asked_settings.py", SETTINGS)
    env = {"PYTHONPATH": str(project.folder), "DJANGO_SETTINGS_MODULE": "asked_settings"}
    done = run_puff(["django", "migrate", "-v0"], project.folder, env, timeout=60)
    assert done.returncode == 0, done.stderr
    return env


CTRL_C = "\x03"


def test_ctrl_c_at_a_question_ends_djangos_command_at_once(site, terminal):
    asked = terminal("django", "createsuperuser", **site)
    asked.wait_for(r"Username.*: ")
    asked.type("ada\n")
    asked.wait_for("Email address: ")
    asked.type("\n")
    asked.wait_for("Password: ")
    asked.type(CTRL_C)
    asked.wait_for("Operation cancelled")
    assert asked.process.wait(25) == 130  # long before the grace time is over
    assert asked.echoes()
    assert "Traceback" not in asked.said
    assert "kept all others waiting" not in asked.said.partition("Username")[2]


def test_ctrl_c_at_a_prompt_ends_djangos_shell_at_once(site, terminal):
    asked = terminal("django", "shell", "-i", "python", **site)
    asked.wait_for(">>> ")
    asked.type("print(6 * 7)\n")
    asked.wait_for("42\r?\n")
    asked.wait_for(">>> ")
    asked.type(CTRL_C)
    assert asked.process.wait(25) == 130  # long before the grace time is over
    assert asked.echoes()
    assert "not stopped within" not in asked.said
