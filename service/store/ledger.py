"""Occurrences: one row for every time a cadence should run. Claims are conditional updates; every write checks its fence.

`wake_at` is the next moment at which anybody should look at a row: every change of state sets it, and the sweep asks for nothing else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, case, exists, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from service.domain.delivery import DeliveryState
from service.domain.ledger import ALONE, DELIVER, Occurrence, Outcome, Ring, Slot, State
from service.domain.occurrence_ids import occurrence_id
from service.domain.steps import SUPERSEDED
from service.errors import FenceLost
from service.store import questions as q
from service.store import tables
from service.store.claims import FRESH_TO_PREPARE, RUNNING, SUSPECT, TO_DELIVER, TO_PREPARE, Claim
from service.store.database import Database
from service.store.tables import occurrence as t

RING_AGAIN = timedelta(seconds=10)
"""How long a ring is given to reach somebody before it is made again."""
_OPEN = t.c.ended_at.is_(None)


@dataclass(frozen=True, slots=True)
class End:
    id: str
    fence: int
    outcome: Outcome
    reason: str


class Ledger:
    def __init__(self, database: Database) -> None:
        self._database = database

    # --- what the clock writes, inside its own transaction -------------------------------------------------------------

    def insert(self, on: Connection, person: str, cadence: str, job: str, slot: Slot, **more: Any) -> str | None:
        """A new row, or None where the slot has one already: nothing is ever planned twice."""
        row = (
            {
                "id": occurrence_id(person, cadence, slot.subject, slot.name),
                "person": person,
                "cadence": cadence,
                "subject": slot.subject,
                "slot": slot.name,
                "job": job,
                "state": State.DUE.value,
                "wake_at": None if "ended_at" in more else slot.prepare_at,
            }
            | _times(slot)
            | more
        )
        build = sqlite_insert if self._database.is_sqlite else postgres_insert
        inserted: str | None = on.execute(build(t).values(row).on_conflict_do_nothing().returning(t.c.id)).scalar_one_or_none()
        return inserted

    def supersede(self, on: Connection, ids: Collection[str], now: datetime) -> None:
        """Ends rows of which nothing has gone out yet."""
        ids = list(ids)
        self._settle(on, select(t.c.id).where(t.c.id.in_(ids)), SUPERSEDED)
        on.execute(update(t).where(t.c.id.in_(ids)).values(_ended(Outcome.SKIPPED, SUPERSEDED, now)))

    def reschedule(self, on: Connection, person: str, cadence: str, slot: Slot) -> bool:
        """A meeting moved: the row follows it until delivering has begun; what was prepared for the old time is made anew."""
        row_id = occurrence_id(person, cadence, slot.subject, slot.name)
        waits = t.c.state.in_((State.DUE, State.PREPARED))
        moved = and_(t.c.id == row_id, waits, t.c.useful_until != slot.useful_until)
        return on.execute(update(t).where(moved).values(_times(slot) | _AGAIN | {"wake_at": slot.prepare_at})).rowcount == 1

    def follow(self, id: str, fence: int, slot: Slot, *, wait: bool) -> None:
        """The same for whoever holds the row: it keeps it, or lets go of it until the new time."""
        with self._database.write() as on:
            later = _AGAIN | {"lease_until": None, "wake_at": slot.prepare_at}
            self.hold(on, id, fence, **(_times(slot) | later if wait else _times(slot)))

    def abandon(self, on: Connection, person: str, cadences_kept: Iterable[str], now: datetime) -> None:
        """Unclaimed rows of cadences that the config no longer has end in the open."""
        gone = and_(
            t.c.person == person,
            _OPEN,
            t.c.state == State.DUE,
            t.c.cadence.not_in(list(cadences_kept)),
            t.c.slot.not_like("manual:%"),
        )
        on.execute(update(t).where(gone).values(_ended(Outcome.SKIPPED, "its cadence was taken out of the config", now)))

    # --- what a worker does with its rows -------------------------------------------------------------------------------

    def claim(self, id: str, now: datetime, lease: timedelta) -> Occurrence | None:
        """Takes a row that is due to be prepared, or whose worker lost its lease. None: somebody else has it, it isn't time,
        or another occurrence of the same cadence and subject is being worked on (two would say the same thing twice).
        """
        taken = self._take(TO_PREPARE, [id], now, lease)
        return taken[0] if taken else None

    def claim_fresh(self, ids: Sequence[str], now: datetime, lease: timedelta) -> Sequence[Occurrence]:
        """The same for many at once, in the order they were asked for, without those that more than one worker has died of, and no
        more of one person's than `PER_PERSON`.
        """
        taken = {o.id: o for o in self._take(FRESH_TO_PREPARE, ids, now, lease)}
        return [taken[id] for id in ids if id in taken]

    def claim_delivery(self, id: str, now: datetime, lease: timedelta) -> Occurrence | None:
        """Takes a prepared row whose time has come, or one whose worker lost its lease while delivering."""
        taken = self._take(TO_DELIVER, [id], now, lease)
        return taken[0] if taken else None

    def _take(self, claim: Claim, ids: Sequence[str], now: datetime, lease: timedelta) -> Sequence[Occurrence]:
        with self._database.write() as on:
            asked = on.execute(claim.ask, {"ids": list(ids), "at": now}).all()
            # Of one cadence and subject, one at a time: whoever holds the word looks, and takes it before the next one looks.
            first = {(row.person, row.cadence, row.subject): row.id for row in reversed(asked)}
            if not first:
                return []
            self._database.alone_in(on, first)
            rows = on.execute(claim.take, {"ids": list(first.values()), "at": now, "until": now + lease})
            return [_read(row) for row in rows.mappings()]

    def beat(self, held: Mapping[str, int], until: datetime) -> Sequence[str]:
        """Holds leases ({id: fence}) for longer. Returns those that somebody else has taken: whatever comes of their runs will be
        refused. What its own run let go of a moment ago (it ended, or was prepared and waits) is neither held nor lost.
        """
        leased = t.c.lease_until.is_not(None)
        with self._database.write() as on:
            kept = {
                id
                for id, fence in held.items()
                if on.execute(update(t).where(_mine(id, fence), leased).values(lease_until=until, wake_at=until)).rowcount == 1
            }
            others = [id for id in held if id not in kept]
            fences = {row.id: row.fence for row in on.execute(select(t.c.id, t.c.fence).where(t.c.id.in_(others)))}
        return [id for id in others if fences.get(id) != held[id]]

    def hold(self, on: Connection, id: str, fence: int, **values: Any) -> None:
        """The fenced write: raises FenceLost where somebody else took over, and with it undoes its transaction."""
        if on.execute(update(t).where(_mine(id, fence)).values(values)).rowcount != 1:
            raise FenceLost(f"occurrence {id} was taken over")

    def release(self, id: str, fence: int, *, state: State, not_before: datetime, reason: str) -> None:
        with self._database.write() as on:
            self.hold(on, id, fence, state=state, lease_until=None, not_before=not_before, wake_at=not_before, reason=reason)

    def hand_back(self, held: Mapping[str, int], now: datetime) -> Sequence[str]:
        """Rows that were claimed to be prepared and have not been: as if nobody had touched them. Returns which."""
        back = {"state": State.DUE, "lease_until": None, "wake_at": now, "attempts": t.c.attempts - 1, "fence": t.c.fence + 1}
        with self._database.write() as on:
            return [
                id
                for id, fence in held.items()
                if on.execute(update(t).where(_mine(id, fence), t.c.state == State.PREPARING).values(back)).rowcount == 1
            ]

    def end_many(self, ends: Iterable[End], now: datetime) -> Sequence[str]:
        """Runs that came to nothing, in one transaction. Returns those that somebody else has taken over."""
        alike: dict[tuple[Outcome, str], list[End]] = {}
        for end in ends:
            alike.setdefault((end.outcome, end.reason), []).append(end)
        lost: list[str] = []
        with self._database.write() as on:
            for (outcome, reason), some in alike.items():
                mine = and_(tuple_(t.c.id, t.c.fence).in_([(end.id, end.fence) for end in some]), t.c.state != State.ENDED)
                done = set(on.execute(update(t).where(mine).values(_ended(outcome, reason, now)).returning(t.c.id)).scalars())
                self._settle(on, list(done), reason)
                lost += [end.id for end in some if end.id not in done]
        return lost

    def end(self, id: str, fence: int, outcome: Outcome, reason: str, now: datetime) -> None:
        with self._database.write() as on:
            self.end_on(on, id, fence, outcome, reason, now)

    def end_on(self, on: Connection, id: str, fence: int, outcome: Outcome, reason: str, now: datetime) -> None:
        self.hold(on, id, fence, **_ended(outcome, reason, now))
        self._settle(on, [id], reason)

    @staticmethod
    def _settle(on: Connection, ids: Sequence[str] | Any, why: str) -> None:
        """What was prepared and did not go out goes out no more."""
        d = tables.delivery
        waits = and_(d.c.occurrence.in_(ids), d.c.state == DeliveryState.PENDING)
        on.execute(update(d).where(waits).values(state=DeliveryState.SKIPPED, error=why))

    def release_all(self, now: datetime) -> int:
        """For the only service on its database, at start: whoever held a lease is dead."""
        with self._database.write() as on:
            gone = {"lease_until": now - timedelta(seconds=1), "wake_at": now}
            return on.execute(update(t).where(_OPEN, t.c.lease_until > now).values(gone)).rowcount

    def reserve(self, id: str, now: datetime, until: datetime) -> bool:
        """For whoever needs a while before it can claim: nobody is rung for this row until then. False: somebody else does."""
        with self._database.write() as on:
            return on.execute(update(t).where(t.c.id == id, t.c.wake_at <= now + RING_AGAIN).values(wake_at=until)).rowcount == 1

    def died(self, id: str, fence: int, now: datetime) -> None:
        """Whoever claimed it after `fence` is known to have ended: nobody has to wait for the lease."""
        held = and_(t.c.id == id, t.c.fence > fence, t.c.state.in_(RUNNING))
        with self._database.write() as on:
            on.execute(update(t).where(held).values(lease_until=now - timedelta(seconds=1), wake_at=now))

    def let_go(self, held: Mapping[str, int], now: datetime) -> None:
        """Runs ({id: fence}) that are over, of which nobody could write so: whoever asks next gets them. Where somebody has taken one
        since, its lease had run out while its holder lived.
        """
        with self._database.write() as on:
            for id, fence in held.items():
                mine = and_(_mine(id, fence), t.c.lease_until.is_not(None))
                freed = {"state": case((t.c.state == State.PREPARING, State.DUE.value), else_=t.c.state), "lease_until": None}
                if on.execute(update(t).where(mine).values(freed | {"wake_at": now})).rowcount == 0:
                    self._survived(on, id, fence)

    def survived(self, id: str, fence: int) -> None:
        """Whoever claimed it as `fence` lost its lease and lives: the database was away, or its machine slept. It did not die of it."""
        with self._database.write() as on:
            self._survived(on, id, fence)

    @staticmethod
    def _survived(on: Connection, id: str, fence: int) -> None:
        counted = and_(t.c.id == id, t.c.fence > fence, t.c.deaths > 0, _OPEN)
        on.execute(update(t).where(counted).values(deaths=t.c.deaths - 1))

    def retry(self, id: str, now: datetime, useful: timedelta) -> bool:
        """By hand: a run that failed is due once more, with everything that was counted against it forgotten."""
        failed = and_(t.c.id == id, t.c.outcome == Outcome.FAILED)
        until = case((t.c.useful_until > now + useful, t.c.useful_until), else_=now + useful)
        with self._database.write() as on:
            begun = select(tables.delivery.c.id).where(
                tables.delivery.c.occurrence == id, tables.delivery.c.state.in_(("sent", "unknown"))
            )
            values = _AGAIN | {"outcome": None, "reason": "", "ended_at": None, "deaths": 0, "prepare_at": now, "wake_at": now}
            return on.execute(update(t).where(failed, ~exists(begun)).values(values | {"useful_until": until})).rowcount == 1

    # --- the sweep -----------------------------------------------------------------------------------------------------

    def sweep(self, now: datetime, limit: int = 1000) -> Sequence[Ring]:
        """Rows whose moment has come, oldest first, each for whoever asks first: the next one finds them `RING_AGAIN` later."""
        due = select(t.c.id).where(t.c.wake_at <= now).order_by(t.c.wake_at).limit(limit)
        if not self._database.is_sqlite:
            due = due.with_for_update(skip_locked=True)
        with self._database.read() as on:  # most ticks: nobody is kept from writing
            if on.execute(select(t.c.id).where(t.c.wake_at <= now).limit(1)).first() is None:
                return []
        with self._database.write() as on:
            rung = update(t).where(t.c.id.in_(due)).values(wake_at=now + RING_AGAIN)
            rows = on.execute(rung.returning(t.c.id, t.c.job, t.c.state, t.c.deaths, t.c.lease_until, t.c.due_at)).all()
        return [Ring(row.id, queue_of(row.job, row.state, row.deaths, row.lease_until)) for row in sorted(rows, key=_due_first)]

    def next_moment(self, after: datetime, until: datetime) -> datetime | None:
        """The first moment in (after, until] at which the clock has something to do: an occurrence or a cadence waits for it."""
        with self._database.read() as on:
            moments = (t.c.wake_at, tables.cadence.c.next_at)
            found = [on.execute(_first_of(at, after, until)).scalar_one_or_none() for at in moments]
        return min(filter(None, found), default=None)

    # --- reading -------------------------------------------------------------------------------------------------------

    def get(self, id: str) -> Occurrence | None:
        rows = self._database.ask(q.OCCURRENCE, id=id)
        return _read(rows[0]._asdict()) if rows else None

    def sealed(self, id: str) -> bytes | None:
        rows = self._database.ask(q.DRAFT, id=id)
        return rows[0].sealed if rows else None

    def waiting(self, now: datetime, limit: int = 500, patience: timedelta = timedelta()) -> Sequence[Ring]:
        """What somebody could work on now and `patience` ago, oldest due first, whether it was rung for or not."""
        before = now - patience
        free = or_(t.c.lease_until.is_(None), t.c.lease_until < now)
        rested = or_(t.c.not_before.is_(None), t.c.not_before <= before)
        ready = or_(
            and_(t.c.state.in_((State.DUE, State.PREPARING)), t.c.prepare_at <= before),
            and_(t.c.state.in_((State.PREPARED, State.DELIVERING)), t.c.due_at <= before),
        )
        columns = (t.c.id, t.c.job, t.c.state, t.c.deaths, t.c.lease_until)
        query = select(*columns).where(t.c.wake_at <= now + RING_AGAIN, ready, free, rested).order_by(t.c.due_at).limit(limit)
        with self._database.read() as on:
            return [Ring(row.id, queue_of(row.job, row.state, row.deaths, row.lease_until)) for row in on.execute(query)]

    def recent(self, person: str, limit: int = 20) -> Sequence[Occurrence]:
        return self._list(t.c.person == person, t.c.ended_at.is_not(None), order=(t.c.ended_at.desc(),), limit=limit)

    def open(self, person: str, limit: int = 50) -> Sequence[Occurrence]:
        return self._list(t.c.person == person, _OPEN, order=(t.c.due_at,), limit=limit)

    def missed(self, person: str, since: datetime, until: datetime) -> Sequence[Occurrence]:
        return [_read(row._asdict()) for row in self._database.ask(q.MISSED, person=person, since=since, until=until)]

    def last(self, person: str, cadence: str, outcome: Outcome, before: datetime) -> Occurrence | None:
        rows = self._database.ask(q.LAST, person=person, cadence=cadence, outcome=outcome.value, before=before)
        return _read(rows[0]._asdict()) if rows else None

    def _list(self, *where: Any, order: tuple[Any, ...], limit: int) -> Sequence[Occurrence]:
        with self._database.read() as on:
            rows = on.execute(select(t).where(*where).order_by(*order).limit(limit)).mappings()
            return [_read(row) for row in rows]


def _first_of(at: Any, after: datetime, until: datetime) -> Any:
    """By its index: of a million that wait, only the first is looked at."""
    return select(at).where(at > after, at <= until).order_by(at).limit(1)


def queue_of(job: str, state: str, deaths: int, lease_until: datetime | None) -> str:
    """Which kind of work a row waits for."""
    died = state in RUNNING and lease_until is not None
    if deaths + died >= SUSPECT:
        return ALONE
    return DELIVER if state in (State.PREPARED, State.DELIVERING) else job


def _due_first(row: Any) -> datetime:
    at: datetime = row.due_at
    return at


_AGAIN: dict[str, Any] = {"state": State.DUE, "attempts": 0, "not_before": None}


def _times(slot: Slot) -> dict[str, Any]:
    return {"prepare_at": slot.prepare_at, "due_at": slot.due_at, "useful_until": slot.useful_until}


def _ended(outcome: Outcome, reason: str, now: datetime) -> dict[str, Any]:
    nothing = dict.fromkeys(("lease_until", "not_before", "wake_at"))
    return {"state": State.ENDED, "outcome": outcome, "reason": reason, "ended_at": now} | nothing


def _mine(id: str, fence: int) -> Any:
    return and_(t.c.id == id, t.c.fence == fence, t.c.state != State.ENDED)


def _read(row: Mapping[str, Any] | RowMapping) -> Occurrence:
    values = {name: row[name] for name in Occurrence.__slots__ if name in row}
    values["state"] = State(row["state"])
    values["outcome"] = Outcome(row["outcome"]) if row["outcome"] else None
    return Occurrence(**values)
