"""The faults, a module for each thing that fails."""

from tests.e2e.chaos.faults import clock, files, sleep, workers

SCENARIOS = (*workers.SCENARIOS, *files.SCENARIOS, *sleep.SCENARIOS, *clock.SCENARIOS)
