"""The long profile, `make chaos`: every fault at a hundred random points or more, resumed where it was left, counted in a table.

    python -m tests.e2e.chaos [--points 100] [--only WORDS] [--results FILE] [--jobs N] [--seed N]

Each line of the results is one round: a scenario on a topology, some points, its verdict. A scenario is done once its rounds have as
many points as asked for; a round that fails is kept, with its folder, and counts as failed until its line is taken out.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import sys
import tempfile
import time
import traceback
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.chaos.faults import SCENARIOS
from tests.e2e.chaos.house import built
from tests.e2e.chaos.rounds import Scenario, play
from tests.e2e.chaos.topology import clear


@dataclass(frozen=True)
class Order:
    name: str
    on: str
    points: int
    seed: int


def main() -> int:
    reader = argparse.ArgumentParser(prog="python -m tests.e2e.chaos", description=__doc__.splitlines()[0] if __doc__ else "")
    reader.add_argument("--points", type=int, default=100)
    reader.add_argument("--only", default="", help="scenarios whose name and topology hold these words")
    reader.add_argument("--results", type=Path, default=Path(".chaos.jsonl"))
    reader.add_argument("--jobs", type=int, default=2, help="rounds at once: most of the time they wait")
    reader.add_argument("--seed", type=int, default=20261120)
    reader.add_argument("--table", action="store_true", help="only print what the results hold")
    asked = reader.parse_args()
    if not asked.table:
        _play_all(asked)
    return _table(_lines(asked.results))


def _play_all(asked: argparse.Namespace) -> None:
    orders = list(_orders(asked, _lines(asked.results)))
    print(f"{sum(o.points for o in orders)} points in {len(orders)} rounds to go; results in {asked.results}", flush=True)
    with ProcessPoolExecutor(asked.jobs, max_tasks_per_child=1) as pool:
        for done in as_completed([pool.submit(_round, order) for order in orders]):
            line = done.result()
            _append(asked.results, line)
            print(
                f"{'ok  ' if line['passes'] else 'FAIL'} {line['name']} on {line['on']}: {line['points']} points, {line['took']} s"
            )
            sys.stdout.flush()


def _orders(asked: argparse.Namespace, lines: Sequence[dict[str, Any]]) -> Iterable[Order]:
    """Rounds that are missing, scenarios in turn, so that each has some points early on."""
    missing = []
    for scenario in SCENARIOS:
        for on in scenario.on:
            if all(word in f"{scenario.name} on {on}" for word in asked.only.split(",")):
                mine = [line for line in lines if (line["name"], line["on"]) == (scenario.name, on)]
                size = scenario.round
                numbers = range(sum(line["points"] for line in mine) // size, -(-asked.points // size))
                missing += [(number, Order(scenario.name, on, size, asked.seed + number)) for number in numbers]
    return [order for _, order in sorted(missing, key=lambda pair: pair[0])]


def _round(order: Order) -> dict[str, Any]:
    scenario = next(s for s in SCENARIOS if s.name == order.name)
    folder = Path(tempfile.mkdtemp(prefix="reveille-chaos-"))
    before = time.monotonic()
    line: dict[str, Any] = {"name": order.name, "on": order.on, "seed": order.seed, "points": order.points}
    try:
        line |= _played(scenario, order, folder)
    except pytest.skip.Exception as skipped:
        line |= {"passes": False, "points": 0, "error": f"skipped: {skipped}"}
    except BaseException:  # a round that breaks is a result, too: kept, and shown
        line |= {"passes": False, "error": traceback.format_exc()[-6000:]}
    line["took"] = round(time.monotonic() - before)
    if line["passes"]:
        clear(folder)
    else:
        line["folder"] = str(folder)
    return line


def _played(scenario: Scenario, order: Order, folder: Path) -> dict[str, Any]:
    with built(scenario, order.on, folder, order.points) as topology:
        verdict, at = play(scenario, topology, order.points, order.seed, quick=False)
        return verdict.document() | {"seen": dict(at.seen), "unexpected": topology.said("Traceback")}


def _lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def _append(file: Path, line: dict[str, Any]) -> None:
    with file.open("a") as to:
        fcntl.flock(to, fcntl.LOCK_EX)
        to.write(json.dumps(line) + "\n")


def _table(lines: Sequence[dict[str, Any]]) -> int:
    """Whether anything failed."""
    head = ("scenario", "on", "points", "released", "lost", "twice", "unended", "doubtful", "late p50/p99/most s", "verdict")
    rows = [head]
    for name, on in dict.fromkeys((line["name"], line["on"]) for line in lines):
        mine = [line for line in lines if (line["name"], line["on"]) == (name, on)]
        sums = [str(sum(len(line.get(key, ())) for line in mine)) for key in ("lost", "duplicates", "unended")]
        doubt = {key: sum(line.get("doubtful", {}).get(key, 0) for line in mine) for key in ("found", "twice", "unknown")}
        late = [line["lateness"] for line in mine if line.get("lateness")]
        lateness = " / ".join(str(max((one[key] for one in late), default="")) for key in ("p50", "p99", "most"))
        totals = [str(sum(line.get(key, 0) for line in mine)) for key in ("points", "released")]
        doubts = ", ".join(f"{count} {key}" for key, count in doubt.items() if count)
        failed = sum(not line["passes"] for line in mine)
        rows.append((name, on, *totals, *sums, doubts or "0", lateness, f"{failed} rounds failed" if failed else "passes"))
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    for line in lines:
        if not line["passes"]:
            troubles = line.get("error") or {k: line.get(k) for k in ("lost", "duplicates", "unended", "unexplained")}
            print(f"\nFAILED {line['name']} on {line['on']}, seed {line['seed']}, kept in {line.get('folder')}\n{troubles}")
    return int(any(not line["passes"] for line in lines))


if __name__ == "__main__":
    sys.exit(main())
