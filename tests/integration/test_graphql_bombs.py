"""Documents made to be dear are refused before they cost anything: by CPU time, so that other
work on the machine does not count."""

import json
from typing import Any

import pytest

from support.graphql_world import World, world
from support.process_cost import cpu_of

__all__ = ["world"]

CHEAP = 0.010  # seconds of CPU
JSON = {"Content-Type": "application/json"}


def fragments(count: int) -> str:
    """Each spreads the next one twice."""
    spreads = "".join(
        f"fragment F{i} on Query {{a{i}: __typename ...F{i + 1} ...F{i + 1}}}" for i in range(count)
    )
    return f"{{...F0}} {spreads} fragment F{count} on Query {{hello}}"


def of_type(depth: int) -> str:
    return "{ofType" * depth + "{name}" + "}" * depth


# Name: the document, and the beginning of the error.
BOMBS = {
    "depth": ("{a" * 5_000 + "}" * 5_000, "Syntax Error: Document is nested deeper than 200"),
    "depth of what exists": (
        "{__schema{types{fields{type" + of_type(100) + "}}}}",
        "The operation has more than 50 levels of fields.",
    ),
    "aliases": (
        "{" + " ".join(f"a{i}: hello" for i in range(2_000)) + "}",
        "The operation has more than 500 aliases.",
    ),
    "root fields": ("{" + "hello " * 9_000 + "}", "The operation has more than 500 root fields."),
    "directives": (
        "{hello" + " @include(if: true)" * 2_000 + "}",
        "The document has more than 500 directives.",
    ),
    "unknown directives": (
        "{hello" + " @aa" * 4_000 + "}",
        "The document has more than 500 directives.",
    ),
    "fragments in a circle": (
        "{...A} fragment A on Query {...B} fragment B on Query {...A}",
        'Cannot spread fragment "A" within itself via "B".',
    ),
    "fragments that double": (fragments(40), "The operation has more than 10000 fields."),
    "overlapping fields": (
        "{row(id: 1) {" + "id name " * 2_000 + "nothing}}",
        'Cannot query field "nothing" on type "Row".',
    ),
    "overlapping fields of fields": (
        "{authors {" + "posts {comments {id}} " * 1_000 + "nothing}}",
        'Cannot query field "nothing" on type "Author".',
    ),
    "introspection in circles": (
        "{__schema{types{fields{type{fields{type{fields{type{fields{type{name}}}}}}}}}}}",
        "Maximum introspection depth exceeded",
    ),
    "tokens": (
        "{" + "hello," * 40_000 + "}",
        "Syntax Error: Document contains more that 20000 tokens.",
    ),
    "values within values": (
        "{row(id: " + "[" * 5_000 + "]" * 5_000 + ") {id}}",
        "Syntax Error: Document is nested deeper than 200 levels.",
    ),
    "variables of one name": (
        "query (" + "$v: Int " * 4_900 + ") {hello}",
        'There can be only one variable named "$v".',
    ),
    "arguments of one name": (
        "{row(" + "id: 1 " * 6_500 + ") {id}}",
        'There can be only one argument named "id".',
    ),
    "variables that nobody uses": (
        "query (" + " ".join(f"$v{i}: Int" for i in range(4_900)) + ") {hello}",
        'Variable "$v0" is never used.',
    ),
}

ROWS = "query ($n: Int!) {rows(limit: $n) {id}}"
MANY = range(450)
VARIABLES = {
    "within one another": (
        ROWS,
        '{"n": ' + "[" * 5_000 + "]" * 5_000 + "}",
        "The variables are no valid JSON: The JSON document was too deep",
    ),
    "a long list": (ROWS, '{"n": [' + "0," * 50_000 + "0]}", 'Variable "$n" got invalid value [0,'),
    "a long text": (ROWS, '{"n": "' + "n" * 500_000 + '"}', 'Variable "$n" got invalid value "nnn'),
    "a long number": (ROWS, '{"n": ' + "9" * 500_000 + "}", "The variables are no valid JSON:"),
    "wrong ones": (
        f"query ({' '.join(f'$v{i}: Int!' for i in MANY)}) "
        f"{{{' '.join(f'a{i}: row(id: $v{i}) {{id}}' for i in MANY)}}}",
        json.dumps({f"v{i}": "x" for i in MANY}),
        'Variable "$v0" got invalid value "x"',
    ),
}


def body_of(query: str, variables: str = "{}") -> str:
    return f'{{"query": {json.dumps(query)}, "variables": {variables}}}'


def cost(world: World, body: str) -> tuple[float, dict[str, Any]]:
    """The least of several, and the last answer: the first may meet cold memory."""
    spent = []
    for _ in range(5):
        before = cpu_of(world.process.pid)
        answer = world.client.post("/graphql", content=body, headers=JSON)
        spent.append(cpu_of(world.process.pid) - before)
    return min(spent), answer.json()


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_at_once(world: World, name: str) -> None:
    query, why = BOMBS[name]
    spent, answer = cost(world, body_of(query))
    assert "data" not in answer
    assert answer["errors"][0]["message"].startswith(why)
    assert spent < CHEAP


@pytest.mark.parametrize("name", VARIABLES)
def test_variables_that_do_not_fit_are_refused_at_once(world: World, name: str) -> None:
    query, variables, why = VARIABLES[name]
    spent, answer = cost(world, body_of(query, variables))
    assert "data" not in answer
    assert answer["errors"][0]["message"].startswith(why)
    assert spent < CHEAP


def test_many_variables_that_nobody_declared_cost_nothing(world: World) -> None:
    given = json.dumps({f"v{i}": i for i in range(20_000)})
    spent, answer = cost(world, body_of("{hello}", given))
    assert answer == {"data": {"hello": "hello"}}
    assert spent < CHEAP


def test_a_list_of_operations_is_refused_at_once(world: World) -> None:
    before = cpu_of(world.process.pid)
    answer = world.client.post("/graphql", json=[{"query": "{hello}"}] * 10_000)
    assert answer.status_code == 400
    assert cpu_of(world.process.pid) - before < CHEAP
