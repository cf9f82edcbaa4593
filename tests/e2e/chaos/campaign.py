"""Rounds of the long profile: which are missing, each played in a folder of its own, and what becomes of it."""

from __future__ import annotations

import fcntl
import json
import tempfile
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.chaos.faults import SCENARIOS
from tests.e2e.chaos.house import Servers, built
from tests.e2e.chaos.rounds import Scenario, play
from tests.e2e.chaos.topology import clear


@dataclass(frozen=True)
class Order:
    name: str
    on: str
    points: int
    seed: int


def orders(points: int, only: str, seed: int, most: int, lines: Sequence[dict[str, Any]]) -> list[Order]:
    """Rounds that are missing, scenarios in turn, so that each has some points early on."""
    missing = []
    for scenario in SCENARIOS:
        for on in scenario.on:
            if all(word in f"{scenario.name} on {on}" for word in only.split(",")):
                mine = [line for line in lines if (line["name"], line["on"]) == (scenario.name, on)]
                size = min(scenario.round, most)
                numbers = range(sum(line["points"] for line in mine) // size, -(-min(points, scenario.enough) // size))
                missing += [(number, Order(scenario.name, on, size, seed + number)) for number in numbers]
    return [order for _, order in sorted(missing, key=lambda pair: pair[0])]


def play_round(order: Order) -> dict[str, Any]:
    scenario = next(s for s in SCENARIOS if s.name == order.name and order.on in s.on)
    folder = Path(tempfile.mkdtemp(prefix="reveille-chaos-"))
    before = time.monotonic()
    line: dict[str, Any] = {"name": order.name, "on": order.on, "seed": order.seed, "points": order.points}
    try:
        line |= _played(scenario, order, folder)
    except pytest.skip.Exception as skipped:
        line |= {"passes": False, "points": 0, "error": f"skipped: {skipped}"}
    except BaseException:  # a round that breaks is a result, too: kept, and shown
        said = traceback.format_exc()
        line |= {"passes": False, "error": said if len(said) < 8000 else f"{said[:4000]} … {said[-4000:]}"}
    line["took"] = round(time.monotonic() - before)
    if line["passes"]:
        clear(folder)
    else:
        line["folder"] = str(folder)
    return line


def _played(scenario: Scenario, order: Order, folder: Path) -> dict[str, Any]:
    with Servers() as servers:
        return perform(scenario, order.on, folder, order.points, order.seed, servers, quick=False)


def perform(
    scenario: Scenario, on: str, folder: Path, points: int, seed: int, servers: Servers, *, quick: bool
) -> dict[str, Any]:
    """The verdict as a document, with what was counted besides."""
    if scenario.alone:
        return scenario.alone(folder, on, points, seed, servers).document() | {"seen": {"points": points}, "unexpected": 0}
    with built(scenario, on, folder, points, seed, servers, quick=quick) as topology:
        verdict, at = play(scenario, topology, points, seed, quick=quick)
        return verdict.document() | {"seen": dict(at.seen), "unexpected": topology.said("Traceback")}


def read(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def append(file: Path, line: dict[str, Any]) -> None:
    with file.open("a") as to:
        fcntl.flock(to, fcntl.LOCK_EX)
        to.write(json.dumps(line) + "\n")
