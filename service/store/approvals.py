"""Proposals and approvals in the store: what `service.actions` asks for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from service.domain.proposals import Approval, Proposal
from service.store.codec import Codec
from service.store.database import Database
from service.store.erasure import refuse_erased
from service.store.tables import approval as a
from service.store.tables import proposal as p


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

    def waiting(self, person: str) -> Sequence[Proposal]:
        """Proposals without an approval, oldest first."""
        query = (
            select(p.c.sealed).join(a, a.c.proposal == p.c.id, isouter=True).where(p.c.person == person, a.c.proposal.is_(None))
        )
        with self._database.read() as on:
            return [self._codec.unpack(sealed, Proposal) for sealed in on.execute(query.order_by(p.c.proposed_at)).scalars()]

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

    def spend(self, proposal: str, now: datetime) -> bool:
        unspent = (a.c.proposal == proposal, a.c.spent_at.is_(None), a.c.expires_at > now)
        with self._database.write() as on:
            return on.execute(update(a).where(*unspent).values(spent_at=now)).rowcount == 1
