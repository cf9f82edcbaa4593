"""When a timing is due next, in integer seconds since the epoch: `schedule.py` in datetimes, this for planning many at once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from datetime import date, time
from functools import cache, lru_cache
from typing import NamedTuple

from service.domain.ledger import Every, WallTimes
from service.domain.zones import DAY, SECOND, ZoneTable, moment, second_of_day, zone_table

EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
THURSDAY = 3  # the first day of the epoch
FURTHEST = 800 * DAY
"""Where nothing is due within about two years (every day a holiday), nothing is."""

Due = tuple[int, str]
"""When, and the slot's name."""


def never(_: date) -> bool:
    return False


class Days(NamedTuple):
    """Wall times without their zone."""

    walls: tuple[int, ...]  # seconds of the day, in order
    wait: tuple[int, ...]  # by weekday: days until the next that counts, 0 on one that does
    workdays_only: bool


class WallTimetable(NamedTuple):
    """Local wall times on some days of one zone."""

    days: Days
    zone: ZoneTable

    def after(self, at: int, is_holiday: Callable[[date], bool] = never) -> Due | None:
        """The first slot due after the moment `at`; None where none falls within 800 days. Of several that the end of a gap makes
        due at one moment, the first: `between` has them all.
        """
        (walls, wait, workdays_only), zone = self
        if not walls or not wait:
            return None
        _, until, offset, calm = zone.span(at)
        day, wall = divmod(at + offset, DAY)
        ordinal = bisect_right(walls, wall)
        if ordinal == len(walls):
            day, ordinal = day + 1, 0
        if later := wait[(day + THURSDAY) % 7]:
            day, ordinal = day + later, 0
        due = day * DAY + walls[ordinal] - offset
        if calm <= due < until and not (workdays_only and is_holiday(_date(day))):
            return due, _named(day, ordinal)
        return next(self.between(at, at + FURTHEST, is_holiday), None)  # a holiday, or a transition near by

    def between(self, after: int, until: int, is_holiday: Callable[[date], bool] = never) -> Iterator[Due]:
        """Every slot with after < due <= until, in order."""
        (walls, wait, workdays_only), zone = self
        if not walls or not wait:
            return
        day = (after + zone.span(after).offset) // DAY  # earlier days are over: walls are due in order, whatever the clock shows
        while True:
            day += wait[(day + THURSDAY) % 7]
            if workdays_only and is_holiday(_date(day)):
                if day * DAY > until + DAY:  # offsets are less than a day
                    return
                day += 1
                continue
            for ordinal, wall in enumerate(walls):
                due = zone.moment(day * DAY + wall)
                if due > until:
                    return
                if due > after:
                    yield due, _named(day, ordinal)
            day += 1


class IntervalTimetable(NamedTuple):
    """Aligned UTC intervals, in whole seconds."""

    interval: int

    def after(self, at: int, is_holiday: Callable[[date], bool] = never) -> Due | None:  # noqa: ARG002 (intervals know no holidays)
        """The first slot due after the moment `at`."""
        due = (at // self.interval + 1) * self.interval
        return due, _stamped(due)

    def between(self, after: int, until: int, is_holiday: Callable[[date], bool] = never) -> Iterator[Due]:  # noqa: ARG002
        """Every slot with after < due <= until, in order."""
        for due in range((after // self.interval + 1) * self.interval, until + 1, self.interval):
            yield due, _stamped(due)


Timetable = WallTimetable | IntervalTimetable


def compiled(timing: WallTimes | Every, zone: str) -> Timetable:
    """Cheap enough to be asked for each time: cadences with the same times share them, whatever their zone, and those of one
    zone share its table. Seconds' fractions don't count. Raises ValueError of an interval below a second, and what `ZoneInfo` raises
    of a zone it doesn't know.
    """
    if isinstance(timing, WallTimes):
        return WallTimetable(_days(timing.at, timing.days, timing.workdays_only), zone_table(zone))
    return IntervalTimetable(_whole(timing))


@lru_cache(maxsize=1 << 14)  # 1,440 minutes on the usual sets of days, with room for several times a day
def _days(at: tuple[time, ...], days: frozenset[int], workdays_only: bool) -> Days:
    return Days(tuple(sorted(map(second_of_day, at))), _wait(days), workdays_only)


@cache  # there are 128 sets of days
def _wait(days: frozenset[int]) -> tuple[int, ...]:
    return tuple(min((day - today) % 7 for day in days) for today in range(7)) if days else ()


def _whole(timing: Every) -> int:
    interval = timing.interval // SECOND
    if interval < 1:
        raise ValueError(f"an interval of {timing.interval} can't be kept: slots are named by the second, so make it 1 s or more")
    return interval


@lru_cache(maxsize=1 << 14)
def _named(day: int, ordinal: int) -> str:
    """The local date, and the place among that day's times."""
    return f"{_date(day).isoformat()}.{ordinal}"


def _date(day: int) -> date:
    return date.fromordinal(EPOCH_ORDINAL + day)


@lru_cache(maxsize=1 << 12)
def _stamped(due: int) -> str:
    return moment(due).strftime("%Y-%m-%dT%H:%M:%SZ")
