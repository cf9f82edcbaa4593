"""The faults, a module for each thing that fails."""

from tests.e2e.chaos.faults import brokers, burst, clock, clocks, files, poison, postgres, restoring, sleep, upgrade, workers

SCENARIOS = tuple(
    scenario
    for module in (workers, clocks, brokers, postgres, poison, burst, files, sleep, clock, restoring, upgrade)
    for scenario in module.SCENARIOS  # type: ignore[attr-defined]
)
