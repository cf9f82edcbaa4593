"""When slots fall: local wall times over every DST change, aligned UTC intervals, leads before meetings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from service.domain.ledger import BeforeEvents, Every, Slot, WallTimes

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
WORTH_SAYING = timedelta(hours=1)
"""For how long what an interval found is delivered, where its channel is away: an alert is worth more than its five minutes."""


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The UTC instant of a wall time: in a gap the first moment after it, in a fold the first of the two."""
    wall = datetime.combine(day, at)
    early, late = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (1, 0))
    if early >= late:  # an ordinary time (equal) or a fold, where fold=0 is the first
        return late
    return _transition(early, late, zone)


def _transition(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The first whole second in (before, after] that has the later offset."""
    offset = after.astimezone(zone).utcoffset()
    low, high = 0, int((after - before).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        if (before + timedelta(seconds=middle)).astimezone(zone).utcoffset() == offset:
            high = middle
        else:
            low = middle
    return before + timedelta(seconds=high)


def wall_slots(
    timing: WallTimes, zone: ZoneInfo, after: datetime, until: datetime, is_holiday: Callable[[date], bool] = lambda _: False
) -> Iterator[Slot]:
    """Slots with after < due_at <= until, in order. A slot is named by its local date and its place among that day's times."""
    day = after.astimezone(zone).date() - DAY
    last = until.astimezone(zone).date() + DAY
    while day <= last:
        if day.weekday() in timing.days and not (timing.workdays_only and is_holiday(day)):
            for ordinal, at in enumerate(sorted(timing.at)):
                due_at = instant(day, at, zone)
                if after < due_at <= until:
                    yield Slot(
                        f"{day.isoformat()}.{ordinal}", due_at, due_at - timing.prepare, due_at + timing.useful, local_date=day
                    )
        day += DAY


def next_wall_slot(
    timing: WallTimes, zone: ZoneInfo, after: datetime, is_holiday: Callable[[date], bool] = lambda _: False
) -> Slot | None:
    """The first slot due after `after`; None where none falls within two years (no days, or every day a holiday)."""
    for span in (8, 40, 800):
        for slot in wall_slots(timing, zone, after, after + span * DAY, is_holiday):
            return slot
    return None


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
