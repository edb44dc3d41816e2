"""The faults of tests/fault/live_faults.py in short, on one server: what is true of thousands is
true of tens. Documents made to be dear are in test_graphql_bombs.py."""

import importlib.util

import pytest
from integration.apps.live_world import live_world

from support.puff_process import ROOT

SPEC = importlib.util.spec_from_file_location("live_faults", ROOT / "tests/fault/live_faults.py")
live_faults = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(live_faults)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with live_world(tmp_path_factory.mktemp("faults")) as running:
        yield running


@pytest.mark.parametrize("name", live_faults.FAULTS)
def test_a_fault_is_survived(world, name: str) -> None:
    outcome = live_faults.FAULTS[name](world, 0.01)
    assert outcome.good, outcome
