"""Proposals and approvals in the store: what `service.actions` asks for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, exists, func, insert, or_, select, update

from service.domain.proposals import Approval, Proposal
from service.store.codec import Codec
from service.store.database import Database
from service.store.erasure import refuse_erased
from service.store.tables import act as done
from service.store.tables import approval as a
from service.store.tables import proposal as p

MOST_LISTED = 500


class Approvals:
    def __init__(self, database: Database, codec: Codec) -> None:
        self._database, self._codec = database, codec

    def file(self, proposal: Proposal) -> None:
        """Once: what is filed already stays as it is."""
        row = {
            "id": proposal.id,
            "person": proposal.person,
            "tool": proposal.tool,
            "digest": proposal.digest,
            "tier": int(proposal.tier),
            "sealed": self._codec.pack(proposal),
            "proposed_at": proposal.proposed_at,
            "rule": proposal.rule,
            "expires_at": proposal.expires_at,
        }
        with self._database.write() as on:
            refuse_erased(on, proposal.person)
            self._database.alone(on, "proposals", proposal.person)
            if on.execute(select(p.c.id).where(p.c.id == proposal.id)).first() is None:  # two accounts may hold the same item
                on.execute(insert(p), row)

    def proposal(self, id: str) -> Proposal | None:
        with self._database.read() as on:
            sealed = on.execute(select(p.c.sealed).where(p.c.id == id)).scalar_one_or_none()
        return self._codec.unpack(sealed, Proposal) if sealed else None

    def called(self, person: str, beginning: str) -> Sequence[Proposal]:
        """Those whose ids begin so, at most two: one is meant, several are not."""
        query = select(p.c.sealed).where(p.c.person == person, p.c.id.startswith(beginning, autoescape=True)).limit(2)
        with self._database.read() as on:
            return [self._codec.unpack(sealed, Proposal) for sealed in on.execute(query).scalars()]

    def waiting(self, person: str, now: datetime) -> Sequence[Proposal]:
        """Proposals that nobody has said yes or no to, oldest first."""
        return self._listed(person, and_(_open(now), ~_approved(now)))

    def count_waiting(self, person: str, now: datetime) -> int:
        mine = and_(p.c.person == person, _open(now), ~_approved(now))
        with self._database.read() as on:
            return int(on.execute(select(func.count()).select_from(p).where(mine)).scalar_one())

    def ready(self, person: str, now: datetime) -> Sequence[Proposal]:
        """Those that a rule asked for, or that were said yes to, and that nobody has begun to carry out; oldest first."""
        return self._listed(person, and_(_open(now), or_(p.c.rule != "", _approved(now))))

    def _listed(self, person: str, where: ColumnElement[bool]) -> Sequence[Proposal]:
        query = select(p.c.sealed).where(p.c.person == person, where).order_by(p.c.proposed_at, p.c.id).limit(MOST_LISTED)
        with self._database.read() as on:
            return [self._codec.unpack(sealed, Proposal) for sealed in on.execute(query).scalars()]

    def reject(self, id: str, now: datetime) -> bool:
        """The person's no. False: it was carried out already, or they said no before."""
        untouched = and_(p.c.id == id, p.c.rejected_at.is_(None), ~exists().where(done.c.proposal == p.c.id))
        with self._database.write() as on:
            self._database.alone(on, "act", id)
            return on.execute(update(p).where(untouched).values(rejected_at=now)).rowcount == 1

    def approve(self, approval: Approval) -> None:
        """A newer yes takes the place of one that was not used; a used one stays as it is, with its date."""
        proposal = self.proposal(approval.proposal)
        assert proposal is not None, "the gate has looked it up"
        row = {name: getattr(approval, name) for name in Approval.__slots__} | {"person": proposal.person}
        with self._database.write() as on:
            on.execute(delete(a).where(a.c.proposal == approval.proposal, a.c.spent_at.is_(None)))
            used = on.execute(select(a.c.proposal).where(a.c.proposal == approval.proposal)).first()
            if used is None:
                on.execute(insert(a), row)

    def approval(self, proposal: str) -> Approval | None:
        with self._database.read() as on:
            row = on.execute(a.select().where(a.c.proposal == proposal)).mappings().one_or_none()
        return Approval(**{name: row[name] for name in Approval.__slots__}) if row else None


def _open(now: datetime) -> ColumnElement[bool]:
    unexpired = or_(p.c.expires_at.is_(None), p.c.expires_at > now)
    return and_(p.c.rejected_at.is_(None), unexpired, ~exists().where(done.c.proposal == p.c.id))


def _approved(now: datetime) -> ColumnElement[bool]:
    return exists().where(a.c.proposal == p.c.id, or_(a.c.expires_at > now, a.c.spent_at.is_not(None)))
