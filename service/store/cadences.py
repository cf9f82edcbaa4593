"""Cadences as the clock sees them: what to run, and when to look again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, RowMapping, and_, delete, insert, select, update

from service.domain.ledger import BeforeEvents, Cadence, Every, Timing, WallTimes
from service.store.database import Database
from service.store.tables import cadence as t

TIMINGS: dict[str, TypeAdapter[Any]] = {
    "wall": TypeAdapter(WallTimes),
    "every": TypeAdapter(Every),
    "events": TypeAdapter(BeforeEvents),
}


@dataclass(frozen=True, slots=True)
class Planned:
    """A cadence, where its wall clock hangs, and up to which due time every slot has its row."""

    cadence: Cadence
    timezone: str
    holidays: str
    planned_until: datetime
    next_at: datetime

    def document(self) -> dict[str, Any]:
        kind = _kind(self.cadence.timing)
        return {
            "job": self.cadence.job,
            "kind": kind,
            "timing": TIMINGS[kind].dump_python(self.cadence.timing, mode="json"),
            "to": list(self.cadence.to),
            "options": dict(self.cadence.options),
            "timezone": self.timezone,
            "holidays": self.holidays,
        }


class Cadences:
    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, on: Connection, planned: Planned, digest: str) -> None:
        """Where nothing that matters changed, the plan goes on as it stands: what is due stays due."""
        person, name = planned.cadence.person, planned.cadence.name
        same = and_(t.c.person == person, t.c.name == name, t.c.digest == digest)
        if on.execute(update(t).where(same).values(document=planned.document())).rowcount == 1:
            return
        on.execute(delete(t).where(t.c.person == person, t.c.name == name))
        row = {"person": person, "name": name, "document": planned.document(), "digest": digest}
        on.execute(insert(t), row | {"next_at": planned.next_at, "planned_until": planned.planned_until})

    def keep(self, on: Connection, person: str, names: Iterable[str]) -> None:
        on.execute(delete(t).where(t.c.person == person, t.c.name.not_in(list(names))))

    def due(self, now: datetime, limit: int) -> Sequence[Planned]:
        with self._database.read() as on:
            return [
                _read(row)
                for row in on.execute(select(t).where(t.c.next_at <= now).order_by(t.c.next_at).limit(limit)).mappings()
            ]

    def claim(self, on: Connection, now: datetime, limit: int) -> Sequence[Planned]:
        """Locked until the transaction ends; another clock skips what is locked (SQLite locks the whole database)."""
        query = select(t).where(t.c.next_at <= now).order_by(t.c.next_at).limit(limit).with_for_update(skip_locked=True)
        return [_read(row) for row in on.execute(query).mappings()]

    def planned(self, on: Connection, planned: Planned) -> None:
        where = (t.c.person == planned.cadence.person, t.c.name == planned.cadence.name)
        on.execute(update(t).where(*where).values(next_at=planned.next_at, planned_until=planned.planned_until))

    def of(self, person: str) -> Sequence[Planned]:
        with self._database.read() as on:
            return [_read(row) for row in on.execute(select(t).where(t.c.person == person).order_by(t.c.next_at)).mappings()]


def _kind(timing: Timing) -> str:
    match timing:
        case WallTimes():
            return "wall"
        case Every():
            return "every"
        case BeforeEvents():
            return "events"


def _read(row: RowMapping) -> Planned:
    document = row["document"]
    cadence = Cadence(
        person=row["person"],
        name=row["name"],
        job=document["job"],
        timing=TIMINGS[document["kind"]].validate_python(document["timing"]),
        to=tuple(document["to"]),
        options=tuple(document["options"].items()),
    )
    return Planned(cadence, document["timezone"], document["holidays"], row["planned_until"], row["next_at"])
