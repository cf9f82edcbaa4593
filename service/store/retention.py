"""What ages out: bodies, artefacts and closed rows, in batches small enough that nobody waits for the lock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, exists, select, update

from service.domain.items import Message
from service.domain.ledger import Outcome
from service.domain.people import Retention
from service.domain.verdicts import Verdict
from service.store import tables
from service.store.artefacts import ArtefactStore
from service.store.codec import Codec
from service.store.database import Database

BATCH = 200
IDLE_ROWS = timedelta(days=14)
"""How long it is kept that an interval had nothing to say: there are hundreds a day, and each says the same."""
t, o = tables.item, tables.occurrence


@dataclass(frozen=True, slots=True)
class Pruner:
    database: Database
    codec: Codec
    artefacts: ArtefactStore

    def prune(self, person: str, keep: Retention, now: datetime) -> int:
        """One batch of each kind; returns how many rows it touched. Called again for as long as that isn't 0."""
        return (
            self._trim_bodies(person, now - keep.bodies)
            + self._drop_artefacts(person, now - keep.artefacts)
            + self._drop_rows(person, now - keep.ledger, now - IDLE_ROWS)
            + self._drop_proposals(person, now - keep.ledger)
        )

    def _trim_bodies(self, person: str, before: datetime) -> int:
        """Who wrote when about what stays; the words go, and with them what triage quoted of them."""
        old = and_(t.c.person == person, t.c.kind == "message", t.c.at < before, t.c.trimmed.is_(False))
        with self.database.write() as on:
            rows = on.execute(select(t.c.id, t.c.sealed, t.c.verdict).where(old).limit(BATCH)).all()
            for row in rows:
                message = replace(self.codec.unpack(row.sealed, Message), text="", reply_text="", links=())
                values = {"sealed": self.codec.pack(message), "trimmed": True}
                if row.verdict:
                    verdict = replace(self.codec.unpack(row.verdict, Verdict), requests=(), commitments=(), dates=())
                    values["verdict"] = self.codec.pack(verdict)
                on.execute(update(t).where(t.c.person == person, t.c.kind == "message", t.c.id == row.id).values(values))
        return len(rows)

    def _drop_artefacts(self, person: str, before: datetime) -> int:
        """Rows first: a row never points at a file that isn't there."""
        a, n = tables.artefact, tables.notice
        query = (
            select(a.c.notice, a.c.name, a.c.path)
            .join(n, n.c.id == a.c.notice)
            .join(o, o.c.id == n.c.occurrence)
            .where(a.c.person == person, a.c.made_at < before, o.c.ended_at.is_not(None))
            .limit(BATCH)
        )
        with self.database.write() as on:
            rows = on.execute(query).all()
            for row in rows:
                on.execute(delete(a).where(a.c.notice == row.notice, a.c.name == row.name))
        for row in rows:
            self.artefacts.remove(row.path)
        return len(rows)

    def _drop_rows(self, person: str, before: datetime, idle_before: datetime) -> int:
        ended = and_(o.c.person == person, o.c.ended_at.is_not(None))
        idle = and_(ended, o.c.ended_at < idle_before, o.c.outcome == Outcome.SKIPPED, o.c.slot.like("____-__-__T__:__:__Z"))
        with self.database.write() as on:
            ids = [
                *on.execute(select(o.c.id).where(ended, o.c.ended_at < before).limit(BATCH)).scalars(),
                *on.execute(select(o.c.id).where(idle).limit(BATCH)).scalars(),
            ]
            if ids:
                on.execute(delete(o).where(o.c.id.in_(ids)))  # notices, deliveries and told facts go along
        return len(ids)

    def _drop_proposals(self, person: str, before: datetime) -> int:
        """Approvals and acts go along; one that is still being carried out stays."""
        p, act = tables.proposal, tables.act
        under_way = exists().where(act.c.proposal == p.c.id, act.c.ended_at.is_(None))
        old = select(p.c.id).where(p.c.person == person, p.c.proposed_at < before, ~under_way).limit(BATCH)
        with self.database.write() as on:
            ids = on.execute(old).scalars().all()
            if ids:
                on.execute(delete(p).where(p.c.id.in_(ids)))
        return len(ids)
