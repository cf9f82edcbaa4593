"""What a restored copy must not do: send anything that the service it was made of may have sent after the backup.

Whatever was due between the backup and the first start of the copy may have gone out, so it ends in the open. That holds for
rows (`settle`) and for slots that had no row yet (`Restorations.silent`): the planner records those as skipped.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, func, insert, or_, select, update

from service.domain.delivery import DeliveryState
from service.domain.ledger import Outcome, State
from service.domain.proposals import ActState
from service.store import tables
from service.store.database import EVERYBODY, Database, acting_as

t, o, d = tables.restoration, tables.occurrence, tables.delivery


@dataclass(frozen=True, slots=True)
class Silence:
    """Slots that had no row at `start` and were due by `end` may have been said by another service; those due before `start` as
    well, for a service that was stopped at their time catches up on them once it runs again. `end` None: no service has started
    here yet.
    """

    start: datetime
    end: datetime | None

    def covers(self, due_at: datetime) -> bool:
        return self.end is None or due_at <= self.end

    @property
    def reason(self) -> str:
        return f"restored from a backup of {self.start:%Y-%m-%d %H:%M} UTC: it may have gone out after that"


class Restorations:
    """Asked for every slot that is planned, so what can't change any more is remembered."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: tuple[Silence, ...] | None = None

    def take_up(self, now: datetime) -> bool:
        """Called by every clock and worker before its first look at the ledger. The first of them settles what came due since the
        restore: until then the service that the copy was made of may have been running still.
        """
        with self._database.read() as on:
            if on.execute(_untaken()).first() is None:
                return False
        with acting_as(EVERYBODY), self._database.write() as on:
            waiting = on.execute(_untaken().with_for_update()).all()
            for row in waiting:
                settle(on, Silence(row.made_at, now), now)
            on.execute(update(t).where(t.c.taken_up_at.is_(None)).values(taken_up_at=now))
            return bool(waiting)

    def silent(self, due_at: datetime) -> str:
        """Why a slot that was due then is not said here; "" where it is."""
        return next((silence.reason for silence in self._silences() if silence.covers(due_at)), "")

    def silent_until(self) -> datetime | None:
        """What happened before then may have been said by another service: jobs that look for what is new look no further back."""
        return max((silence.end for silence in self._silences() if silence.end), default=None)

    def _silences(self) -> tuple[Silence, ...]:
        if self._known is not None:
            return self._known
        query = select(t.c.made_at, t.c.taken_up_at).order_by(t.c.made_at)
        with self._database.read() as on:
            found = tuple(Silence(row.made_at, row.taken_up_at) for row in on.execute(query))
        if all(silence.end for silence in found):
            self._known = found
        return found


def record(on: Connection, backup: str, made_at: datetime, now: datetime) -> None:
    on.execute(insert(t).values(backup=backup, made_at=made_at, restored_at=now))


def settle(on: Connection, silence: Silence, now: datetime) -> None:
    """Ends what was open and due by now, and lets go of every lease. Fences grow past whatever anybody may still hold."""
    gone = (o.c.state != State.ENDED) & (o.c.due_at <= now)
    doubtful = or_(
        d.c.state == DeliveryState.SENDING,
        (d.c.state == DeliveryState.PENDING) & d.c.occurrence.in_(select(o.c.id).where(gone)),
    )
    unknown = {"state": DeliveryState.UNKNOWN, "error": silence.reason, "lease_until": None, "not_before": None}
    on.execute(update(d).where(doubtful).values(unknown | {"fence": _beyond(d, now)}))
    ended = {"state": State.ENDED, "outcome": Outcome.UNKNOWN, "reason": silence.reason, "ended_at": now}
    on.execute(
        update(o).where(gone).values(ended | {"lease_until": None, "not_before": None, "wake_at": None, "fence": _beyond(o, now)})
    )
    _let_go(on, now)


def _let_go(on: Connection, now: datetime) -> None:
    """What is due later goes on, held by nobody. A yes that was given before the backup, a rule's too, may have been acted upon
    after it.
    """
    later = o.c.state != State.ENDED
    again = case((o.c.state == State.PREPARING, State.DUE.value), else_=o.c.state)
    unprepared = o.c.state.in_((State.DUE, State.PREPARING))
    wake_at = func.coalesce(o.c.not_before, case((unprepared, o.c.prepare_at), else_=o.c.due_at))
    on.execute(update(o).where(later).values(state=again, lease_until=None, wake_at=wake_at, fence=_beyond(o, now)))
    on.execute(update(d).where(d.c.state == DeliveryState.PENDING).values(lease_until=None, fence=_beyond(d, now)))
    a, p, act = tables.account, tables.approval, tables.act
    on.execute(update(a).values(lease_until=None, fence=_beyond(a, now)))
    on.execute(update(p).where(p.c.spent_at.is_(None), p.c.expires_at > now).values(expires_at=now))
    asked = tables.proposal.c.rule != ""
    on.execute(update(tables.proposal).where(asked, tables.proposal.c.proposed_at <= now).values(expires_at=now))
    doubt = {"state": ActState.UNKNOWN, "error": "restored from a backup: it may have been done after that", "ended_at": now}
    on.execute(update(act).where(act.c.ended_at.is_(None)).values(doubt | {"lease_until": None, "fence": _beyond(act, now)}))


def _beyond(table: Any, now: datetime) -> Any:
    """One more would not do: whoever claimed the row after the backup counted on from the same number. Seconds since 1970 are
    above any count of claims, and above those of an earlier restore.
    """
    floor = int(now.timestamp())
    return case((table.c.fence >= floor, table.c.fence + 1), else_=floor)


def _untaken() -> Any:
    return select(t.c.made_at).where(t.c.taken_up_at.is_(None))
