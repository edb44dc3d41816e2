"""`max_cost` and `@graphql.cost`: what costs too much is refused before a resolver runs."""

import json

import pytest
from integration.apps.serving import configure, served

from support.puff_process import run_puff

SITE = """
[[graphql]]
schema = "graphql_costs.Schema"
url = "/graphql"
[graphql.limits]
max_cost = 70
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with served(tmp_path_factory.mktemp("costs"), SITE) as running:
        yield running


@pytest.fixture
def ask(site):
    def asked(query, **variables):
        body = json.dumps({"query": query, "variables": variables}).encode()
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        return site.post("/graphql", body, headers).json()

    return asked


@pytest.mark.parametrize(
    ("query", "variables", "cost"),
    [
        ("{ leaves { name } }", {}, 3),
        ("{ leaves { weighed } }", {}, 3 * 21),
        ("{ leaves(count: 4) { weighed } }", {}, 4 * 21),
        ("query ($n: Int!) { leaves(count: $n) { name } }", {"n": 71}, 71),
        ("query ($n: Int!) { leaves(count: $n) { name } }", {"n": 70}, 70),
    ],
)
def test_an_operation_is_refused_beyond_the_limit(ask, query, variables, cost):
    answer = ask(query, **variables)
    if cost <= 70:
        assert "errors" not in answer
    else:
        assert f"may cost {cost}; the limit is 70" in answer["errors"][0]["message"]
        assert "data" not in answer


def test_a_size_that_is_no_argument_is_refused_at_the_start(tmp_path):
    configure(tmp_path, '[[graphql]]\nschema = "graphql_costs.MisnamedSchema"\nurl = "/graphql"\n')
    done = run_puff(["serve", "--bind", "127.0.0.1:0"], tmp_path)
    assert done.returncode == 1
    assert "Misnamed.leaves: @cost(size='amount')" in done.stderr
