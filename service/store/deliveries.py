"""Notices, their files and their deliveries: what was said, to which channel, and what is known of its arrival."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, and_, delete, func, insert, or_, select, update

from service.domain.delivery import Audience, Delivery, DeliveryState, Draft, IdempotencyKey, Notice, Rendered
from service.domain.ledger import Occurrence, Outcome
from service.store import questions as q
from service.store import tables
from service.store.artefacts import ArtefactStore
from service.store.asking import Asked
from service.store.codec import Codec
from service.store.database import Database

t = tables.delivery
FINAL = (DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.UNKNOWN, DeliveryState.SKIPPED)


class Deliveries:
    """`secret` makes Message-IDs that nobody outside can guess."""

    def __init__(self, database: Database, codec: Codec, artefacts: ArtefactStore, secret: bytes) -> None:
        self._database, self._codec, self._artefacts, self._secret = database, codec, artefacts, secret

    # --- storing a draft, inside the fenced transaction of its occurrence --------------------------------------------------

    def write_files(self, occurrence: Occurrence, draft: Draft) -> Mapping[str, Sequence[tuple[Rendered, str]]]:
        """Files first: a row never points at a file that isn't there. A crash in between leaves files that `prune` takes."""
        written = {}
        for notice in draft.notices:
            id = notice_id(occurrence, notice.audience)
            written[id] = [(file, self._artefacts.put(id, file.name, file.data)) for file in notice.files]
        return written

    def discard(self, files: Mapping[str, Sequence[tuple[Rendered, str]]]) -> None:
        """Files that were written for rows which then were not; those that a row points at stay."""
        paths = [path for written in files.values() for _, path in written]
        with self._database.read() as on:
            there = set(on.execute(select(tables.artefact.c.path).where(tables.artefact.c.path.in_(paths))).scalars())
        for path in set(paths) - there:
            self._artefacts.remove(path)

    def store(
        self,
        on: Connection,
        occurrence: Occurrence,
        draft: Draft,
        channels: Mapping[str, Audience],
        interrupting: frozenset[str],
        files: Mapping[str, Sequence[tuple[Rendered, str]]],
        now: datetime,
    ) -> None:
        """Replaces what an earlier, unsent preparation left, but for how often a channel was tried and how long it asked to be left
        alone. One delivery a channel, of the notice made for its audience.
        """
        tried = self._taken_back(on, occurrence.id) if occurrence.prepared_at else {}
        by_audience = {notice.audience: notice for notice in draft.notices}
        for notice in draft.notices:
            self._store_notice(on, occurrence, notice, files, now)
        for name, audience in channels.items():
            if audience in by_audience:
                self.add(
                    on, occurrence, notice_id(occurrence, audience), name, interrupts=name in interrupting, before=tried.get(name)
                )
        told = [
            {
                "person": occurrence.person,
                "occurrence": occurrence.id,
                "cadence": occurrence.cadence,
                "key": fact.key,
                "version": fact.version,
                "due_at": occurrence.due_at,
            }
            for fact in {fact.key: fact for fact in draft.facts}.values()
        ]
        if told:
            on.execute(insert(tables.told), told)

    def _taken_back(self, on: Connection, occurrence: str) -> Mapping[str, Delivery]:
        """What was prepared is gone; returns how its deliveries stood, by channel."""
        tried = {d.channel: d for d in self._of(on, occurrence)}
        on.execute(delete(tables.notice).where(tables.notice.c.occurrence == occurrence))
        on.execute(delete(tables.told).where(tables.told.c.occurrence == occurrence))
        return tried

    def _store_notice(
        self,
        on: Connection,
        occurrence: Occurrence,
        notice: Notice,
        files: Mapping[str, Sequence[tuple[Rendered, str]]],
        now: datetime,
    ) -> None:
        id = notice_id(occurrence, notice.audience)
        row = {
            "id": id,
            "person": occurrence.person,
            "occurrence": occurrence.id,
            "audience": notice.audience.value,
            "sealed": self._codec.pack(replace(notice, files=())),
            "made_at": now,
        }
        on.execute(insert(tables.notice), row)
        written = [
            {
                "notice": id,
                "name": file.name,
                "person": occurrence.person,
                "role": file.role,
                "media_type": file.media_type,
                "path": path,
                "size": len(file.data),
                "made_at": now,
            }
            for file, path in files.get(id, ())
        ]
        if written:
            on.execute(insert(tables.artefact), written)

    def add(
        self,
        on: Connection,
        occurrence: Occurrence,
        notice: str,
        channel: str,
        *,
        interrupts: bool = False,
        before: Delivery | None = None,
    ) -> None:
        key = hmac.digest(self._secret, f"{occurrence.id}/{channel}".encode(), "sha256").hex()[:40]
        row = {
            "id": notice[:8] + hashlib.sha256(f"{notice}/{channel}".encode()).hexdigest()[:24],
            "person": occurrence.person,
            "occurrence": occurrence.id,
            "notice": notice,
            "channel": channel,
            "key": key,
            "state": DeliveryState.PENDING.value,
            "interrupts": interrupts,
            "attempts": before.attempts if before else 0,
            "not_before": before.not_before if before else None,
        }
        on.execute(insert(t), row)

    # --- one delivery -------------------------------------------------------------------------------------------------------

    def of(self, occurrence: str) -> Sequence[Delivery]:
        return [_read(row._asdict()) for row in self._database.ask(q.DELIVERIES, occurrence=occurrence)]

    @staticmethod
    def _of(on: Connection, occurrence: str) -> Sequence[Delivery]:
        return [_read(row) for row in on.execute(q.DELIVERIES, {"occurrence": occurrence}).mappings()]

    def claim(
        self, id: str, now: datetime, lease: timedelta, *, most: tuple[int, datetime] | None = None
    ) -> tuple[Delivery, int, bool] | None:
        """Marks a delivery as `sending` before its first byte. Returns it with its fence and whether an attempt may have arrived.
        `most`: no more than so many pushes since then, counted under the same lock, so that of two the budget lets one through.
        """
        crashed = and_(t.c.state == DeliveryState.SENDING, t.c.lease_until < now)
        waiting = and_(t.c.state == DeliveryState.PENDING, or_(t.c.not_before.is_(None), t.c.not_before <= now))
        with self._database.write() as on:
            row = on.execute(select(t).where(t.c.id == id, or_(crashed, waiting))).mappings().one_or_none()
            if row is None:
                return None
            if most:
                self._database.alone(on, "budget", row["person"])
            if most and on.execute(_interruptions(row["person"], most[1])).scalar_one() >= most[0]:
                return None
            doubtful = bool(row["doubtful"]) or row["state"] == DeliveryState.SENDING
            values = {
                "state": DeliveryState.SENDING,
                "fence": row["fence"] + 1,
                "attempts": row["attempts"] + 1,
                "lease_until": now + lease,
                "doubtful": doubtful,
            }
            if on.execute(update(t).where(t.c.id == id, t.c.fence == row["fence"]).values(values)).rowcount != 1:
                return None
            return replace(_read(row), state=DeliveryState.SENDING, attempts=row["attempts"] + 1), row["fence"] + 1, doubtful

    def renew(self, id: str, fence: int, until: datetime) -> bool:
        """Asked right before I/O. False: the lease ran out meanwhile, and another worker has taken over."""
        mine = and_(t.c.id == id, t.c.fence == fence, t.c.state == DeliveryState.SENDING)
        with self._database.write() as on:
            return on.execute(update(t).where(mine).values(lease_until=until)).rowcount == 1

    def settle(
        self,
        id: str,
        fence: int,
        state: DeliveryState,
        *,
        error: str = "",
        receipt: str = "",
        sent_at: datetime | None = None,
        not_before: datetime | None = None,
        doubtful: bool = False,
    ) -> bool:
        """What became of an attempt. False: another worker took over meanwhile, and its word counts."""
        values = {
            "state": state,
            "error": error,
            "receipt": receipt,
            "sent_at": sent_at,
            "not_before": not_before,
            "doubtful": doubtful,
        }
        with self._database.write() as on:
            mine = and_(t.c.id == id, t.c.fence == fence, t.c.state == DeliveryState.SENDING)
            return on.execute(update(t).where(mine).values(values | {"lease_until": None})).rowcount == 1

    def postpone(self, id: str, not_before: datetime, why: str) -> None:
        with self._database.write() as on:
            on.execute(update(t).where(t.c.id == id, t.c.state == DeliveryState.PENDING).values(not_before=not_before, error=why))

    def drop(self, id: str, why: str) -> None:
        with self._database.write() as on:
            on.execute(
                update(t).where(t.c.id == id, t.c.state == DeliveryState.PENDING).values(state=DeliveryState.SKIPPED, error=why)
            )

    def give_up(self, occurrence: str, why: str) -> Outcome:
        """Nothing more is tried. Returns how the occurrence ends: unknown where something may have arrived."""
        mine = t.c.occurrence == occurrence
        with self._database.write() as on:
            for state, then in ((DeliveryState.SENDING, DeliveryState.UNKNOWN), (DeliveryState.PENDING, DeliveryState.FAILED)):
                values = {"state": then, "error": why, "lease_until": None, "fence": t.c.fence + 1}
                on.execute(update(t).where(mine, t.c.state == state).values(values))
            there = set(on.execute(select(t.c.state).where(mine)).scalars())
        if DeliveryState.SENT in there:
            return Outcome.SENT
        return Outcome.UNKNOWN if DeliveryState.UNKNOWN in there else Outcome.FAILED

    def release_all(self, now: datetime) -> None:
        """For the only service on its database, at start: whoever was sending is dead, and what it sent is in doubt."""
        with self._database.write() as on:
            on.execute(update(t).where(t.c.state == DeliveryState.SENDING).values(lease_until=now - timedelta(seconds=1)))

    # --- reading ------------------------------------------------------------------------------------------------------------

    @staticmethod
    def standing(occurrence: str) -> Sequence[Asked]:
        """What `of` and `begun` ask, to be asked ahead."""
        return [(q.DELIVERIES, {"occurrence": occurrence}), (q.BEGUN, {"occurrence": occurrence})]

    def begun(self, occurrence: str) -> bool:
        """Whether anything of it went out, or may have, or failed for good: then it is not made anew."""
        return bool(self._database.ask(q.BEGUN, occurrence=occurrence))

    def notice(self, id: str) -> Notice:
        """With its files."""
        with self._database.at_once([(q.NOTICE, {"id": id}), (q.FILES, {"id": id})]):
            (notice,), files = self._database.ask(q.NOTICE, id=id), self._database.ask(q.FILES, id=id)
        rendered = tuple(Rendered(f.role, f.name, f.media_type, self._artefacts.get(f.path)) for f in files)
        return replace(self._codec.unpack(notice.sealed, Notice), files=rendered)

    def audiences(self, occurrence: str) -> Sequence[tuple[str, Audience]]:
        """Notices by id and for whom each was made, the person's own first."""
        n = tables.notice
        with self._database.read() as on:
            rows = on.execute(select(n.c.id, n.c.audience).where(n.c.occurrence == occurrence).order_by(n.c.audience.desc()))
            return [(row.id, Audience(row.audience)) for row in rows]

    def notices(self, occurrence: str) -> Sequence[Notice]:
        """The person's own first."""
        query = (
            select(tables.notice.c.id).where(tables.notice.c.occurrence == occurrence).order_by(tables.notice.c.audience.desc())
        )
        with self._database.read() as on:
            ids = on.execute(query).scalars().all()
        return [self.notice(id) for id in ids]

    def priority(self, notice: str) -> str:
        ((sealed,),) = self._database.ask(q.NOTICE, id=notice)
        return self._codec.unpack(sealed, Notice).priority

    def interruptions(self, person: str, since: datetime) -> int:
        """How many pushes went out since then, or are about to: for the daily budget."""
        with self._database.read() as on:
            return int(on.execute(_interruptions(person, since)).scalar_one())

    def failures(self, person: str, since: datetime) -> Sequence[Delivery]:
        bad = and_(t.c.person == person, t.c.state.in_((DeliveryState.FAILED, DeliveryState.UNKNOWN)))
        recent = (
            select(t)
            .join(tables.occurrence, tables.occurrence.c.id == t.c.occurrence)
            .where(bad, tables.occurrence.c.due_at >= since)
        )
        with self._database.read() as on:
            return [_read(row) for row in on.execute(recent).mappings()]

    def told(self, person: str, cadence: str, before: datetime, besides: str = "") -> Mapping[str, str]:
        """Fact key → the version last said in an occurrence that was sent, may have been, or is on its way: what waits for a
        second attempt is not said again by the next one. Where it fails in the end, it was not told. `besides` is left out: an
        occurrence that is looked at again just before it goes out has not told itself.
        """
        rows = self._database.ask(q.TOLD, person=person, cadence=cadence, before=before, besides=besides)
        return {row.key: row.version for row in rows}

    def is_ours(self, person: str, message_ids: Iterable[str]) -> frozenset[str]:
        keys = {id.partition("@")[0]: id for id in message_ids}
        with self._database.read() as on:
            found = on.execute(select(t.c.key).where(t.c.person == person, t.c.key.in_(list(keys)))).scalars()
            return frozenset(keys[key] for key in found)


def _interruptions(person: str, since: datetime) -> Select[int]:
    going = or_(t.c.sent_at >= since, t.c.state == DeliveryState.SENDING)
    return select(func.count()).where(t.c.person == person, t.c.interrupts, going)


def notice_id(occurrence: Occurrence, audience: Audience) -> str:
    """Begins with its occurrence's day, as every id of the ledger does."""
    return occurrence.id[:8] + hashlib.sha256(f"{occurrence.id}/{audience}".encode()).hexdigest()[:24]


def _read(row: Mapping[str, Any] | RowMapping) -> Delivery:
    return Delivery(
        id=row["id"],
        person=row["person"],
        occurrence=row["occurrence"],
        notice=row["notice"],
        channel=row["channel"],
        key=IdempotencyKey(row["key"]),
        state=DeliveryState(row["state"]),
        attempts=row["attempts"],
        not_before=row["not_before"],
        error=row["error"],
        receipt=row["receipt"],
        sent_at=row["sent_at"],
        interrupts=row["interrupts"],
    )
