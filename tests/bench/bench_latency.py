"""How late things begin on a quiet system: from the moment that they are due to a worker's claim, and of what was prepared early to
the mail server's 250. Real clock and worker processes; once on Redis, once on RabbitMQ.

`python -m tests.bench.bench_latency [PEOPLE]`: each has one run that the clock plans, one that it sweeps up, and one briefing.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from service.domain.ledger import Slot
from service.store import EVERYBODY, acting_as, tables
from tests.bench import sink
from tests.bench.figures import Figure, report
from tests.bench.scaled_out import ScaledOut, scaled_out, wait_for
from tests.services import Absent, Rabbit, Redis

PEOPLE = 60
APART = 0.33  # seconds between two that are due, on average: nobody waits for another
START, HANDED = 0.5, 1.0  # seconds, p99
PREPARED_WITHIN = 60  # seconds, all of them
HOUR = timedelta(hours=1)


def main(people: int = PEOPLE) -> None:
    with Redis() as redis:
        _measured(redis, people)
    try:
        with Rabbit() as rabbit:
            _measured(rabbit, people)
    except Absent as absent:
        print(absent)


def _measured(queue: Redis | Rabbit, people: int) -> None:
    with scaled_out(queue, people) as there:
        there.start("clock")
        there.start("worker")
        there.until_ready()
        there.settle(datetime.now(UTC) + HOUR)
        _warm(there)
        planned, swept = _started(there)
        handed = _handed(there)
    _report(queue.name, planned, swept, handed)


def _warm(there: ScaledOut) -> None:
    """Everybody's household is open, and every lane has worked once."""
    _rung(there, "warm", [datetime.now(UTC)] * len(there.people))
    there.until_ended(len(there.people), "warm")


def _started(there: ScaledOut) -> tuple[list[float], list[float]]:
    """Seconds from due to claimed: cadences whose time comes, in whole seconds, and rows that wait for any moment."""
    people, span = there.people, len(there.people) * APART * 2
    first = datetime.now(UTC) + timedelta(seconds=3)
    there.plan("triage", zip(people, _seconds(first, span, len(people)), strict=True))
    _rung(there, "swept", _moments(first, span, len(people)))
    for cadence in ("triage", "swept"):
        there.until_ended(len(people), cadence)
    t = tables.occurrence.c
    planned, swept = (there.rows(t.due_at, t.started_at, cadence=cadence) for cadence in ("triage", "swept"))
    return [_between(*row) for row in planned], [_between(*row) for row in swept]


def _handed(there: ScaledOut) -> list[float]:
    """Seconds from due to taken by the mail server, of briefings that were prepared before."""
    people = there.people
    lead = timedelta(seconds=PREPARED_WITHIN)
    first = datetime.now(UTC) + lead / 2
    due = dict(zip(people, _seconds(first, len(people) * APART, len(people)), strict=True))
    there.plan("morning", due.items(), lead)
    there.until_ended(len(people), "morning")
    t = tables.occurrence.c
    late = [row for row in there.rows(t.due_at, t.prepared_at, cadence="morning") if row.prepared_at >= row.due_at]
    assert not late, f"{len(late)} briefings were not prepared early: the machine is too busy for this figure"
    came = sink.arrivals(there.notes)
    wait_for(lambda: len(came) == len(people), 1, f"{len(came)} of {len(people)} mails arrived")
    return [came[there.addresses[person]][0] - at.timestamp() for person, at in due.items()]


def _rung(there: ScaledOut, cadence: str, moments: Sequence[datetime]) -> None:
    """Rows that are there already and wait for their moment. Nobody's config has this cadence, so that they end at once."""
    with acting_as(EVERYBODY), there.store.database.write() as on:
        for person, at in zip(there.people, moments, strict=True):
            there.store.ledger.insert(on, person, cadence, "triage", Slot(f"{at:%Y-%m-%dT%H:%M:%SZ}", at, at, at + HOUR))


def _seconds(first: datetime, span: float, count: int) -> list[datetime]:
    """Cadences come round at whole seconds."""
    return [at.replace(microsecond=0) for at in _moments(first, span, count)]


def _moments(first: datetime, span: float, count: int) -> list[datetime]:
    return [first + timedelta(seconds=random.uniform(0, span)) for _ in range(count)]


def _between(due: datetime, started: datetime) -> float:
    return (started - due).total_seconds()


def _report(queue: str, planned: list[float], swept: list[float], handed: list[float]) -> None:
    began = "due to start, {} ({})"
    report(
        *_figures(began.format("planned", queue), planned, START),
        *_figures(began.format("swept up", queue), swept, START),
        *_figures(f"prepared briefing, due to SMTP ({queue})", handed, HANDED),
    )


def _figures(name: str, seconds: list[float], most: float) -> tuple[Figure, Figure]:
    half, nearly_all = (_quantile(seconds, share) * 1000 for share in (0.5, 0.99))
    assert _quantile(seconds, 0) > -0.01, "nothing begins before it is due"
    target = f"≤ {most * 1000:,.0f} ms"
    return Figure(f"{name}, p50", half, None, "ms"), Figure(
        f"{name}, p99", nearly_all, None, "ms", target, nearly_all <= most * 1000
    )


def _quantile(some: list[float], share: float) -> float:
    return sorted(some)[min(len(some) - 1, int(share * len(some)))]


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
