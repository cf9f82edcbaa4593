"""Proposals being carried out: each begun, acted and settled alone, as deliveries are.

`acting` is committed before the first byte, with the approval that it spends or the place that it takes among a rule's of the day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, func, insert, or_, select, update

from service.domain.proposals import OVER, Act, ActState, Pass, Receipt
from service.store.approvals import Approvals
from service.store.codec import Codec
from service.store.database import Database
from service.store.erasure import refuse_erased
from service.store.tables import act as t
from service.store.tables import approval as a
from service.store.tables import proposal as p

MOST_LISTED = 500


@dataclass(frozen=True, slots=True)
class Held:
    """An act that this process carries out. `doubtful`: an earlier attempt may have happened."""

    act: Act
    fence: int
    doubtful: bool = False


class Acts:
    def __init__(self, database: Database, codec: Codec) -> None:
        self._database, self._codec = database, codec

    def begin(self, granted: Pass, now: datetime, lease: timedelta, today: datetime) -> Held | None:
        """Begins what nobody has begun. None: somebody has, the person said no, the approval was used, or the rule has been used
        as often as it may be since `today`.
        """
        proposal = granted.proposal
        with self._database.write() as on:
            refuse_erased(on, proposal.person)
            self._database.alone_in(on, (("act", proposal.id), ("rule", proposal.person, granted.rule)))
            if not _untouched(on, granted, now) or not _spent(on, granted, now, today):
                return None
            row = {
                "proposal": proposal.id,
                "person": proposal.person,
                "tool": proposal.tool,
                "account": proposal.account,
                "by": granted.by,
                "rule": granted.rule,
                "state": ActState.ACTING.value,
                "attempts": 1,
                "fence": 1,
                "lease_until": now + lease,
                "begun_at": now,
            }
            on.execute(insert(t), row)
        act = self.get(proposal.id)
        assert act is not None, "it has just been written"
        return Held(act, 1)

    def take_up(self, id: str, now: datetime, lease: timedelta) -> Held | None:
        """One that waits for another attempt, or whose worker ended in the middle of one. None: neither is so."""
        crashed = and_(t.c.state == ActState.ACTING, t.c.lease_until < now)
        waiting = and_(t.c.state == ActState.WAITING, or_(t.c.not_before.is_(None), t.c.not_before <= now))
        with self._database.write() as on:
            row = on.execute(select(t).where(t.c.proposal == id, or_(crashed, waiting))).mappings().one_or_none()
            if row is None:
                return None
            doubtful = bool(row["doubtful"]) or row["state"] == ActState.ACTING
            values = {"state": ActState.ACTING.value, "fence": row["fence"] + 1, "attempts": row["attempts"] + 1}
            values |= {"lease_until": now + lease, "doubtful": doubtful}
            if on.execute(update(t).where(t.c.proposal == id, t.c.fence == row["fence"]).values(values)).rowcount != 1:
                return None
            return Held(self._read({**row, **values}), row["fence"] + 1, doubtful)

    def begin_undo(self, id: str, now: datetime, lease: timedelta) -> Held | None:
        """What was done, or whose undoing ended in the middle. None: neither is so."""
        broken_off = and_(t.c.state == ActState.UNDOING, t.c.lease_until < now)
        with self._database.write() as on:
            row = (
                on.execute(select(t).where(t.c.proposal == id, or_(t.c.state == ActState.DONE, broken_off)))
                .mappings()
                .one_or_none()
            )
            if row is None:
                return None
            values = {"state": ActState.UNDOING.value, "fence": row["fence"] + 1, "lease_until": now + lease}
            if on.execute(update(t).where(t.c.proposal == id, t.c.fence == row["fence"]).values(values)).rowcount != 1:
                return None
            return Held(self._read({**row, **values}), row["fence"] + 1)

    def renew(self, held: Held, until: datetime) -> bool:
        """Asked right before I/O. False: the lease ran out and somebody else has taken over, or everything was erased."""
        with self._database.write() as on:
            return on.execute(update(t).where(_mine(held)).values(lease_until=until)).rowcount == 1

    def settle(
        self,
        held: Held,
        state: ActState,
        now: datetime,
        *,
        error: str = "",
        receipt: Receipt | None = None,
        not_before: datetime | None = None,
        doubtful: bool = False,
    ) -> bool:
        """What became of an attempt. False: somebody else has taken over, and their word counts. The receipt there is stays."""
        values: dict[str, Any] = {"state": state.value, "error": error, "not_before": not_before, "doubtful": doubtful}
        values |= {"lease_until": None, "ended_at": now if state in OVER else None}
        if receipt is not None:
            values["sealed"] = self._codec.pack(receipt)
        with self._database.write() as on:
            return on.execute(update(t).where(_mine(held)).values(values)).rowcount == 1

    def release_all(self, now: datetime) -> None:
        """For the only service on its database, at start: whoever was acting is dead, and what it did is in doubt."""
        ours = t.c.state.in_((ActState.ACTING, ActState.UNDOING))
        with self._database.write() as on:
            on.execute(update(t).where(ours).values(lease_until=now - timedelta(seconds=1)))

    # --- reading ------------------------------------------------------------------------------------------------------------

    def get(self, id: str) -> Act | None:
        with self._database.read() as on:
            row = on.execute(select(t).where(t.c.proposal == id)).mappings().one_or_none()
        return self._read(row) if row else None

    def left(self, person: str, now: datetime) -> Sequence[Act]:
        """Those that somebody has to take up by now, oldest first."""
        crashed = and_(t.c.state == ActState.ACTING, t.c.lease_until < now)
        waiting = and_(t.c.state == ActState.WAITING, or_(t.c.not_before.is_(None), t.c.not_before <= now))
        return self._all(t.c.begun_at, t.c.person == person, t.c.ended_at.is_(None), or_(crashed, waiting))

    def since(self, person: str, since: datetime, until: datetime) -> Sequence[Act]:
        """Begun then, newest first."""
        return self._all(t.c.begun_at.desc(), t.c.person == person, t.c.begun_at >= since, t.c.begun_at < until)

    def _all(self, order: ColumnElement[datetime], *where: ColumnElement[bool]) -> Sequence[Act]:
        query = select(t).where(*where).order_by(order, t.c.proposal).limit(MOST_LISTED)
        with self._database.read() as on:
            return [self._read(row) for row in on.execute(query).mappings()]

    def _read(self, row: RowMapping | dict[str, Any]) -> Act:
        said = {name: row[name] for name in Act.__slots__ if name in row}
        receipt = self._codec.unpack(row["sealed"], Receipt) if row["sealed"] else None
        return Act(**{**said, "state": ActState(row["state"]), "receipt": receipt})


@dataclass(frozen=True, slots=True)
class StoredDeeds:
    """`ports.Deeds` of one person."""

    person: str
    acts: Acts
    approvals: Approvals

    def since(self, since: datetime, until: datetime) -> Sequence[Act]:
        return self.acts.since(self.person, since, until)

    def waiting(self, now: datetime) -> int:
        return self.approvals.count_waiting(self.person, now)


def _mine(held: Held) -> ColumnElement[bool]:
    acting = t.c.state.in_((ActState.ACTING, ActState.UNDOING))
    return and_(t.c.proposal == held.act.proposal, t.c.fence == held.fence, acting)


def _untouched(on: Connection, granted: Pass, now: datetime) -> bool:
    unexpired = or_(p.c.expires_at.is_(None), p.c.expires_at > now)
    mine = and_(p.c.id == granted.proposal.id, p.c.digest == granted.proposal.digest, p.c.rejected_at.is_(None), unexpired)
    there = on.execute(select(p.c.id).where(mine)).first() is not None
    return there and on.execute(select(t.c.proposal).where(t.c.proposal == granted.proposal.id)).first() is None


def _spent(on: Connection, granted: Pass, now: datetime, today: datetime) -> bool:
    proposal = granted.proposal
    if granted.rule:
        used = select(func.count()).where(t.c.person == proposal.person, t.c.rule == granted.rule, t.c.begun_at >= today)
        return int(on.execute(used).scalar_one()) < granted.at_most
    mine = and_(a.c.proposal == proposal.id, a.c.digest == proposal.digest, a.c.spent_at.is_(None), a.c.expires_at > now)
    return on.execute(update(a).where(mine).values(spent_at=now)).rowcount == 1
