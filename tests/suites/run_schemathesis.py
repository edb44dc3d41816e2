"""Serves the chat and lets schemathesis ask it: see schemathesis.sh."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from integration.apps.serving import Site, serving_address

from support.puff_process import ROOT, PuffProcess
from support.servers import PostgresServer, RedisServer

# Queries of the chat never fail; its mutations refuse much.
SELECTIONS = [
    ["--exclude-name-regex", "^Mutation"],
    ["--include-name-regex", "^Mutation", "--exclude-checks", "not_a_server_error"],
]
OPTIONS = ["--max-response-time", "2", "--no-color", "--suppress-health-check", "all"]
OPTIONS += ["--warnings", "off"]


def main(program: str, seconds: str, examples: str) -> int:
    program = str(Path(program).absolute())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(ROOT / "examples/graphql_chat", folder / "chat")
        with (
            PostgresServer(folder / "postgres") as postgres,
            RedisServer(folder / "redis") as redis,
        ):
            env = {
                "PUFF_DEFAULT_POSTGRES_URL": postgres.url,
                "PUFF_DEFAULT_PUBSUB_URL": redis.url,
            }
            command = ["serve", "--bind", "127.0.0.1:0"]
            with PuffProcess(command, folder / "chat", env) as process:
                site = Site(process, serving_address(process))
                assert site.get("/").status == 200  # makes the tables
                wrong = 0
                for selected in SELECTIONS:
                    asked = [program, "run", f"{site.url}/chat/graphql/", *selected, *OPTIONS]
                    asked += [
                        "--max-time",
                        str(max(1, int(seconds) // 2)),
                        "--max-examples",
                        examples,
                    ]
                    hooks = {**os.environ, "SCHEMATHESIS_HOOKS": "schemathesis_hooks"}
                    hooks["PYTHONPATH"] = str(ROOT / "tests/suites")
                    done = subprocess.run(asked, cwd=folder, env=hooks, timeout=float(seconds) + 60)
                    wrong += done.returncode
                alive = site.get("/").status == 200 and process.process.poll() is None
                print("the server is still there" if alive else "THE SERVER IS GONE")
                return int(wrong > 0 or not alive)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
