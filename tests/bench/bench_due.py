"""When a daily cadence is due next: what an answer costs, alone and among a million, and whether it is right at every transition."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from datetime import time as wall_time
from functools import partial
from importlib.util import find_spec
from zoneinfo import available_timezones

from service.domain.ledger import WallTimes
from service.domain.timetable import compiled
from service.domain.zones import seconds
from tests.bench import due_peers
from tests.bench.due_errors import distinct, errors
from tests.bench.due_peers import Make, Rule
from tests.bench.figures import Figure, report

ZONES = ("Europe/Zurich", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Sao_Paulo")
MANY, BATCH = 1_000_000, 500
MOST = 4.0  # µs
PEERS = {  # by the package they come in
    "cronsim": ("cronsim", due_peers.cronsim),
    "apscheduler": ("APScheduler CronTrigger", due_peers.apscheduler),
    "celery": ("celery crontab", due_peers.celery),
    "zoneinfo": ("zoneinfo by hand", due_peers.by_hand),
}
Row = tuple[str, WallTimes, str, int]
"""Person, timing, zone, and the moment up to which it is planned."""


def main() -> None:
    for package in PEERS:
        if not find_spec(package):
            print(f"  {package} is not installed, so it is left out: pip install {package}")
    peers = dict(peer for package, peer in PEERS.items() if find_spec(package))
    moments = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=7 * n, minutes=13 * n % 60, seconds=17) for n in range(1000)]
    alone, calls = _single([seconds(m) for m in moments]), len(ZONES) * len(moments)
    costs = {name: _microseconds(partial(_ask, make, moments), calls) for name, make in peers.items()}
    right = _report_errors({"ours": due_peers.ours, **peers})
    for name, cost in costs.items():
        met = right and alone <= MOST
        report(Figure("next due, daily in a zone", alone, cost, "µs", f"≤ {MOST:.0f} µs, 0 errors; peer: {name}", met))
    _report_many()


def _report_errors(ways: dict[str, Make]) -> bool:
    """Whether the first has none."""
    print(
        f"  errors over the {len(distinct())} different transitions of {len(available_timezones())} zones, 2024 to 2032: in four days"
    )
    print("  of daily rules, in twelve hours of */5; moved: once, at another moment than the gap's end or the fold's first")
    found = {name: errors(make) for name, make in ways.items()}
    for name, by_rule in found.items():
        print(f"  {name:<24} " + "; ".join(f"{rule} {_said(counted)}" for rule, counted in by_rule.items()))
    return not any(counted.total() for counted in next(iter(found.values())).values())


def _said(counted: Counter[str]) -> str:
    return ", ".join(f"{count} {what}" for what, count in sorted(counted.items())) or "0"


def _single(moments: list[int]) -> float:
    timing = WallTimes((wall_time(7),))

    def ask() -> None:
        for zone in ZONES:
            after = compiled(timing, zone).after
            for at in moments:
                after(at)

    return _microseconds(ask, len(ZONES) * len(moments))


def _ask(make: Make, moments: list[datetime]) -> None:
    for zone in ZONES:
        following = make(Rule(wall_time(7)), zone)
        for at in moments:
            following(at)


def _report_many() -> None:
    """A million cadences in an order that memory doesn't have, planned in batches as the clock claims them: reading the rows isn't
    counted, finding each one's table is.
    """
    few, many = _cadences(100) * 1000, _cadences(MANY)
    rounds = [(_planned(few), _planned(many)) for _ in range(5)]
    alone, among = (min(times) for times in zip(*rounds, strict=True))
    zones, timings = len({zone for _, _, zone, _ in many}), len({id(timing) for _, timing, _, _ in many})
    print(f"  {MANY:,} cadences: {zones} zones, {timings} timings, each looked up when it is planned")
    report(Figure("  among 1,000,000, peer: among 100", among, alone, "µs", "within 20 %", among <= 1.2 * alone))


def _planned(cadences: list[Row]) -> float:
    """Microseconds of work for each cadence."""
    taken = 0.0
    for start in range(0, len(cadences), BATCH):
        rows = [(person, timing, zone, at) for person, timing, zone, at in cadences[start : start + BATCH]]
        began = time.process_time()
        for _, timing, zone, planned_until in rows:
            compiled(timing, zone).after(planned_until)
        taken += time.process_time() - began
    return taken / len(cadences) * 1e6


def _cadences(count: int) -> list[Row]:
    rng, zones = random.Random(7), sorted(available_timezones())
    weekdays = frozenset(range(5))
    timings = [WallTimes((wall_time(n // 12, n % 12 * 5),), days) for n in range(288) for days in (weekdays, frozenset(range(7)))]
    now = seconds(datetime(2026, 5, 12, 7, tzinfo=UTC))
    made = [(f"person-{n}", rng.choice(timings), rng.choice(zones), now - rng.randrange(86400)) for n in range(count)]
    rng.shuffle(made)
    return made


def _microseconds(work: Callable[[], object], calls: int, rounds: int = 10) -> float:
    """Of processor time: nothing here waits, and what else the machine does is not ours or the peers'."""
    times = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times) / calls * 1e6


if __name__ == "__main__":
    main()
