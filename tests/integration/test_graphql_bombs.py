"""Documents made to be dear are refused before they cost anything: by CPU time, so that other
work on the machine does not count."""

import pytest

from support.graphql_world import World, world
from support.process_cost import cpu_of

__all__ = ["world"]

CHEAP = 0.010  # seconds of CPU


def fragments(count: int) -> str:
    """Each spreads the next one twice."""
    spreads = "".join(
        f"fragment F{i} on Query {{a{i}: __typename ...F{i + 1} ...F{i + 1}}}" for i in range(count)
    )
    return f"{{...F0}} {spreads} fragment F{count} on Query {{hello}}"


def of_type(depth: int) -> str:
    return "{ofType" * depth + "{name}" + "}" * depth


BOMBS = {
    "depth": "{a" * 5_000 + "}" * 5_000,
    "depth of what exists": "{__schema{types{fields{type" + of_type(100) + "}}}}",
    "aliases": "{" + " ".join(f"a{i}: hello" for i in range(2_000)) + "}",
    "root fields": "{" + "hello " * 9_000 + "}",
    "directives": "{hello" + " @include(if: true)" * 2_000 + "}",
    "unknown directives": "{hello" + " @aa" * 4_000 + "}",
    "fragments in a circle": "{...A} fragment A on Query {...B} fragment B on Query {...A}",
    "fragments that double": fragments(40),
    "overlapping fields": "{row(id: 1) {" + "id name " * 2_000 + "nothing}}",
    "overlapping fields of fields": "{authors {" + "posts {comments {id}} " * 1_000 + "nothing}}",
    "introspection in circles": "{__schema{types{fields{type{fields{type{fields{type{fields"
    "{type{name}}}}}}}}}}}",
    "tokens": "{" + "hello," * 40_000 + "}",
    "values within values": "{row(id: " + "[" * 5_000 + "]" * 5_000 + ") {id}}",
}


def cost(world: World, query: str, **more: object) -> tuple[float, dict[str, object]]:
    """The least of several, and the last answer: the first may meet cold memory."""
    spent = []
    for _ in range(5):
        before = cpu_of(world.process.pid)
        answer = world.post(query, **more)
        spent.append(cpu_of(world.process.pid) - before)
    return min(spent), answer.json()


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_at_once(world: World, name: str) -> None:
    spent, answer = cost(world, BOMBS[name])
    assert "data" not in answer
    assert answer["errors"]
    assert spent < CHEAP


def test_many_variables_that_nobody_declared_cost_nothing(world: World) -> None:
    spent, answer = cost(world, "{hello}", variables={f"v{i}": i for i in range(20_000)})
    assert answer == {"data": {"hello": "hello"}}
    assert spent < CHEAP


def test_a_list_of_operations_is_refused_at_once(world: World) -> None:
    before = cpu_of(world.process.pid)
    answer = world.client.post("/graphql", json=[{"query": "{hello}"}] * 10_000)
    assert answer.status_code == 400
    assert cpu_of(world.process.pid) - before < CHEAP
