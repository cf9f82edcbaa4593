"""When slots fall: local wall times over every DST change, aligned UTC intervals, leads before meetings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from service.domain.ledger import BeforeEvents, Every, Slot, WallTimes
from service.domain.timetable import compiled, never
from service.domain.zones import EPOCH, SECOND, moment, second_of_day, seconds, zone_table

WORTH_SAYING = timedelta(hours=1)
"""For how long what an interval found is delivered, where its channel is away: an alert is worth more than its five minutes."""


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The UTC instant of a wall time: in a gap the first moment after it, in a fold the first of the two."""
    midnight = (day - EPOCH.date()) // SECOND
    return moment(zone_table(zone.key).moment(midnight + second_of_day(at)))


def wall_slots(
    timing: WallTimes, zone: ZoneInfo, after: datetime, until: datetime, is_holiday: Callable[[date], bool] = never
) -> Iterator[Slot]:
    """Slots with after < due_at <= until, in order. A slot is named by its local date and its place among that day's times."""
    for due in compiled(timing, zone.key).between(seconds(after), seconds(until), is_holiday):
        yield _wall_slot(timing, *due)


def next_wall_slot(timing: WallTimes, zone: ZoneInfo, after: datetime, is_holiday: Callable[[date], bool] = never) -> Slot | None:
    """The first slot due after `after`; None where none falls within two years (no days, or every day a holiday)."""
    due = compiled(timing, zone.key).after(seconds(after), is_holiday)
    return _wall_slot(timing, *due) if due else None


def _wall_slot(timing: WallTimes, due: int, name: str) -> Slot:
    due_at = moment(due)
    return Slot(name, due_at, due_at - timing.prepare, due_at + timing.useful, local_date=date.fromisoformat(name[:10]))


def interval_slot(timing: Every, at: datetime) -> Slot:
    """The newest aligned slot at or before `at`."""
    due_at = at - (at - EPOCH) % timing.interval
    return Slot(due_at.strftime("%Y-%m-%dT%H:%M:%SZ"), due_at, due_at, due_at + max(2 * timing.interval, WORTH_SAYING))


def slots_between(timing: Every, after: datetime, until: datetime) -> int:
    """How many aligned slots lie in (after, until]."""
    return (until - EPOCH) // timing.interval - (after - EPOCH) // timing.interval


def meeting_slots(timing: BeforeEvents, event_id: str, start_at: datetime) -> Iterator[Slot]:
    """A brief and a push for one meeting. Both are of use until it starts."""
    for name, lead in (("brief", timing.brief), ("push", timing.push)):
        if lead is not None:
            due_at = start_at - lead
            yield Slot(name, due_at, due_at - min(lead, timedelta(minutes=5)), start_at, subject=event_id)
