"""Every fault a few times: nothing lost, nothing twice, everything ended with a reason. `make chaos` does each a hundred times."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.chaos.faults import SCENARIOS
from tests.e2e.chaos.house import built
from tests.e2e.chaos.rounds import Scenario, play

SEED = 20261120
CASES = [pytest.param(s, "embedded", id=f"{s.name} on embedded") for s in SCENARIOS]


@pytest.mark.slow
@pytest.mark.parametrize(("scenario", "on"), CASES)
def test_nothing_is_lost_or_doubled(scenario: Scenario, on: str, tmp_path: Path) -> None:
    with built(scenario, on, tmp_path, scenario.quick, SEED) as topology:
        verdict, _ = play(scenario, topology, scenario.quick, SEED)
    assert verdict.passes, verdict.document()
