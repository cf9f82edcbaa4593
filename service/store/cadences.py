"""Cadences as the clock sees them: what to run, and when to look again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, RowMapping, and_, delete, insert, select, update

from service.domain.ledger import BeforeEvents, Cadence, Every, Timing, WallTimes
from service.store.bulk import Bulk
from service.store.bulk_postgres import PostgresBulk
from service.store.bulk_sqlite import SqliteBulk
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
    last: str = ""  # the newest occurrence it was given

    @property
    def kind(self) -> str:
        match self.cadence.timing:
            case WallTimes():
                return "wall"
            case Every():
                return "every"
            case BeforeEvents():
                return "events"

    def when(self) -> str:
        """All that its slots depend on, in one text: equal texts have equal slots."""
        timing = TIMINGS[self.kind].dump_python(self.cadence.timing, mode="json")
        return json.dumps({"timing": timing, "timezone": self.timezone, "holidays": self.holidays}, sort_keys=True)

    def document(self) -> dict[str, Any]:
        return {"to": list(self.cadence.to), "options": dict(self.cadence.options)}


class Cadences:
    def __init__(self, database: Database) -> None:
        self._database = database
        self.bulk: Bulk = SqliteBulk() if database.is_sqlite else PostgresBulk()

    def put(self, on: Connection, planned: Planned) -> None:
        """Where nothing that its slots depend on changed, the plan goes on as it stands: what is due stays due."""
        person, name, job, kind, when = *_names(planned), planned.cadence.job, planned.kind, planned.when()
        digest = hashlib.sha256(f"{job} {kind} {when}".encode()).hexdigest()
        same = and_(t.c.person == person, t.c.name == name, t.c.digest == digest)
        if on.execute(update(t).where(same).values(document=planned.document())).rowcount == 1:
            return
        gone = delete(t).where(t.c.person == person, t.c.name == name).returning(t.c.last)
        last = on.execute(gone).scalar_one_or_none() or ""  # where nobody has claimed it yet, it is absorbed as before
        row: dict[str, Any] = {"person": person, "name": name, "job": job, "kind": kind, "timing": when, "digest": digest}
        row["document"] = planned.document()
        on.execute(insert(t), row | {"next_at": planned.next_at, "planned_until": planned.planned_until, "last": last})

    def keep(self, on: Connection, person: str, names: Iterable[str]) -> None:
        on.execute(delete(t).where(t.c.person == person, t.c.name.not_in(list(names))))

    def any_due(self, now: datetime) -> bool:
        with self._database.read() as on:
            return on.execute(select(t.c.name).where(t.c.next_at <= now, t.c.kind != "events").limit(1)).first() is not None

    def due_meetings(self, now: datetime, limit: int) -> Sequence[Planned]:
        with self._database.read() as on:
            return [_read(row) for row in on.execute(_due_meetings(now, limit)).mappings()]

    def claim_meetings(self, on: Connection, now: datetime, limit: int) -> Sequence[Planned]:
        """Locked until the transaction ends; another clock skips what is locked (SQLite locks the whole database)."""
        query = _due_meetings(now, limit).with_for_update(skip_locked=True)
        return [_read(row) for row in on.execute(query).mappings()]

    def planned(self, on: Connection, planned: Planned) -> None:
        where = (t.c.person == planned.cadence.person, t.c.name == planned.cadence.name)
        values = {"next_at": planned.next_at, "planned_until": planned.planned_until, "last": planned.last}
        on.execute(update(t).where(*where).values(values))

    def of(self, person: str) -> Sequence[Planned]:
        with self._database.read() as on:
            return [_read(row) for row in on.execute(select(t).where(t.c.person == person).order_by(t.c.next_at)).mappings()]


def wake(on: Connection, person: str, now: datetime) -> None:
    """The person's calendar has changed: what follows its meetings is looked at anew."""
    on.execute(update(t).where(t.c.person == person, t.c.kind == "events", t.c.next_at > now).values(next_at=now))


def _due_meetings(now: datetime, limit: int) -> Any:
    return select(t).where(t.c.next_at <= now, t.c.kind == "events").order_by(t.c.next_at).limit(limit)


def _names(planned: Planned) -> tuple[str, str]:
    return planned.cadence.person, planned.cadence.name


def _read(row: RowMapping) -> Planned:
    timing, timezone, holidays = read_timing(row["kind"], row["timing"])
    document = row["document"]
    to, options = tuple(document["to"]), tuple(document["options"].items())
    cadence = Cadence(row["person"], row["name"], row["job"], timing, to, options)
    return Planned(cadence, timezone, holidays, row["planned_until"], row["next_at"], row["last"])


@lru_cache(1 << 14)
def read_timing(kind: str, text: str) -> tuple[Timing, str, str]:
    """What `Planned.when` wrote: a timing, its timezone, whose holidays. Many cadences share few."""
    when = json.loads(text)
    return TIMINGS[kind].validate_python(when["timing"]), when["timezone"], when["holidays"]
