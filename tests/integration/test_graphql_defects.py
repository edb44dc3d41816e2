"""Defects that GraphQL in Puff once had, as its users would meet them over a network. The numbers
are those of the list of defects in docs/compatibility/graphql.md; most are in other modules too,
inside Puff or without Python."""

import json
import re

import httpx
import pytest
from integration.apps.serving import served
from integration.apps.trials import Trials, trials

from support.graphql_socket import LEGACY, MODERN

__all__ = ["trials"]


def test_defect_01_who_is_refused_gets_no_data(trials: Trials) -> None:
    answer = trials.post("{ who }", headers={"Authorization": "Bearer bad"})
    assert answer.status_code == 403
    assert answer.json() == {"errors": [{"message": "you may not"}]}


def test_defect_02_a_mutation_of_sql_is_committed(trials: Trials) -> None:
    before = int(trials.sql("SELECT count(*) FROM added"))
    trials.ask("mutation { add { id } }")
    assert int(trials.sql("SELECT count(*) FROM added")) == before + 1


def test_defect_03_root_fields_of_a_mutation_run_in_order(trials: Trials) -> None:
    fields = " ".join(f"m{number}: add {{ id }}" for number in range(20))
    ids = [made["id"] for made in trials.ask(f"mutation {{ {fields} }}").values()]
    assert ids == list(range(ids[0], ids[0] + 20))


def test_defect_04_nested_aliases_keep_their_field(trials: Trials) -> None:
    query = "{ authors(count: 1) { a: id b: books { x: id __typename } b: books { x: id y: id } } }"
    assert trials.ask(query)["authors"] == [
        {"a": 1, "b": [{"x": 10, "__typename": "Book", "y": 10}]}
    ]


def test_defect_05_nothing_goes_to_the_first_parent_alone(trials: Trials) -> None:
    got = trials.ask("{ authors(count: 3) { books { id } titles } }")["authors"]
    assert got == [{"books": [{"id": n * 10}], "titles": [f"{n}!"]} for n in (1, 2, 3)]


def test_defect_06_a_method_gives_leaves_to_each_parent(trials: Trials) -> None:
    assert trials.ask("{ authors(count: 2) { titles } }")["authors"] == [
        {"titles": ["1!"]},
        {"titles": ["2!"]},
    ]


def test_defect_07_an_explicit_null_is_null(trials: Trials) -> None:
    assert trials.ask("{ given(text: null) }") == {"given": "None"}


def test_defect_08_one_error_does_not_fail_its_root_field(trials: Trials) -> None:
    answer = trials.post("{ authors { id fragile } }").json()
    assert [each and each["id"] for each in answer["data"]["authors"]] == [1, None, 3]
    assert answer["errors"][0]["path"] == ["authors", 1, "fragile"]
    assert answer["errors"][0]["locations"] == [{"line": 1, "column": 16}]


def test_defect_09_types_of_postgresql(trials: Trials) -> None:
    fields = "numeric stamp day key small real ints doc"
    assert trials.ask(f"{{ kinds {{ {fields} }} }}")["kinds"] == {
        "numeric": "1.50",
        "stamp": "2026-01-02T03:04:05+00:00",
        "day": "2026-01-02",
        "key": "6f1e0d3c-0000-4000-8000-000000000001",
        "small": 7,
        "real": 0.5,
        "ints": [1, 2],
        "doc": {"a": [1]},
    }


def test_defect_09_an_unknown_type_is_an_error_of_its_field(trials: Trials) -> None:
    answer = trials.post("{ unknown_kind { id } who }").json()
    assert answer["data"] == {"unknown_kind": None, "who": None}
    assert answer["errors"][0]["path"][0] == "unknown_kind"
    assert trials.ask("{ who }") == {"who": None}


def test_defect_09_a_text_is_prepared_once(trials: Trials) -> None:
    for _ in range(20):
        trials.ask("{ statement(number: 424242) { id } }")
    kept = "{ prepared { id } }"
    counts = {trials.ask(kept)["prepared"]["id"] for _ in range(30)}
    assert max(counts) - min(counts) <= 5  # no text was added by asking again


def test_defect_10_defaults_and_descriptions_are_in_the_schema(trials: Trials) -> None:
    query = '{ __type(name: "Query") { fields { name args { name defaultValue } } } }'
    fields = {each["name"]: each for each in trials.ask(query)["__type"]["fields"]}
    assert fields["authors"]["args"] == [{"name": "count", "defaultValue": "3"}]
    subscription = trials.ask('{ __type(name: "Subscription") { fields { description } } }')
    assert subscription["__type"]["fields"][0]["description"] == "One event, then nothing."


@pytest.mark.parametrize("protocol", [MODERN, LEGACY])
def test_defect_12_both_protocols_take_long_messages(trials: Trials, protocol: str) -> None:
    with trials.dial(protocol) as it:
        it.start({"padding": "x" * 5_000})
        it.ask("{ who }" + " " * 5_000)
        assert it.receive()["payload"] == {"data": {"who": None}}


def test_defect_12_the_initialisation_is_looked_at(trials: Trials) -> None:
    with trials.dial() as it:
        it.start({"Authorization": "Bearer ann"})
        it.ask("{ who }")
        assert it.receive()["payload"] == {"data": {"who": "ann"}}


POOLLESS = """
asyncio = true
[[graphql]]
schema = "graphql_live.Schema"
url = "/graphql/"
playground_url = "/playground/"
"""


@pytest.fixture(scope="module")
def poolless(tmp_path_factory):
    with served(tmp_path_factory.mktemp("poolless"), POOLLESS) as running:
        yield running


def test_defect_13_no_pool_of_postgresql_is_needed(poolless) -> None:
    answer = httpx.post(f"{poolless.url}/graphql/", json={"query": "{ who }"})
    assert answer.json() == {"data": {"who": None}}


@pytest.mark.parametrize(
    "kind", ["application/json; charset=utf-8", "Application/JSON;charset=UTF-8"]
)
def test_defect_13_a_charset_is_no_mistake(poolless, kind: str) -> None:
    body = json.dumps({"query": "{ who }"})
    headers = {"Content-Type": kind}
    answer = httpx.post(f"{poolless.url}/graphql/", content=body, headers=headers)
    assert (answer.status_code, answer.json()) == (200, {"data": {"who": None}})


def test_defect_13_lists_of_operations_are_bounded(poolless, tmp_path) -> None:
    batch = [{"query": "{ who }"}] * 3
    assert httpx.post(f"{poolless.url}/graphql/", json=batch[:1]).status_code == 400
    with served(tmp_path, POOLLESS + "[graphql.limits]\nmax_batch = 2\n") as site:
        two = httpx.post(f"{site.url}/graphql/", json=batch[:2])
        assert two.json() == [{"data": {"who": None}}] * 2
        assert httpx.post(f"{site.url}/graphql/", json=batch).status_code == 400


def test_defect_13_the_page_loads_nothing_from_elsewhere(poolless) -> None:
    page = httpx.get(f"{poolless.url}/playground/")
    assert re.findall(r"""(?:src|href)=["'](?:https?:)?//""", page.text) == []
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_defect_14_requests_do_not_share_a_transaction(trials: Trials) -> None:
    ids = {trials.ask("mutation { add { id } }")["add"]["id"] for _ in range(3)}
    assert len(ids) == 3
    assert trials.sql("SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in%'") == "0"


def test_defect_15_no_response_is_kept_for_others(trials: Trials) -> None:
    for name in ("ann", "bob", "ann"):
        answer = trials.post("{ who }", headers={"Authorization": f"Bearer {name}"})
        assert answer.json() == {"data": {"who": name}}


@pytest.mark.parametrize(
    "text",
    [
        "# first a remark\nmutation { add { id } }",
        "fragment F on Book { id } mutation { add { ...F } }",
    ],
)
def test_defect_16_a_mutation_is_one_wherever_the_word_stands(trials: Trials, text: str) -> None:
    before = int(trials.sql("SELECT count(*) FROM added"))
    ids = [trials.ask(text)["add"]["id"] for _ in range(2)]
    assert ids[0] != ids[1]
    assert int(trials.sql("SELECT count(*) FROM added")) == before + 2
    assert httpx.get(trials.url, params={"query": text}).status_code == 405


@pytest.mark.parametrize(("protocol", "event"), [(MODERN, "next"), (LEGACY, "data")])
def test_defect_17_the_protocol_that_was_agreed_is_spoken(
    trials: Trials, protocol: str, event: str
) -> None:
    with trials.dial(protocol) as it:
        assert it.connection.subprotocol == protocol
        it.start()
        it.ask("{ who }")
        assert it.receive()["type"] == event


def test_defect_18_nested_aliases_with_other_arguments_have_other_values(trials: Trials) -> None:
    got = trials.ask('{ a: given(text: "1") b: given(text: "2") }')
    assert got == {"a": "'1'", "b": "'2'"}
