"""Canaries: occurrences of no person's, which a process plans to see that it gets work done. Gone within the hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, func, select

from service.domain.ledger import CANARY, HOUSE, RAN, Outcome, Slot
from service.store.database import EVERYBODY, Database, acting_as
from service.store.ledger import Ledger
from service.store.tables import occurrence as t

KEPT = timedelta(hours=1)
_CANARY = and_(t.c.person == HOUSE, t.c.job == CANARY)


@dataclass(frozen=True, slots=True)
class Seen:
    """A process by its canaries of the last hour. `ran_at`: when the newest that ran end to end did so."""

    process: str
    planned_at: datetime
    ran_at: datetime | None


@dataclass(frozen=True, slots=True)
class Canaries:
    database: Database
    ledger: Ledger

    def plan(self, process: str, now: datetime, useful: timedelta, wake_after: timedelta) -> str | None:
        """Due now. `wake_after`: when a clock rings for it, wherever it was rung for before. None: this moment has one already."""
        slot = Slot(f"{now:%Y-%m-%dT%H:%M:%S.%fZ}", now, now, now + useful, subject=process)
        with acting_as(EVERYBODY), self.database.write() as on:
            return self.ledger.insert(on, HOUSE, CANARY, CANARY, slot, wake_at=now + wake_after)

    def ran(self, id: str) -> bool | None:
        """Whether it ran end to end while that proved anything; None: it has not ended."""
        with acting_as(EVERYBODY), self.database.read() as on:
            row = on.execute(select(t.c.ended_at, t.c.outcome, t.c.reason).where(t.c.id == id)).one_or_none()
        if row is not None and row.ended_at is None:
            return None
        return row is not None and row.outcome == Outcome.SKIPPED and row.reason == RAN

    def seen(self, now: datetime) -> list[Seen]:
        ran_at = func.max(t.c.ended_at).filter(t.c.reason == RAN)
        recent = and_(_CANARY, t.c.ended_at > now - KEPT)
        query = select(t.c.subject, func.max(t.c.due_at), ran_at).where(recent).group_by(t.c.subject).order_by(t.c.subject)
        with acting_as(EVERYBODY), self.database.read() as on:
            return [Seen(*row) for row in on.execute(query)]

    def drop(self, now: datetime) -> int:
        """Lets go of those that ended more than `KEPT` ago; returns how many."""
        with acting_as(EVERYBODY), self.database.write() as on:
            return on.execute(delete(t).where(_CANARY, t.c.ended_at < now - KEPT)).rowcount
