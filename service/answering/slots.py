"""When the person is free: within working hours, on working days, around everything that their calendars hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from service.domain.items import Event, Reply
from service.domain.people import Person

Holiday = Callable[[str, date], bool]
"""Given a region such as CH-ZH and a day."""
AHEAD = timedelta(hours=18)
"""Nobody is asked to meet at once."""
DAYS = 14
"""How far ahead times are looked for."""
OFFERED = 3
GRID = timedelta(minutes=30)
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Slot:
    start_at: datetime
    end_at: datetime


def free(person: Person, events: Sequence[Event], now: datetime, length: timedelta, holiday: Holiday) -> tuple[Slot, ...]:
    """A few, on different days where there are enough; earliest first. `events` are those of the next `DAYS` days."""
    busy = [e for e in events if _binds(e, person)]
    by_day = [list(_of_day(person, day, busy, now, length)) for day in _working_days(person, now, holiday)]
    found = [some[0] for some in by_day if some][:OFFERED]
    others = [slot for some in by_day for slot in some[1:]]
    return tuple(sorted(found + others[: OFFERED - len(found)], key=lambda slot: slot.start_at))


def _binds(event: Event, person: Person) -> bool:
    if not event.busy or event.status == "cancelled":
        return False
    return not any(person.is_me(a.address.email) and a.reply is Reply.DECLINED for a in event.attendees)


def _working_days(person: Person, now: datetime, holiday: Holiday) -> Iterator[date]:
    today = now.astimezone(person.zone).date()
    for day in (today + timedelta(days=n) for n in range(DAYS)):
        if day.weekday() < SATURDAY and not holiday(person.holidays, day):
            yield day


def _of_day(person: Person, day: date, busy: Sequence[Event], now: datetime, length: timedelta) -> Iterator[Slot]:
    """Free times that don't overlap each other."""
    begins, ends = (_at(person, day, at) for at in person.working_hours)
    start = begins
    while start + length <= ends:
        slot = Slot(start, start + length)
        blocked = start < now + AHEAD or _paused(person, slot) or any(_overlaps(e, slot, day) for e in busy)
        if not blocked:
            yield slot
        start += GRID if blocked else max(GRID, length)


def _at(person: Person, day: date, at: time) -> datetime:
    return datetime.combine(day, at, person.zone)


def _paused(person: Person, slot: Slot) -> bool:
    return any(p.from_at < slot.end_at and slot.start_at < p.until_at for p in person.pauses)


def _overlaps(event: Event, slot: Slot, day: date) -> bool:
    if event.all_day and event.start_date and event.end_date:
        return event.start_date <= day < event.end_date
    return event.start_at < slot.end_at and slot.start_at < event.end_at
