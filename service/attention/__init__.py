"""When a person may be reached: pauses, quiet hours, budgets. Pure: the moment and the counts are handed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from service.domain.people import Person, QuietHours
from service.domain.schedule import instant


@dataclass(frozen=True, slots=True)
class Go:
    pass


@dataclass(frozen=True, slots=True)
class Wait:
    until: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Drop:
    why: str


Leave = Go | Wait | Drop


def paused(person: Person, at: datetime, priority: str = "normal") -> str:
    """Why nothing is made at this moment; "" where the person isn't paused, or the priority is excepted."""
    for pause in person.pauses:
        if pause.from_at <= at < pause.until_at and priority not in pause.except_:
            return f"paused until {pause.until_at.astimezone(person.zone):%a %d %b %H:%M}"
    return ""


def leave(person: Person, now: datetime, useful_until: datetime, priority: str, interruptions_today: int) -> Leave:
    """May a channel that interrupts do so now?"""
    if quiet_until := _quiet_until(person, now, priority):
        if quiet_until < useful_until:
            return Wait(quiet_until, "quiet hours")
        return Drop(f"quiet hours until {quiet_until.astimezone(person.zone):%H:%M}, and of no use after them")
    if interruptions_today >= person.budget.pushes_per_day and priority != "urgent":
        return Drop(f"the budget of {person.budget.pushes_per_day} pushes a day is used up")
    return Go()


def day_start(person: Person, now: datetime) -> datetime:
    """Local midnight: when the daily budget begins anew."""
    return instant(now.astimezone(person.zone).date(), datetime.min.time(), person.zone)


def _quiet_until(person: Person, now: datetime, priority: str) -> datetime | None:
    quiet = person.quiet
    if quiet is None or priority in quiet.except_:
        return None
    local = now.astimezone(person.zone)
    for day in (local.date() - timedelta(days=1), local.date()):
        start = instant(day, quiet.start, person.zone)
        end = instant(day + timedelta(days=_spans_midnight(quiet)), quiet.end, person.zone)
        if start <= now < end:
            return end
    return None


def _spans_midnight(quiet: QuietHours) -> int:
    return int(quiet.end <= quiet.start)
