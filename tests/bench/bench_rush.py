"""The whole morning rush: everybody's briefing of fifty items is due at the same second, prepared and sent by two worker processes.

`python -m tests.bench.bench_rush [PEOPLE] [LEAD]`: LEAD is how many seconds before they are due they begin to be prepared. The
product takes ten minutes; here it is as little as two workers need. What counts per worker core is the workers' processor time, from the
first claim to the last end: how many cores this machine has left for them doesn't matter. The floor's is measured likewise, in turn.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil

from service.store import tables
from tests.bench import sink
from tests.bench.figures import Figure, report
from tests.bench.rush_floor import floor
from tests.bench.scaled_out import ScaledOut, processor_time, scaled_out, wait_for
from tests.services import Redis

PEOPLE, WORKERS = 2000, 2
FIRST = 40
"""More people, whose briefings come before: a worker's very first ones read templates and modules."""
EACH = 0.06  # seconds to prepare one, by a worker on a core of its own that is half as fast as it should be
REACH = 0.5  # of the floor, per core
MINUTE = 60.0
FLOOR = 300  # briefings, before and after


@dataclass(frozen=True, slots=True)
class Rush:
    cores: float
    """Seconds of a core that the workers took, in all."""
    database: float
    seconds: float
    """From the first claim to the last mail, without those in which all was prepared and nothing was due yet."""
    late: list[float]
    """From due to arrived, of each."""
    early: int
    """How many were prepared before they were due."""


def main(people: int = PEOPLE, lead: int = 0) -> None:
    before = _floor()
    with Redis() as redis, scaled_out(redis, people + FIRST) as there:
        rushed = _rush(there, timedelta(seconds=lead or 10 + people * EACH / WORKERS))
    _report(people, rushed, (before + _floor()) / 2)


def _rush(there: ScaledOut, lead: timedelta) -> Rush:
    there.start("clock")
    workers = [psutil.Process(there.start("worker", name=f"worker-{n}").pid) for n in range(WORKERS)]
    there.until_ready()
    database = psutil.Process(there.postgres.pid)
    _due(there, there.people[:FIRST], timedelta(seconds=10))
    before, served = _taken(workers), processor_time(database)
    due = _due(there, there.people[FIRST:], lead)
    wait_for(lambda: len(sink.arrivals(there.notes)) == len(there.people), 5, "not everybody got a mail")
    t = tables.occurrence.c
    times = (t.due_at, t.started_at, t.prepared_at, t.ended_at, t.outcome)
    rows = [row for row in there.rows(*times, cadence="morning") if row.due_at == due]
    came = sink.arrivals(there.notes)
    assert {row.outcome for row in rows} == {"sent"}, "every briefing is sent"
    prepared = min(due, max(row.prepared_at for row in rows)) - min(row.started_at for row in rows)
    sent = max(row.ended_at for row in rows) - due
    return Rush(
        cores=_taken(workers) - before,
        database=processor_time(database) - served,
        seconds=(prepared + sent).total_seconds(),
        late=[came[there.addresses[person]][0] - due.timestamp() for person in there.people[FIRST:]],
        early=sum(row.prepared_at < due for row in rows),
    )


def _due(there: ScaledOut, people: Sequence[str], lead: timedelta) -> datetime:
    """They all have their morning at this moment, and it has ended."""
    ended, due = there.ended("morning"), (datetime.now(UTC) + lead).replace(microsecond=0)
    there.settle(due)
    there.plan("morning", ((person, due) for person in people), lead)
    there.until_ended(ended + len(people), "morning")
    return due


def _taken(workers: Iterable[psutil.Process]) -> float:
    return sum(processor_time(worker) for worker in workers)


def _floor() -> float:
    """Briefings a second of a core by the bare script."""
    with tempfile.TemporaryDirectory() as made, sink.running() as port:
        sent = floor(Path(made), port)
        sent(0)
        began = time.process_time()
        for number in range(1, FLOOR + 1):
            sent(number)
        return FLOOR / (time.process_time() - began)


def _report(people: int, rushed: Rush, bare: float) -> None:
    ours, within = people / rushed.cores, sum(late <= MINUTE for late in rushed.late)
    report(
        Figure(
            f"rush of {people:,}: briefings, per worker core",
            ours,
            bare,
            "/s",
            f"≥ {REACH} × the bare floor",
            ours >= REACH * bare,
        ),
        Figure(f"  by {WORKERS} workers, as the clock on the wall has it", people / rushed.seconds, None, "/s"),
        Figure("  handed over within their minute", within, None, f"of {people:,}", "all", within == people),
        Figure("  the last one handed over, after due", max(rushed.late), None, "s", f"≤ {MINUTE:g} s", within == people),
        Figure("  prepared before they were due", rushed.early, None, f"of {people:,}"),
        Figure("  the database's processor time, per briefing", rushed.database / people * 1000, None, "ms"),
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
