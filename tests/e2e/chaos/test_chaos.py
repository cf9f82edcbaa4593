"""Every fault a few times: nothing lost, nothing twice, everything ended with a reason. `make chaos` does each a hundred times."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.chaos.campaign import perform
from tests.e2e.chaos.faults import SCENARIOS
from tests.e2e.chaos.house import Servers
from tests.e2e.chaos.rounds import Scenario

SEED = 20261120
LONG_ONLY = frozenset({"database read-only", "clock set anywhere"})
"""Takes minutes; at some points ends in ways that are not explained yet."""
CASES = [pytest.param(s, on, id=f"{s.name} on {on}") for s in SCENARIOS if s.name not in LONG_ONLY for on in s.quickly[:1]]


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    with Servers() as servers:
        yield servers


@pytest.mark.slow
@pytest.mark.parametrize(("scenario", "on"), CASES)
def test_nothing_is_lost_or_doubled(scenario: Scenario, on: str, tmp_path: Path, servers: Servers) -> None:
    verdict = perform(scenario, on, tmp_path, scenario.quick, SEED, servers, quick=True)
    assert verdict["passes"], verdict
