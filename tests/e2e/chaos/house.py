"""Builds the topology that a scenario asks for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.e2e.chaos.disk import small_disk
from tests.e2e.chaos.people import Someone
from tests.e2e.chaos.rounds import Scenario, chance_of, slots_needed
from tests.e2e.chaos.shifting import WallClock
from tests.e2e.chaos.topology import Topology, embedded, running
from tests.e2e.chaos.witness import witness


@contextmanager
def built(scenario: Scenario, on: str, folder: Path, points: int, seed: int) -> Iterator[Topology]:
    """Runs until the end of the block. `on`: embedded, redis or rabbit."""
    options: dict[str, Any] = dict(scenario.options)
    proof = bool(options.pop("proof", True))
    names = tuple(f"c{number:04}" for number in range(slots_needed(points)))
    clock = WallClock(folder) if scenario.begins or options.pop("shifted", False) else None
    if scenario.begins and clock:
        beginning = scenario.begins(chance_of(scenario, seed))
        clock.set(int((beginning.at - datetime.now(UTC)).total_seconds()))
        names, options["timings"], options["timezone"] = tuple(beginning.timings), beginning.timings, beginning.timezone
    disk = small_disk(folder / ".reveille") if options.pop("small_disk", False) else nullcontext()
    with disk, witness(folder / "sink") as seen:
        someone = Someone("p0", folder, names, **options)
        with running(embedded(folder, seen, someone, proof=proof, clock=clock)) as topology:
            yield topology
