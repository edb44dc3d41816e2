"""Scalars of a schema's own: parsed before anything is executed, in graphql-js' words."""

import datetime
import json
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from integration.apps.serving import Site, served

from puff import graphql
from support.graphql_socket import MODERN, graphql_socket

LINES = Path(__file__).parents[1].joinpath("graphql/scalars/answers.jsonl").read_text().splitlines()
SDL = json.loads(LINES[0])["sdl"]
CASES = [json.loads(line) for line in LINES[1:]]


def even(value):
    if not isinstance(value, int) or value % 2:
        raise ValueError(f"{json.dumps(value, separators=(',', ':'))} is not even")
    return {"half": value // 2}


def code(value):
    if value != value.upper():
        raise graphql.GraphQLError("A code is of capital letters.")
    return f"<{value}>"


def tree(value):
    if value == "bad":
        raise ValueError("bad tree")
    return json.dumps(value, separators=(",", ":"))


def half(parent, context, n=None):
    return n and n["half"]


def total(given):
    return given["n"]["half"] + given["also"]["half"] + sum(map(total, given.get("more") or []))


def schema_of(**parsers):
    return graphql.schema_from_sdl(
        SDL,
        {
            "Query": {
                "half": half,
                "halves": lambda parent, context, ns: [n["half"] for n in ns],
                "code": lambda parent, context, c: c,
                "deep": lambda parent, context, **given: total(given["in"]),
                "tree": lambda parent, context, t: t,
                "node": lambda parent, context, n=None: {},
            },
            "A": {"half": half},
            "B": {"half": half},
        },
        resolve_type={"Node": lambda value: "A"},
        scalars=[graphql.Scalar(name, parse=parse) for name, parse in parsers.items()],
    )


SCHEMA = schema_of(Even=even, Code=code, Tree=tree)


@pytest.mark.parametrize("case", CASES, ids=[f"{n}" for n in range(len(CASES))])
def test_as_graphql_js(case) -> None:
    got = graphql.execute(SCHEMA, case["query"], case.get("variables"))
    assert got == case["sixteen"]
    # 17 has other words, but refuses the same, at the same places.
    seventeen = case["seventeen"]
    assert got.get("data") == seventeen.get("data")
    places = [[one["locations"] for one in each.get("errors", [])] for each in (got, seventeen)]
    assert places[0] == places[1]


def test_each_value_is_parsed_once_and_reaches_its_resolver() -> None:
    seen = []

    def noting(value):
        seen.append(value)
        return even(value)

    schema = schema_of(Even=noting, Code=code, Tree=tree)
    query = "query ($n: Even!) { a: half(n: $n) b: half(n: $n) halves(ns: [$n, 4]) }"
    assert graphql.execute(schema, query, {"n": 2}) == {"data": {"a": 1, "b": 1, "halves": [1, 2]}}
    assert seen == [2, 4]
    graphql.execute(schema, query, {"n": 2})
    assert seen == [2, 4, 2, 4]  # anew for each request, though the plan is kept


def test_nothing_runs_of_a_request_with_a_wrong_value() -> None:
    ran = []
    schema = graphql.schema_from_sdl(
        "scalar Even type Query { first: Int half(n: Even): Int }",
        {"Query": {"first": lambda parent, context: ran.append(1), "half": half}},
        scalars=(graphql.Scalar("Even", parse=even),),
    )
    got = graphql.execute(schema, "{ first half(n: 1) }")
    assert "data" not in got
    assert ran == []


SITE = """
asyncio = true
[[graphql]]
schema = "graphql_scalars.Schema"
url = "/graphql/"
subscriptions_url = "/graphql/"
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with served(tmp_path_factory.mktemp("scalars"), SITE) as running:
        yield running


def post(site: Site, query: str, **variables) -> httpx.Response:
    asked = {"query": query, "variables": variables}
    return httpx.post(f"{site.url}/graphql/", json=asked, timeout=20)


ODD = {
    "message": 'Variable "$n" got invalid value 3; 3 is odd.',
    "locations": [{"line": 1, "column": 8}],
    "extensions": {"code": "ODD"},
}


def test_served_a_request_has_one_call_for_its_values(site) -> None:
    got = post(site, "query ($n: Even!) { half(n: $n) later(n: $n) other: later(n: 12) }", n=6)
    assert got.json() == {"data": {"half": 3, "later": 3, "other": 6}}
    calls = post(site, "{ calls }").json()["data"]["calls"]
    assert [call.split()[0] for call in calls] == ["6", "12"]
    assert post(site, "{ half }").json() == {"data": {"half": 4}}


def test_served_a_wrong_value_refuses_the_request(site) -> None:
    got = post(site, "query ($n: Even!) { half(n: $n) }", n=3)
    assert got.json() == {"errors": [ODD]}
    accept = {"Accept": "application/graphql-response+json"}
    body = {"query": "{ half(n: 5) }"}
    refused = httpx.post(f"{site.url}/graphql/", json=body, headers=accept, timeout=20)
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["message"] == "5 is odd."


def test_served_a_subscription_begins_with_parsed_values(site) -> None:
    with graphql_socket(site.url + "/graphql/", MODERN) as it:
        it.start()
        it.ask("subscription { down(n: 2) }", "a")
        assert [it.receive()["payload"]["data"]["down"] for _ in range(2)] == [2, 1]
        assert it.receive() == {"type": "complete", "id": "a"}
        it.ask("subscription { down(n: 3) }", "b")
        wrong = it.receive()
        assert (wrong["type"], wrong["payload"][0]["message"]) == ("error", "3 is odd.")


def test_dates_and_the_like_in_a_document_are_looked_at_by_validation() -> None:
    @dataclass
    class Query:
        @classmethod
        def year(cls, context, /, day: datetime.date) -> int:
            return day.year

    @dataclass
    class Schema:
        query: Query

    assert graphql.execute(Schema, '{ year(day: "2026-02-28") }') == {"data": {"year": 2026}}
    assert graphql.execute(Schema, '{ year(day: "2026-02-30") }') == {
        "errors": [
            {
                "message": 'Date cannot represent value: "2026-02-30"',
                "locations": [{"line": 1, "column": 13}],
            }
        ]
    }
