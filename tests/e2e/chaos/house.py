"""Builds the topology that a scenario asks for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self, TypeVar

import pytest

from tests.e2e.chaos.disk import small_disk
from tests.e2e.chaos.people import Someone
from tests.e2e.chaos.plugin import install
from tests.e2e.chaos.rounds import Scenario, chance_of, slots_needed
from tests.e2e.chaos.shifting import WallClock
from tests.e2e.chaos.topology import Topology, embedded, running, scaled
from tests.e2e.chaos.witness import witness
from tests.e2e.driver import ROOT
from tests.services import Absent, Postgres, Rabbit, Redis, Server

PEOPLE = 5
S = TypeVar("S", bound=Server)


@dataclass
class Servers:
    """Started when first asked for, and on their feet again whenever they are asked for once more."""

    _open: dict[type[Server], Server] = field(default_factory=dict)
    _stack: ExitStack = field(default_factory=ExitStack)

    def get(self, kind: type[S]) -> S:
        if kind not in self._open:
            try:
                self._open[kind] = self._stack.enter_context(kind())
            except Absent as absent:
                pytest.skip(str(absent))
        server = self._open[kind]
        server.resume()
        server.start()
        assert isinstance(server, kind)
        return server

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()


@contextmanager
def built(
    scenario: Scenario, on: str, folder: Path, points: int, seed: int, servers: Servers, *, quick: bool
) -> Iterator[Topology]:
    """Runs until the end of the block. `on`: embedded, redis or rabbit."""
    options: dict[str, Any] = {**scenario.options, **({} if quick else scenario.long)}
    proof = bool(options.pop("proof", True))
    names = tuple(f"c{number:04}" for number in range(slots_needed(points)))
    clock = WallClock(folder) if scenario.begins or options.pop("shifted", False) else None
    if scenario.begins and clock:
        beginning = scenario.begins(chance_of(scenario, seed))
        clock.set(int((beginning.at - datetime.now(UTC)).total_seconds()))
        names, options["timings"], options["timezone"] = tuple(beginning.timings), beginning.timings, beginning.timezone
    small = options.pop("small_disk", False)
    disk: AbstractContextManager[None] = small_disk(folder / ".reveille") if small else nullcontext()
    watches = tuple(f"w{number:04}" for number in range(options.pop("watches", 0)))
    more = {**clock.environment} if clock else {}
    if options.pop("poison", False):
        more["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(install(folder / "plugins"))])
        poison = folder / "poisoned"
    else:
        poison = None
    with disk, witness(folder / "sink") as seen:
        if on == "embedded":
            someone = Someone("p0", folder, names, watches=watches, poison=poison, **options)
            topology = embedded(folder, seen, someone, more, proof=proof, clock=clock)
        else:
            names = names[: len(names) // 2]
            people = [
                Someone(f"p{n}", folder / f"p{n}", names, watches=watches, poison=poison if n == 0 else None, **options)
                for n in range(PEOPLE)
            ]
            queue = servers.get(Redis) if on == "redis" else servers.get(Rabbit)
            if isinstance(queue, Redis):
                queue.relieve()
                queue.flush()
            topology = scaled(folder, seen, people, more, servers.get(Postgres), queue, proof=proof)
        with running(topology):
            yield topology
