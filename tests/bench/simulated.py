"""What `bench_day` found, beside what the arithmetic reckons for the same people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tests.bench.scaling import DAY, Assumptions, Needs, said

KEPT = Path(__file__).with_name("day.json")


@dataclass(frozen=True, slots=True)
class Day:
    """Counts of the whole day; `fullest` is the minute (UTC) with the most rings, and `fullest_seconds` how long the slowest took."""

    people: int
    poll_every: int  # minutes
    occurrences: int
    sent: int
    left_open: int
    messages: int
    rings: int
    rows: int
    commits: int
    wal: int  # bytes
    wal_writes: int
    ledger: int  # bytes, of all occurrences with their indexes
    ledger_rows: int
    size: int  # bytes by which the whole database grew
    fullest: str
    fullest_rings: int
    fullest_wal: int  # bytes
    fullest_seconds: float
    late: int  # minutes that took more than a minute
    seconds: int


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    simulated: float
    reckoned: float | None = None
    unit: str = ""

    def line(self) -> str:
        off = f"{self.simulated / self.reckoned - 1:+.0%}" if self.reckoned else ""
        reckoned = said(self.reckoned, self.unit) if self.reckoned is not None else ""
        return f"| {self.name} | {said(self.simulated, self.unit)} | {reckoned} | {off} |\n"


def given(day: Day) -> Assumptions:
    """As many in each of 24 zones, all at seven; no mail is read, and each has one channel."""
    return replace(Assumptions(), poll_every=day.poll_every, zone_share=1 / 24, same_minute=1, mails=0, channels=1)


def arithmetic(day: Day) -> Iterator[Row]:
    needs = Needs(day.people, given(day))
    yield Row("occurrences", day.occurrences, needs.occurrences)
    yield Row("of them sent", day.sent, needs.told)
    yield Row("ids rung for", day.rings, needs.messages * DAY)
    yield Row("queue messages, of several ids each", day.messages)
    yield Row("row writes", day.rows, needs.writes * DAY)
    yield Row("transactions", day.commits)
    yield Row("WAL", day.wal, None, "B")
    yield Row("WAL, an occurrence", day.wal / day.occurrences, None, "B")
    yield Row("WAL writes", day.wal_writes)
    yield Row("ledger row with its indexes", day.ledger / day.ledger_rows, given(day).ledger_row, "B")
    yield Row("database grew by", day.size, None, "B")
    yield Row("ids rung for in the fullest minute", day.fullest_rings, needs.rush + needs.occurrence_rate * 60)
    yield Row("WAL of the fullest minute", day.fullest_wal, None, "B")
    yield Row("the slowest minute took", day.fullest_seconds, None, "s")
    yield Row("minutes that took longer", day.late)
    yield Row("left open past their time", day.left_open)


def table(file: Path = KEPT) -> str:
    if not file.exists():
        return ""
    day = Day(**json.loads(file.read_text(encoding="utf-8")))
    head = f"{day.people:,} people, polls every {day.poll_every} minutes, one process: {day.seconds / 60:.0f} minutes for the day.\n\n"
    return head + "| | simulated | reckoned | off by |\n|---|---|---|---|\n" + "".join(row.line() for row in arithmetic(day))
