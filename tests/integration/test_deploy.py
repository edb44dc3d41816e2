"""What deploy/ says of images, clusters and services, judged by their own linters; and what it
relies on: the node's probes and its drain."""

import re
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from integration.apps.serving import Site, configure, served

from support.puff_process import PUFF, ROOT, PuffProcess, clean_environment, run_puff
from support.servers import wait_until

DEPLOY = ROOT / "deploy"
PROBES = """
wsgi = "wsgi_facts.application"
[server]
ready_path = "/.puff/ready"
live_path = "/.puff/live"
live_limit_ms = 1000
[python]
stall_threshold_ms = 400
"""


def tool(name):
    """A linter of requirements/test.txt."""
    return Path(sys.executable).parent / name


def run(*command, **env):
    done = subprocess.run(
        [str(word) for word in command],
        capture_output=True,
        text=True,
        check=False,
        env=clean_environment(env),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_hadolint_finds_nothing_in_the_image():
    config = DEPLOY / "container/hadolint.yaml"
    run(tool("hadolint"), "-c", config, DEPLOY / "container/Containerfile")


def test_the_compose_file_keeps_the_compose_specification():
    compose = DEPLOY / "container/compose.yaml"
    run(tool("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", compose)


def test_kubernetes_accepts_the_manifests():
    files = [DEPLOY / "kubernetes/web.yaml", DEPLOY / "kubernetes/worker.yaml"]
    said = run(tool("kubernetes-validate"), "--strict", "-k", "1.30", *files)
    assert said.count("passed") == 5


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
@pytest.mark.parametrize("unit", ["puff-web", "puff-worker"])
def test_systemd_accepts_the_units(unit, tmp_path):
    folder = tmp_path / "srv"
    (folder / "shop/.venv/bin").mkdir(parents=True)
    (folder / "shop/.venv/bin/puff").symlink_to(PUFF)
    text = (DEPLOY / f"systemd/{unit}@.service").read_text()
    placed = tmp_path / f"{unit}@shop.service"
    placed.write_text(text.replace("/srv/", f"{folder}/").replace("User=%i", "User=www-data"))
    assert run("systemd-analyze", "verify", "--man=no", "--recursive-errors=no", placed) == ""


def test_a_stop_has_more_time_than_the_node_takes():
    grace = 30
    for name in ("web", "worker"):
        (pod, *_) = yaml.safe_load_all((DEPLOY / f"kubernetes/{name}.yaml").read_text())
        spec = pod["spec"]["template"]["spec"]
        (container,) = spec["containers"]
        hook = container["lifecycle"]["preStop"]["exec"]["command"]
        waits = int(hook[-1]) if "--for" in hook else 0
        assert spec["terminationGracePeriodSeconds"] >= grace + waits + 5
    compose = yaml.safe_load((DEPLOY / "container/compose.yaml").read_text())
    assert compose["services"]["web"]["stop_grace_period"] == f"{grace + 5}s"
    for unit in DEPLOY.glob("systemd/*.service"):
        assert f"TimeoutStopSec={grace + 5}" in unit.read_text()


def installed(stage):
    """The packages that a stage of the image installs."""
    text = (DEPLOY / "container/Containerfile").read_text()
    (part,) = re.findall(rf"AS {stage}\n(.*?)(?=\nFROM|\Z)", text, re.DOTALL)
    (names,) = re.findall(r"--no-install-recommends((?:[^&]|\n)*?)&&", part)
    return names.replace("\\", " ").split()


def packages_here():
    """What dpkg knows: of each installed package its size in KiB and the packages it depends on."""
    form = "${binary:Package}\t${Installed-Size}\t${Pre-Depends}, ${Depends}\n"
    known = {}
    for line in run("dpkg-query", "-W", "-f", form).splitlines():
        name, size, needs = line.split("\t")
        words = (need.split()[0].split(":")[0] for need in re.split(r"[,|]", needs) if need.strip())
        known[name.split(":")[0]] = (int(size or 0), set(words))
    return known


def closure(names, known):
    """These packages and all that they depend on."""
    found, left = set(), set(names)
    while left:
        found |= left
        left = {need for name in left for need in known[name][1] if need in known} - found
    return found


# What debian:12-slim has besides Essential packages, and their size without documentation.
SLIM = {"apt", "tzdata", "debian-archive-keyring", "adduser", "passwd", "mount", "logsave"}
SLIM_BYTES = 75_000_000


def test_the_image_has_every_library_and_is_below_150_megabytes():
    known = packages_here()
    basis = closure(SLIM | {"base-files", "bash", "coreutils", "dpkg", "libc-bin", "perl-base",
                            "util-linux", "e2fsprogs", "gpgv"} & set(known), known)  # fmt: skip
    packages = closure(installed("base"), known) | basis
    (module,) = (PUFF.parents[1] / "lib/python3.11/site-packages/puff").glob("_puff*.so")
    linked = re.findall(r" => (/\S+)", run("ldd", PUFF, module))
    libraries = {Path(path).resolve().name for path in linked}
    owners = run("dpkg", "-S", *(f"*/{library}" for library in libraries)).splitlines()
    for library in libraries:
        of = {line.split(":")[0] for line in owners if line.endswith(f"/{library}")}
        assert packages & of, f"{library} is of {of}"
    ours = [PUFF, *(file for file in module.parent.rglob("*") if file.is_file())]
    added = sum(known[name][0] for name in packages - basis) * 1024
    size = SLIM_BYTES + added + sum(file.stat().st_size for file in ours)
    assert size < 150e6, f"{size / 1e6:.0f} MB, {added / 1e6:.0f} MB of them packages"


def test_probes_are_off_unless_configured(tmp_path):
    with served(tmp_path / "site", 'wsgi = "wsgi_facts.application"') as site:
        assert site.get("/.puff/ready").body != b"ready\n"


def test_a_serving_node_is_ready_and_live(tmp_path):
    with served(tmp_path / "site", PROBES, PUFF_RUNTIME_DIR=str(tmp_path / "run")) as site:
        wait_until(lambda: site.get("/.puff/ready").body == b"ready\n", "a ready node")
        live = site.get("/.puff/live")
        assert (live.status, live.body) == (200, b"live\n")
        assert live.header("cache-control") == "no-store"
        for question in ("--ready", "--live"):
            done = run_puff(
                ["status", question], tmp_path, {"PUFF_RUNTIME_DIR": str(tmp_path / "run")}
            )
            assert done.returncode == 0, done.stdout
            assert question[2:] in done.stdout


def test_a_drained_node_is_not_ready_and_serves_on(tmp_path):
    env = {"PUFF_RUNTIME_DIR": str(tmp_path / "run")}
    with served(tmp_path / "site", 'name = "shop"' + PROBES, **env) as site:
        assert run_puff(["drain", "--node", "other"], tmp_path, env).returncode == 1
        assert site.get("/.puff/ready").status == 200
        done = run_puff(["drain", "--node", "shop"], tmp_path, env)
        assert done.returncode == 0, done.stderr
        assert "node shop" in done.stdout
        refused = site.get("/.puff/ready")
        assert (refused.status, refused.body) == (503, b"the node leaves\n")
        assert site.get("/.puff/live").status == 200
        assert site.get("/hello").status == 200
        done = run_puff(["status", "--ready"], tmp_path, env)
        assert done.returncode == 1
        assert "the node leaves" in done.stdout
        site.process.stop(signal.SIGTERM)


def test_a_node_whose_redis_is_gone_stays_ready_while_its_pool_reconnects(tmp_path, redis_server):
    """Else one Redis would take all web nodes out of rotation at once, those that only read too."""
    configuration = f'{PROBES}\n[[redis]]\nurl = "{redis_server.url}"\n'
    with served(tmp_path / "site", configuration) as site:
        redis_server.stop()
        assert site.get("/.puff/ready").status == 200


def test_a_node_that_starts_is_not_ready(tmp_path):
    configure(tmp_path, 'name = "slow"\nwsgi = "slow.application"\npython_path = ["."]')
    (tmp_path / "puff.toml").write_text('name = "slow"\nwsgi = "slow.application"\n')
    (tmp_path / "slow.py").write_text(
        "import os, puff\n"
        "while not os.path.exists('go'): puff.sleep_ms(5)\n"
        "def application(environ, start_response): ...\n"
    )
    env = {"PUFF_RUNTIME_DIR": str(tmp_path / "run")}
    with PuffProcess(["serve", "--bind", "127.0.0.1:0"], tmp_path, env) as process:
        wait_until(lambda: list(tmp_path.glob("run/*.sock")), "the node has its socket")
        done = run_puff(["status", "--ready"], tmp_path, env)
        assert (done.returncode, "the node starts" in done.stdout) == (1, True)
        (tmp_path / "go").touch()
        process.wait_for_line("Serving on")
        wait_until(
            lambda: run_puff(["status", "--ready"], tmp_path, env).returncode == 0, "it is ready"
        )


def test_a_greenlet_that_keeps_the_thread_makes_the_node_not_live(tmp_path):
    (tmp_path / "stuck.py").write_text(
        "import os, time\n"
        "def application(environ, start_response):\n"
        "    while not os.path.exists('go'): time.sleep(0.005)\n"
        "    start_response('204 No Content', [])\n"
        "    return []\n"
    )
    (tmp_path / "puff.toml").write_text(PROBES.replace("wsgi_facts", "stuck"))
    with PuffProcess(["serve", "--bind", "127.0.0.1:0"], tmp_path) as process:
        found = process.wait_for_line(r"Serving on http://127\.0\.0\.1:(\d+)")
        site = Site(process, ("127.0.0.1", int(found[1])))
        with site.raw() as stuck:
            stuck.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            wait_until(lambda: site.get("/.puff/live").status == 503, "the node is not live")
            assert b"kept Python's thread" in site.get("/.puff/live").body
            (tmp_path / "go").touch()
            assert stuck.read_response("GET").status == 204
        wait_until(lambda: site.get("/.puff/live").status == 200, "it is live again")


@pytest.mark.parametrize("arguments", [["serve", "--bind", "127.0.0.1:0"], ["worker"]])
def test_systemd_is_told_when_a_node_is_ready_and_when_it_stops(tmp_path, arguments):
    configure(tmp_path, 'wsgi = "wsgi_facts.application"')
    manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    manager.bind(str(tmp_path / "notify"))
    manager.settimeout(20)
    env = {"NOTIFY_SOCKET": str(tmp_path / "notify")}
    with manager, PuffProcess(arguments, tmp_path, env) as process:
        assert manager.recv(100) == b"READY=1"
        process.stop(signal.SIGTERM)
        assert manager.recv(100) == b"STOPPING=1"
