"""Nodes of a cluster, each a process of its own with a console to ask actors from."""

import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from support.clients import HttpClient
from support.project import Project
from support.puff_process import PuffProcess
from support.servers import RedisServer, wait_until

APPS = Path(__file__).resolve().parents[1] / "integration/apps"
LEASE = 2.0


class Node:
    """A node with a console: see `apps/actor_console.py`."""

    def __init__(self, world: "World", name: str, env: dict[str, str]) -> None:
        self.name = name
        self.socket = str(world.project.folder / f"{name}.sock")
        self.process = world.puff(
            "serve", "--bind", f"unix:{self.socket}", "--name", name, **world.env, **env
        )

    def wait(self) -> None:
        self.process.wait_for_address(self.socket)

    def ask(self, expression: str, timeout: float = 30) -> Any:
        with HttpClient(self.socket, timeout=timeout) as client:
            response = client.request("POST", "/", body=expression.encode())
        assert response.status == 200, response.body
        return response.json()

    def do(self, expression: str, timeout: float = 30) -> Any:
        answer = self.ask(expression, timeout)
        assert "value" in answer, answer
        return answer["value"]

    def fails(self, expression: str) -> Any:
        answer = self.ask(expression)
        assert "value" not in answer, answer
        return answer

    def kill(self) -> None:
        self.process.kill()


class World:
    def __init__(
        self,
        puff: Callable[..., PuffProcess],
        project: Project,
        redis: RedisServer,
        cluster: str = "test",
        more: str = "",
        keys: str = "",
    ) -> None:
        self.puff = puff
        self.project = project
        self.redis = redis
        self.notes_file = project.folder / "notes"
        self.notes_file.touch()
        table = f"""
[cluster]
name = "{cluster}"
url = "{redis.unix_url}"
lease_ms = {int(LEASE * 1000)}
{keys}
"""
        project.write(
            "puff.toml",
            f'python_path = [{json.dumps(str(APPS))}]\nwsgi = "actor_console.application"\n'
            + f'[[redis]]\nurl = "{redis.unix_url}"\n'
            + (table if cluster else "")
            + more,
        )
        self.env = {"ACTOR_NOTES": str(self.notes_file)}
        self.nodes: dict[str, Node] = {}
        self.numbers = itertools.count(1)

    def start(self, *names: str, **env: str) -> list[Node]:
        for name in names:
            self.nodes[name] = Node(self, name, env)
        for name in names:
            self.nodes[name].wait()
        return [self.nodes[name] for name in names]

    def notes(self, word: str) -> list[list[str]]:
        lines = self.notes_file.read_text().splitlines()
        return [line.split(" ") for line in lines if line.startswith(word)]

    def key_on(self, asker: Node, node: Node) -> int:
        """A key whose counter lives on that node."""
        keys = itertools.count(next(self.numbers) * 1000)
        key = -1

        def lives_there() -> bool:
            nonlocal key
            key = next(keys)
            return bool(asker.do(f'Counter.ref({key}).ask("where")') == node.name)

        wait_until(lives_there, f"a counter lives on {node.name}")
        return key
