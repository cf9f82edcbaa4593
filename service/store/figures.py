"""Figures of the whole ledger, for who watches it. Each question is about the few rows that are open or went wrong lately, which an
index holds; only what is asked of the sources goes through all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, and_, bindparam, case, func, literal_column, or_, select

from service.domain.delivery import DeliveryState
from service.domain.ledger import CANARY, Outcome, State
from service.domain.sync import Hearing
from service.store.claims import RUNNING
from service.store.database import EVERYBODY, Database, acting_as
from service.store.ledger import queue_of
from service.store.tables import account as a
from service.store.tables import delivery as d
from service.store.tables import doorbell as b
from service.store.tables import occurrence as t

LATE = timedelta(seconds=60)
LATELY = timedelta(days=7)
"""How long what failed for good is counted: nobody retries what is older."""
PERCENTILES = (50, 99, 100)
_OPEN = and_(t.c.wake_at > datetime(2000, 1, 1, tzinfo=UTC), t.c.job != CANARY)
"""In words that an index over `wake_at` answers: every open row has one, and no other."""
_UNSENT = (DeliveryState.PENDING, DeliveryState.SENDING)
_TROUBLED = (DeliveryState.FAILED, DeliveryState.UNKNOWN)
_QUARANTINED = and_(t.c.deaths > literal_column("0"), t.c.outcome == Outcome.FAILED, t.c.reason.like("quarantined:%"))


@dataclass(slots=True)
class Queue:
    """`waiting`: rows that a worker could take up now; `since`: for how long the oldest has been one of them."""

    waiting: int = 0
    since: datetime | None = None


@dataclass(slots=True)
class Open:
    """Occurrences that have not ended: `due` somebody should be working on, `late` were due more than `LATE` ago."""

    due: int = 0
    late: int = 0
    running: int = 0
    queues: dict[str, Queue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sent:
    """Deliveries under way, and those of the last days that failed: (interrupts, state) → how many."""

    deliveries: Mapping[tuple[bool, str], int]
    oldest_due_at: datetime | None
    """Of what is ready to go out, and does not wait for a better hour."""


@dataclass(frozen=True, slots=True)
class Sources:
    health: Mapping[tuple[str, str], int]  # (kind, health) → how many
    read_at: Mapping[tuple[str, int], datetime]  # (kind, percentile of their age) → when that one was read
    bells: Mapping[tuple[str, str], int] = field(default_factory=dict)  # (kind, state of the doorbell) → how many


_HEARD = case((b.c.held_until < bindparam("now"), Hearing.SILENT.value), else_=b.c.state).label("hearing")
_BELLS = (
    select(a.c.kind, _HEARD, func.count())
    .select_from(b.join(a, and_(a.c.person == b.c.person, a.c.name == b.c.account)))
    .group_by(a.c.kind, _HEARD)
)
"""What nobody holds any more has fallen silent."""


@dataclass(frozen=True, slots=True)
class Named:
    id: str
    person: str
    job: str
    due_at: datetime
    lease_until: datetime | None
    reason: str


_NAMED = (t.c.id, t.c.person, t.c.job, t.c.due_at, t.c.lease_until, t.c.reason)


@dataclass(frozen=True, slots=True)
class Figures:
    """Acts as everybody."""

    database: Database

    def open(self, now: datetime) -> Open:
        running = and_(t.c.state.in_(RUNNING), t.c.lease_until.is_not(None), t.c.lease_until >= now)
        rested = or_(t.c.not_before.is_(None), t.c.not_before <= now)
        to_prepare = t.c.state.in_((State.DUE, State.PREPARING))
        ready_at = case((to_prepare, t.c.prepare_at), else_=t.c.due_at)
        since = case((t.c.lease_until > ready_at, t.c.lease_until), (t.c.not_before > ready_at, t.c.not_before), else_=ready_at)
        waits = and_(or_(t.c.lease_until.is_(None), t.c.lease_until < now), rested, ready_at <= now)
        leased = t.c.lease_until.is_not(None)
        query = (
            select(
                t.c.job,
                t.c.state,
                t.c.deaths,
                func.max(t.c.lease_until).label("lease_until"),  # as `queue_of` asks: is there one
                func.count().filter(running).label("running"),
                func.count().filter(ready_at <= now, ~running).label("due"),
                func.count().filter(t.c.due_at < now - LATE).label("late"),
                func.count().filter(waits).label("waiting"),
                func.min(since).filter(waits).label("since"),
            )
            .where(_OPEN)
            .group_by(t.c.job, t.c.state, t.c.deaths, leased)
        )
        found = Open()
        with acting_as(EVERYBODY), self.database.read() as on:
            for row in on.execute(query).mappings():
                _add(found, row)
        return found

    def sent(self, now: datetime) -> Sent:
        lately = f"{now - LATELY:%Y%m%d}"  # ids begin with their day
        states = or_(d.c.state.in_(_UNSENT), and_(d.c.state.in_(_TROUBLED), d.c.id >= lately))
        counted = select(d.c.interrupts, d.c.state, func.count()).where(states).group_by(d.c.interrupts, d.c.state)
        held = and_(d.c.attempts == 0, d.c.not_before.is_not(None), d.c.not_before > now)
        oldest = (
            select(func.min(t.c.due_at))
            .select_from(d.join(t, t.c.id == d.c.occurrence))
            .where(d.c.state.in_(_UNSENT), ~held, t.c.due_at <= now)
        )
        with acting_as(EVERYBODY), self.database.read() as on:
            counts = {(bool(interrupts), state): n for interrupts, state, n in on.execute(counted)}
            return Sent(counts, on.execute(oldest).scalar_one_or_none())

    def sources(self, now: datetime) -> Sources:
        """Goes through all accounts: ask seldom."""
        count = func.count().over(partition_by=a.c.kind)
        place = func.row_number().over(partition_by=a.c.kind, order_by=a.c.read_at.desc())
        ages = select(a.c.kind, a.c.read_at, place.label("place"), count.label("of")).where(a.c.read_at.is_not(None)).subquery()
        query = select(ages).where(or_(*(ages.c.place == _place(ages.c.of, percentile) for percentile in PERCENTILES)))
        with acting_as(EVERYBODY), self.database.read() as on:
            health = on.execute(select(a.c.kind, a.c.health, func.count()).group_by(a.c.kind, a.c.health)).all()
            aged = on.execute(query).all()
            bells = on.execute(_BELLS, {"now": now}).all()
        read_at = {(row.kind, p): row.read_at for row in aged for p in PERCENTILES if row.place == _place(row.of, p)}
        return Sources({(kind, state): n for kind, state, n in health}, read_at, {(kind, state): n for kind, state, n in bells})

    # --- by name ---------------------------------------------------------------------------------------------------------

    def quarantined(self, now: datetime, limit: int = 20, person: str = "") -> tuple[int, list[Named]]:
        """How many of the last days, and the newest of them. Of one person, or of all."""
        where = and_(_QUARANTINED, t.c.ended_at > now - LATELY, *([t.c.person == person] if person else []))
        with acting_as(EVERYBODY), self.database.read() as on:
            count = on.execute(select(func.count()).where(where)).scalar_one()
            newest = on.execute(select(*_NAMED).where(where).order_by(t.c.ended_at.desc()).limit(limit)) if count else ()
            return count, [Named(*row) for row in newest]

    def running(self, now: datetime, limit: int = 20) -> list[Named]:
        """Those whose leases end first."""
        where = and_(_OPEN, t.c.state.in_(RUNNING), t.c.lease_until >= now)
        with acting_as(EVERYBODY), self.database.read() as on:
            return [Named(*row) for row in on.execute(select(*_NAMED).where(where).order_by(t.c.lease_until).limit(limit))]


def _add(found: Open, row: RowMapping) -> None:
    found.due += row["due"]
    found.late += row["late"]
    found.running += row["running"]
    if row["waiting"]:
        queue = found.queues.setdefault(queue_of(row["job"], row["state"], row["deaths"], row["lease_until"]), Queue())
        queue.waiting += row["waiting"]
        queue.since = min(filter(None, (queue.since, row["since"])))


def _place(of: Any, percentile: int) -> Any:
    """Of n values in order, the one at ⌈pn/100⌉. Of numbers and of columns."""
    return (of * percentile + 99) // 100
