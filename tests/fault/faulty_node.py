"""A node whose way to Redis can be hurt."""

import itertools
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.clients import HttpClient
from support.faults import FaultyProxy
from support.puff_process import PuffProcess
from support.servers import RedisServer

APPS = Path(__file__).resolve().parents[1] / "integration/apps"
_numbers = itertools.count()


class Node:
    """It reaches Redis through a proxy of its own, and evaluates what it is asked: see
    `actor_console.py`. `config` is a file of `folder`; `env` is the process's beside the usual."""

    def __init__(
        self, folder: Path, redis: RedisServer, name: str, config: str = "puff.toml", **env: str
    ) -> None:
        self.folder = folder
        self.name = name
        self.socket = str(folder / f"{name}-{next(_numbers)}.sock")
        self.config = config
        self.proxy = FaultyProxy(("127.0.0.1", redis.port))
        self.env = env
        self.process = self.start()

    def start(self) -> PuffProcess:
        env = {
            "ACTOR_NOTES": str(self.folder / "notes"),
            "PUFF_CLUSTER_URL": f"redis://127.0.0.1:{self.proxy.port}",
            "PUFF_RUNTIME_DIR": str(self.folder / "run"),
            **self.env,
        }
        arguments = ("serve", "--bind", f"unix:{self.socket}", "--name", self.name)
        return PuffProcess((*arguments, "--config", self.config), self.folder, env)

    def wait(self) -> None:
        self.process.wait_for_address(self.socket)

    def ask(self, expression: str, timeout: float = 20) -> dict[str, Any]:
        with HttpClient(self.socket, timeout=timeout) as client:
            answer: dict[str, Any] = client.request("POST", "/", body=expression.encode()).json()
        return answer

    def end(self) -> None:
        self.process.kill()
        self.proxy.close()
