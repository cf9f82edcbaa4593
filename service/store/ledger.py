"""Occurrences: one row for every time a cadence should run. Claims are conditional updates; every write checks its fence."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, delete, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from service.domain.ledger import Occurrence, Outcome, Slot, State
from service.errors import FenceLost
from service.store.database import Database
from service.store.tables import occurrence as t

RUNNING = (State.PREPARING, State.DELIVERING)
OPEN = tuple(state for state in State if state != State.ENDED)
"""Named one by one, so that an index finds the few among the many that ended."""


def occurrence_id(person: str, cadence: str, subject: str, slot: str) -> str:
    """The row's id is its key's digest: whoever names the same slot names the same row."""
    return hashlib.sha256(f"{person}\0{cadence}\0{subject}\0{slot}".encode()).hexdigest()[:32]


class Ledger:
    def __init__(self, database: Database) -> None:
        self._database = database

    # --- what the clock writes, inside its own transaction -------------------------------------------------------------

    def insert(self, on: Connection, person: str, cadence: str, job: str, slot: Slot, **more: Any) -> str | None:
        """A new row, or None where the slot has one already: nothing is ever planned twice."""
        row = {
            "id": occurrence_id(person, cadence, slot.subject, slot.name),
            "person": person,
            "cadence": cadence,
            "subject": slot.subject,
            "slot": slot.name,
            "job": job,
            "prepare_at": slot.prepare_at,
            "due_at": slot.due_at,
            "useful_until": slot.useful_until,
            "state": State.DUE.value,
        } | more
        build = sqlite_insert if self._database.is_sqlite else postgres_insert
        done = on.execute(build(t).values(row).on_conflict_do_nothing())
        return str(row["id"]) if done.rowcount == 1 else None

    def supersede(self, on: Connection, person: str, cadence: str, before: datetime, now: datetime) -> None:
        """Ends rows of a cadence that were due before `before` and of which nothing has gone out yet."""
        older = and_(_planned(person, cadence), t.c.state.in_((State.DUE, State.PREPARED)), t.c.due_at < before)
        values = {"state": State.ENDED, "outcome": Outcome.SKIPPED, "reason": "superseded by a newer one", "ended_at": now}
        on.execute(update(t).where(older).values(values | {"lease_until": None}))

    def absorb(self, on: Connection, person: str, cadence: str) -> int:
        """Takes away rows of an interval that nobody has claimed yet; returns how many slots they stood for, to be counted in the
        next row. One that was tried and failed stays, to end in the open.
        """
        older = and_(_planned(person, cadence), t.c.state == State.DUE, t.c.attempts == 0)
        count = on.execute(select(func.coalesce(func.sum(t.c.count), 0)).where(older)).scalar_one()
        on.execute(delete(t).where(older))
        return int(count)

    def reschedule(self, on: Connection, person: str, cadence: str, slot: Slot) -> bool:
        """A meeting moved: the row follows it until delivering has begun; what was prepared for the old time is made anew."""
        row_id = occurrence_id(person, cadence, slot.subject, slot.name)
        waits = t.c.state.in_((State.DUE, State.PREPARED))
        moved = and_(t.c.id == row_id, waits, t.c.useful_until != slot.useful_until)
        return on.execute(update(t).where(moved).values(_times(slot) | _AGAIN)).rowcount == 1

    def follow(self, id: str, fence: int, slot: Slot, *, wait: bool) -> None:
        """The same for whoever holds the row: it keeps it, or lets go of it until the new time."""
        with self._database.write() as on:
            self.hold(on, id, fence, **(_times(slot) | _AGAIN | {"lease_until": None} if wait else _times(slot)))

    def abandon(self, on: Connection, person: str, cadences_kept: Iterable[str], now: datetime) -> None:
        """Unclaimed rows of cadences that the config no longer has end in the open."""
        gone = and_(
            t.c.person == person, t.c.state == State.DUE, t.c.cadence.not_in(list(cadences_kept)), t.c.slot.not_like("manual:%")
        )
        on.execute(
            update(t)
            .where(gone)
            .values(state=State.ENDED, outcome=Outcome.SKIPPED, reason="its cadence was taken out of the config", ended_at=now)
        )

    # --- what a worker does with one row -------------------------------------------------------------------------------

    def claim(self, id: str, now: datetime, lease: timedelta) -> Occurrence | None:
        """Takes a row that is due to be prepared, or whose worker lost its lease. None: somebody else has it, it isn't time,
        or another occurrence of the same cadence and subject is being worked on (two would say the same thing twice).
        """
        free = or_(t.c.state == State.DUE, and_(t.c.state == State.PREPARING, t.c.lease_until < now))
        return self._take(id, free, now, lease, state=State.PREPARING, at=t.c.prepare_at, attempts=t.c.attempts + 1)

    def claim_delivery(self, id: str, now: datetime, lease: timedelta) -> Occurrence | None:
        """Takes a prepared row whose time has come, or one whose worker lost its lease while delivering."""
        free = or_(
            t.c.state == State.PREPARED,
            and_(t.c.state == State.DELIVERING, or_(t.c.lease_until.is_(None), t.c.lease_until < now)),
        )
        return self._take(id, free, now, lease, state=State.DELIVERING, at=t.c.due_at)

    def _take(
        self, id: str, free: Any, now: datetime, lease: timedelta, *, state: State, at: Any, **more: Any
    ) -> Occurrence | None:
        other = t.alias()
        same = and_(
            other.c.person == t.c.person, other.c.cadence == t.c.cadence, other.c.subject == t.c.subject, other.c.id != t.c.id
        )
        alone = ~exists().where(same, other.c.state.in_(RUNNING), other.c.lease_until >= now)
        ready = and_(t.c.id == id, free, at <= now, or_(t.c.not_before.is_(None), t.c.not_before <= now), alone)
        values = {
            "state": state,
            "fence": t.c.fence + 1,
            "lease_until": now + lease,
            "started_at": func.coalesce(t.c.started_at, now),
        }
        with self._database.write() as on:
            if on.execute(update(t).where(ready).values(values | more)).rowcount != 1:
                return None
            return _read(on.execute(select(t).where(t.c.id == id)).mappings().one())

    def beat(self, id: str, fence: int, until: datetime) -> bool:
        """Holds a lease for longer. False: it was lost, and whatever comes of the run will be refused."""
        with self._database.write() as on:
            return on.execute(update(t).where(_mine(id, fence)).values(lease_until=until)).rowcount == 1

    def hold(self, on: Connection, id: str, fence: int, **values: Any) -> None:
        """The fenced write: raises FenceLost where somebody else took over, and with it undoes its transaction."""
        if on.execute(update(t).where(_mine(id, fence)).values(values)).rowcount != 1:
            raise FenceLost(f"occurrence {id} was taken over")

    def release(self, id: str, fence: int, *, state: State, not_before: datetime | None, reason: str) -> None:
        with self._database.write() as on:
            self.hold(on, id, fence, state=state, lease_until=None, not_before=not_before, reason=reason)

    def end(self, id: str, fence: int, outcome: Outcome, reason: str, now: datetime) -> None:
        with self._database.write() as on:
            self.end_on(on, id, fence, outcome, reason, now)

    def end_on(self, on: Connection, id: str, fence: int, outcome: Outcome, reason: str, now: datetime) -> None:
        self.hold(
            on, id, fence, state=State.ENDED, outcome=outcome, reason=reason, ended_at=now, lease_until=None, not_before=None
        )

    def release_all(self, now: datetime) -> int:
        """For the only service on its database, at start: whoever held a lease is dead."""
        with self._database.write() as on:
            return on.execute(update(t).where(t.c.lease_until > now).values(lease_until=now - timedelta(seconds=1))).rowcount

    # --- reading -------------------------------------------------------------------------------------------------------

    def get(self, id: str) -> Occurrence | None:
        with self._database.read() as on:
            row = on.execute(select(t).where(t.c.id == id)).mappings().one_or_none()
            return _read(row) if row else None

    def sealed(self, id: str) -> bytes | None:
        with self._database.read() as on:
            return on.execute(select(t.c.sealed).where(t.c.id == id)).scalar_one_or_none()

    def waiting(self, now: datetime, limit: int = 500) -> Sequence[str]:
        """Ids that somebody should work on now, oldest due first: the sweep rings for these."""
        free = or_(t.c.lease_until.is_(None), t.c.lease_until < now)
        rested = or_(t.c.not_before.is_(None), t.c.not_before <= now)
        ready = or_(
            and_(t.c.state.in_((State.DUE, State.PREPARING)), t.c.prepare_at <= now),
            and_(t.c.state.in_((State.PREPARED, State.DELIVERING)), t.c.due_at <= now),
        )
        query = select(t.c.id).where(t.c.state.in_(OPEN), ready, free, rested).order_by(t.c.due_at).limit(limit)
        with self._database.read() as on:
            return list(on.execute(query).scalars())

    def recent(self, person: str, limit: int = 20) -> Sequence[Occurrence]:
        return self._list(t.c.person == person, t.c.state == State.ENDED, order=(t.c.ended_at.desc(),), limit=limit)

    def open(self, person: str, limit: int = 50) -> Sequence[Occurrence]:
        return self._list(t.c.person == person, t.c.state.in_(OPEN), order=(t.c.due_at,), limit=limit)

    def missed(self, person: str, since: datetime, until: datetime) -> Sequence[Occurrence]:
        bad = or_(
            t.c.outcome.in_((Outcome.FAILED, Outcome.UNKNOWN)),
            and_(t.c.outcome == Outcome.SKIPPED, or_(t.c.reason.like("expired%"), t.c.reason.like("superseded%"))),
        )
        return self._list(t.c.person == person, t.c.ended_at >= since, t.c.ended_at < until, bad, order=(t.c.due_at,), limit=200)

    def last(self, person: str, cadence: str, outcome: Outcome, before: datetime) -> Occurrence | None:
        where = (t.c.person == person, t.c.cadence == cadence, t.c.outcome == outcome, t.c.due_at < before)
        found = self._list(*where, order=(t.c.due_at.desc(),), limit=1)
        return found[0] if found else None

    def _list(self, *where: Any, order: tuple[Any, ...], limit: int) -> Sequence[Occurrence]:
        with self._database.read() as on:
            rows = on.execute(select(t).where(*where).order_by(*order).limit(limit)).mappings()
            return [_read(row) for row in rows]


def _planned(person: str, cadence: str) -> Any:
    """Rows of the clock's own, without those asked for by hand."""
    return and_(t.c.person == person, t.c.cadence == cadence, t.c.slot.not_like("manual:%"))


_AGAIN: dict[str, Any] = {"state": State.DUE, "attempts": 0, "not_before": None}


def _times(slot: Slot) -> dict[str, Any]:
    return {"prepare_at": slot.prepare_at, "due_at": slot.due_at, "useful_until": slot.useful_until}


def _mine(id: str, fence: int) -> Any:
    return and_(t.c.id == id, t.c.fence == fence, t.c.state != State.ENDED)


def _read(row: RowMapping) -> Occurrence:
    values = {name: row[name] for name in Occurrence.__slots__ if name in row}
    values["state"] = State(row["state"])
    values["outcome"] = Outcome(row["outcome"]) if row["outcome"] else None
    return Occurrence(**values)
