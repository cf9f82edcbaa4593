"""When a rule falls. dateutil counts; here it is given only what it counts right, from near where it is asked.

All of it is naive wall time in the event's own zone: midnight for dates.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice

from dateutil import rrule as dateutil

from service.calendar.rules import FREQUENCIES, Rule
from service.calendar.times import DAY, Moment, Unreadable, is_day

MOST_COUNTED = 50_000
"""Instances counted from a series' start before it is given up: only a rule with COUNT is counted from there."""

_CYCLE_YEARS, _CYCLE = 400, timedelta(days=146_097)  # after which weekdays and leap years come round again
_UNITS = {
    "SECONDLY": timedelta(seconds=1),
    "MINUTELY": timedelta(minutes=1),
    "HOURLY": timedelta(hours=1),
    "DAILY": DAY,
    "WEEKLY": 7 * DAY,
}
_FINER = {"SECONDLY": ("BYSECOND", "MINUTELY"), "MINUTELY": ("BYMINUTE", "HOURLY"), "HOURLY": ("BYHOUR", "DAILY")}
_LAST_YEAR = 9998


class TooMany(Unreadable):
    pass


class Repetition:
    """A rule and the start that completes it."""

    def __init__(self, rule: Rule, start: Moment) -> None:
        self._zone = start.tzinfo if isinstance(start, datetime) else None
        self._start = start.replace(tzinfo=None) if isinstance(start, datetime) else datetime(start.year, start.month, start.day)  # noqa: DTZ001
        rule = _without_times(rule) if is_day(start) else rule
        self._rule = _coarsen(_end_plain_count(_complete(rule, self._start), self._start))
        if self._rule.has("BYWEEKNO") and self._rule.has("BYSETPOS"):
            raise Unreadable("its recurrence rule picks from numbered weeks (BYWEEKNO with BYSETPOS), which is not supported")
        if is_day(start) and self._rule.freq in {"HOURLY", "MINUTELY", "SECONDLY"}:
            raise Unreadable("its recurrence rule repeats by the clock, but the event has only a date")
        try:
            self._counter(self._start, self._start)
        except (ValueError, OverflowError) as error:  # what never falls together: INTERVAL=24 from 10:00 on BYHOUR=4
            raise Unreadable(f"its recurrence rule can't be counted ({error})") from error

    def between(self, low: datetime, high: datetime) -> Iterator[datetime]:
        """Wall times in [low, high), ascending. Raises TooMany where that takes too much counting."""
        high = min(high, datetime(_LAST_YEAR, 1, 1))  # noqa: DTZ001
        if low >= high or self._start >= high:
            return
        anchor = self._anchor(low)
        # The calendar is moved on by whole 400-year cycles: a rule that never falls is searched to the year 9999.
        shift = _CYCLE * max(0, (_LAST_YEAR - max(high.year, anchor.year)) // _CYCLE_YEARS)
        yield from self._kept(self._counter(anchor + shift, high + shift), low, high, shift)

    def last(self) -> datetime | None:
        """The last wall time, or one no earlier; None where it has no end, or none within a hundred years."""
        if self._rule.until is not None:
            return self._until()
        if self._rule.count is None or self._start.year > _LAST_YEAR - 100:
            return None
        found = None
        counted = 0
        try:
            for counted, found in enumerate(self.between(self._start, self._start + 100 * 366 * DAY), 1):  # noqa: B007
                pass
        except Unreadable:
            return None
        return found if counted == self._rule.count else None

    def _kept(self, counter: Iterator[datetime], low: datetime, high: datetime, shift: timedelta) -> Iterator[datetime]:
        until = self._until()
        counted = 0
        for moved in islice(counter, MOST_COUNTED):
            at = moved - shift
            if at < self._start or not self._in_step(at):
                continue
            counted += 1
            if (until is not None and at > until) or (self._rule.count is not None and counted > self._rule.count) or at >= high:
                return
            if at >= low:
                yield at
        if next(counter, None) is not None:
            raise TooMany("it repeats too often to be counted")

    def _counter(self, anchor: datetime, high: datetime) -> Iterator[datetime]:
        rule = self._rule
        by = {name.lower(): values for name, values in rule.by}
        return iter(
            dateutil.rrule(
                FREQUENCIES.index(rule.freq),
                dtstart=anchor,
                interval=1 if rule.has("BYWEEKNO") else rule.interval,
                wkst=rule.week_start,
                until=high,
                byweekday=[dateutil.weekday(day, nth or None) for nth, day in rule.weekdays] or None,
                **by,
            )
        )

    def _anchor(self, low: datetime) -> datetime:
        """The start of the period that the series starts in; without COUNT, of a later one that is in step and not after `low`."""
        rule, start = self._rule, self._start
        midnight = start.replace(hour=0, minute=0, second=0)
        if rule.freq in {"YEARLY", "MONTHLY"}:
            months = 12 if rule.freq == "YEARLY" else 1
            first = midnight.replace(day=1, month=1) if rule.freq == "YEARLY" else midnight.replace(day=1)
            ahead = (low.year - first.year) * 12 + low.month - first.month - 12  # a numbered week may begin a year earlier
            step = months * rule.interval
            month = first.year * 12 + first.month - 1 + (0 if rule.count else max(0, ahead // step) * step)
            return first.replace(year=month // 12, month=month % 12 + 1)
        if rule.freq == "WEEKLY":
            start = midnight - timedelta(days=(midnight.weekday() - rule.week_start) % 7)
        elif rule.freq == "DAILY":
            start = midnight
        step_by = _UNITS[rule.freq] * rule.interval
        return start if rule.count else start + max(0, (low - start) // step_by - 1) * step_by

    def _in_step(self, at: datetime) -> bool:
        """Numbered weeks belong to their week-year, which dateutil's INTERVAL doesn't know."""
        if not self._rule.has("BYWEEKNO"):
            return True
        return (_week_year(at, self._rule.week_start) - _week_year(self._start, self._rule.week_start)) % self._rule.interval == 0

    def _until(self) -> datetime | None:
        """UNTIL as a wall time. A date is meant to the end of its day; a time without zone is in the event's own."""
        until = self._rule.until
        if until is None:
            return None
        if not isinstance(until, datetime):
            return datetime(until.year, until.month, until.day, 23, 59, 59)  # noqa: DTZ001
        if until.tzinfo is not None and self._zone is not None:
            until = until.astimezone(self._zone)
        return until.replace(tzinfo=None)


def _week_year(at: datetime, week_start: int) -> int:
    """The year that holds the week's fourth day (RFC 5545: week 1 has at least four days in its year)."""
    return (at - timedelta(days=(at.weekday() - week_start) % 7) + 3 * DAY).year


def _without_times(rule: Rule) -> Rule:
    """RFC 5545: BYHOUR, BYMINUTE and BYSECOND are ignored where the event has only a date."""
    until = rule.until.date() if isinstance(rule.until, datetime) else rule.until
    return replace(rule.without("BYHOUR", "BYMINUTE", "BYSECOND"), until=until)


def _complete(rule: Rule, start: datetime) -> Rule:
    """What a rule leaves open is as its start has it (RFC 5545 section 3.3.10)."""
    if rule.freq == "YEARLY" and not rule.has("BYDAY", "BYYEARDAY"):
        if rule.has("BYWEEKNO"):
            rule = rule if rule.has("BYMONTHDAY") else replace(rule, weekdays=((0, start.weekday()),))
        else:
            rule = rule if rule.has("BYMONTH") else rule.with_part("BYMONTH", start.month)
            rule = rule if rule.has("BYMONTHDAY") else rule.with_part("BYMONTHDAY", start.day)
    elif rule.freq == "MONTHLY" and not rule.has("BYDAY", "BYMONTHDAY"):
        rule = rule.with_part("BYMONTHDAY", start.day)
    elif rule.freq == "WEEKLY" and not rule.has("BYDAY"):
        rule = replace(rule, weekdays=((0, start.weekday()),))
    clock = {"BYHOUR": start.hour, "BYMINUTE": start.minute, "BYSECOND": start.second}
    for name, unit in (("BYHOUR", "HOURLY"), ("BYMINUTE", "MINUTELY"), ("BYSECOND", "SECONDLY")):
        if not rule.has(name) and FREQUENCIES.index(rule.freq) < FREQUENCIES.index(unit):
            rule = rule.with_part(name, clock[name])
    return rule


def _end_plain_count(rule: Rule, start: datetime) -> Rule:
    """COUNT on a rule of equal steps is an end: it needs no counting from the start."""
    plain = _complete(Rule(rule.freq), start)
    if rule.count is None or rule.freq not in _UNITS or set(rule.by) != set(plain.by) or rule.weekdays != plain.weekdays:
        return rule
    try:
        return replace(rule, count=None, until=start + (rule.count - 1) * rule.interval * _UNITS[rule.freq])
    except OverflowError:
        return replace(rule, count=None)


def _coarsen(rule: Rule) -> Rule:
    """Every second, if it is second 5: that is every minute, at second 5, and sixty times as cheap."""
    while rule.interval == 1 and rule.freq in _FINER and not rule.has("BYSETPOS") and rule.has(_FINER[rule.freq][0]):
        rule = replace(rule, freq=_FINER[rule.freq][1])
    return rule
