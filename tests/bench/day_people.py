"""The people of the simulated day: as many in each of 24 time zones, each with a morning at seven, two polls and two meetings a day. Their
jobs are scripted: who polls has seldom anything to say, and nothing is read, rendered or sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from service.domain.delivery import Audience, Draft, IdempotencyKey, Keep, Nothing, Notice, Receipt, Recheck
from service.domain.facts import Fact
from service.domain.items import Event
from service.domain.ledger import BeforeEvents, Cadence, Every, Timing, WallTimes
from service.domain.people import Person
from service.domain.schedule import interval_slot, next_wall_slot
from service.household import Household
from service.ports import Occasion, Services
from service.store import Store, tables
from service.store.cadences import Planned
from tests.bench.scaling import Assumptions
from tests.builders import a_person, an_event
from tests.household import Sink

START = datetime(2026, 5, 12, tzinfo=UTC)
"""The day that counts begins."""
SETTLED = START - timedelta(hours=5)
OFFSETS = range(-11, 13)
MEETINGS = (10, 15)
"""Local hours."""
ROWS = 20_000  # written at once
GIVEN = Assumptions()


@dataclass(frozen=True)
class Town:
    people: int
    poll_every: timedelta

    @cached_property
    def timings(self) -> Mapping[str, tuple[str, Timing]]:
        """Cadence → its job, and when it is due."""
        poll = Every(self.poll_every)
        return {
            "morning": ("morning", WallTimes((time(7),))),
            "meetings": ("meeting", BeforeEvents()),
            "triage": ("triage", poll),
            "slack": ("slack", poll),
        }

    def household(self, id: str) -> Household:
        person = a_person(id=id, timezone=_zone(id))
        cadences = {name: Cadence(id, name, job, timing, ("inbox",)) for name, (job, timing) in self.timings.items()}
        return Household(person, cadences, {"inbox": Taken()}, {}, Services(items=Calendars()), Unread())  # type: ignore[arg-type]

    def settle(self, store: Store) -> None:
        """Everybody's cadences, as of some hours before the day. To be called acting as everybody."""
        rows: list[Mapping[str, object]] = []
        for number in range(self.people):
            rows += (_row(planned) for planned in self._cadences(f"p{number}"))
            if len(rows) >= ROWS or number == self.people - 1:
                with store.database.write() as on:
                    on.execute(insert(tables.cadence), rows)
                rows = []

    def _cadences(self, id: str) -> Iterator[Planned]:
        zone = _zone(id)
        for name, (job, timing) in self.timings.items():
            cadence = Cadence(id, name, job, timing, ("inbox",))
            yield Planned(cadence, zone, "", planned_until=SETTLED, next_at=_first(timing, zone))


def events(person: str, start: datetime, end: datetime) -> Sequence[Event]:
    """Those of a calendar, as the planner asks for them."""
    days = range((end - start).days + 3)
    held = (_meeting(person, start + timedelta(days=day - 1), hour) for day in days for hour in MEETINGS)
    return [event for event in held if event.start_at < end and event.end_at > start]


class Calendars:
    def event(self, id: str) -> Event | None:
        """Every meeting takes place, when it was meant to."""
        person, _, when = id.partition("/")
        start = datetime.strptime(when, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        return _event(person, start)


class Scripted:
    """Every job: a morning says twenty things, an alert and a brief say one, and most polls find nothing."""

    def prepare(self, services: Services, person: Person, occasion: Occasion, now: datetime) -> Draft | Nothing:
        occurrence = occasion.occurrence
        if occurrence.job in {"triage", "slack"} and not _speaks(occurrence.id):
            return Nothing("nothing urgent")
        count = int(GIVEN.facts) if occurrence.job == "morning" else 1
        facts = tuple(Fact(f"reply:{occurrence.id}.{n}", "1", "Dana asks for the term sheet.", ()) for n in range(count))
        said = "\n".join(fact.text for fact in facts)
        notice = Notice(Audience.PERSON, "Good morning", said, said[:80])
        return Draft((notice,), occasion.cadence.to, facts, {}, occurrence.job)

    def recheck(self, services: Services, person: Person, draft: Draft, occasion: Occasion, now: datetime) -> Recheck:
        return Keep()


class Taken(Sink):
    def send(self, notice: Notice, key: IdempotencyKey) -> Receipt:
        return Receipt("250 ok")


class Unread:
    def ensure_fresh(self, deadline: timedelta, max_age: timedelta = timedelta(), heard: timedelta | None = None) -> None:
        """There are no sources."""


def _speaks(occurrence: str) -> bool:
    """Once in two hundred; an occurrence's id ends in digits as good as drawn by lot."""
    return int(occurrence[-8:], 16) < GIVEN.speaking * 16**8


def _zone(id: str) -> str:
    """Etc/GMT-3 is three hours ahead of Greenwich, by POSIX."""
    ahead = OFFSETS[int(id[1:]) % len(OFFSETS)]
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"


def _meeting(person: str, day: datetime, hour: int) -> Event:
    local = datetime.combine(day.date(), time(hour), ZoneInfo(_zone(person)))
    return _event(person, local.astimezone(UTC))


def _event(person: str, start: datetime) -> Event:
    id = f"{person}/{start:%Y%m%dT%H%M%SZ}"
    return an_event(id=id, uid=id, start_at=start, end_at=start + timedelta(hours=1))


def _first(timing: Timing, zone: str) -> datetime:
    match timing:
        case WallTimes():
            slot = next_wall_slot(timing, ZoneInfo(zone), SETTLED)
            assert slot is not None
            return max(slot.prepare_at, SETTLED)
        case Every():
            return interval_slot(timing, SETTLED).due_at + timing.interval
        case _:
            return SETTLED


def _row(planned: Planned) -> Mapping[str, object]:
    """As `Cadences.put` writes one, without looking for an older one."""
    cadence = planned.cadence
    return {
        "person": cadence.person,
        "name": cadence.name,
        "job": cadence.job,
        "kind": planned.kind,
        "timing": planned.when(),
        "document": planned.document(),
        "digest": "",
        "next_at": planned.next_at,
        "planned_until": planned.planned_until,
    }
