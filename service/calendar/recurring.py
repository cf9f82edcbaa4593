"""recurring-ical-events over our entries: it knows overrides, exceptions, moved instances and RANGE=THISANDFUTURE; the
rules are counted by `repetition`. It is given instants in UTC, so that a wall time is never taken for an instant.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from icalendar.prop import vDDDTypes
from recurring_ical_events.adapters.event import EventAdapter
from recurring_ical_events.series import Series as LibrarySeries

from service.calendar.entries import Entry, align
from service.calendar.repetition import TooMany
from service.calendar.times import Moment, at_home, is_day

MOST_INSTANCES = 5_000
"""Of one series in one window; what goes beyond is left out and reported."""

_MARGIN = timedelta(days=1)


class Adapter(EventAdapter):  # type: ignore[misc]
    """An entry as the library sees a component. `start` is that of its series' master, whose form everything takes."""

    def __init__(self, entry: Entry, start: Moment) -> None:
        super().__init__({})
        self.entry = entry
        self.form = start
        if entry.replaces is not None:
            self._component["RECURRENCE-ID"] = vDDDTypes(_plain(align(entry.replaces, start)))
        if entry.recurs or entry.exdates:
            self._component["RRULE"] = True

    uid = property(lambda self: self.entry.uid)
    raw_start = property(lambda self: _plain(self.entry.start))
    raw_end = property(lambda self: _plain(self.entry.end))
    this_and_future = property(lambda self: self.entry.and_future)
    sequence = property(lambda self: self.entry.sequence)
    rrules = ()  # see Rules

    @property
    def rdates(self) -> list[Any]:
        found: list[Any] = []
        for rdate in self.entry.rdates:
            if isinstance(rdate, tuple):
                found.append((_plain(align(rdate[0], self.form)), rdate[1]))
            else:
                found.append(_plain(align(rdate, self.form)))
        return found

    @property
    def exdates(self) -> list[Moment]:
        """Those with a time; a bare date excludes the whole local day, see Rules."""
        return [_plain(align(e, self.form)) for e in self.entry.exdates if is_day(self.form) or not is_day(e)]


class Rules(LibrarySeries.RecurrenceRules):  # type: ignore[misc]
    """The starts of a master: by its rules if it has any, else its own; and its RDATEs."""

    def __init__(self, core: Adapter) -> None:
        super().__init__(core)
        self.full = False

    def rrule_between(self, span_start: datetime, span_stop: datetime) -> Iterator[datetime]:
        entry: Entry = self.core.entry
        zone = entry.start.tzinfo if isinstance(entry.start, datetime) else None
        left_out = {e for e in entry.exdates if not isinstance(e, datetime)}
        singles = set(self.rdates) if entry.repetitions else {*self.rdates, self.start}
        yield from (s for s in singles if span_start <= s <= span_stop and _wall(s, zone).date() not in left_out)
        low, high = _wall(span_start - _MARGIN, zone), _wall(span_stop + _MARGIN, zone)
        never = {wall for r in entry.exceptions for wall in islice(r.between(low, high), MOST_INSTANCES)}
        for repetition in entry.repetitions:
            found = repetition.between(low, high)
            try:
                for wall in islice(found, MOST_INSTANCES):
                    if wall.date() not in left_out and wall not in never:
                        yield wall.replace(tzinfo=zone).astimezone(UTC) if zone else wall
                self.full = self.full or next(found, None) is not None
            except TooMany:
                self.full = True


class Series(LibrarySeries):  # type: ignore[misc]
    RecurrenceRules = Rules

    def __init__(self, entries: Sequence[Entry], home: Any) -> None:
        master = next((e for e in entries if e.replaces is None), entries[0])
        super().__init__([Adapter(e, master.start) for e in entries])
        self._timed = isinstance(master.start, datetime)
        self._home = home

    @property
    def is_full(self) -> bool:
        return bool(getattr(self.recurrence, "full", False))

    def instances(self, start: datetime, end: datetime) -> Iterator[tuple[Entry, Moment, Moment, Moment]]:
        """Entry, start, end and original start of each instance that overlaps [start, end), in no order."""
        low, high = start - _MARGIN, end + _MARGIN
        if not self._timed:
            low, high = _wall(low, self._home), _wall(high, self._home)
        for occurrence in self.between(low, high):
            adapter: Adapter = occurrence._adapter
            if adapter.entry.replaces is None or adapter.entry.and_future:
                original = _minus(occurrence.start, adapter.move_recurrences_by, adapter.form)
            else:
                original = align(adapter.entry.replaces, adapter.form)
            last = _wall_end(adapter.entry, occurrence.start, occurrence.end)
            begins, ends = at_home(occurrence.start, self._home), at_home(last, self._home)
            if (begins < end and ends > start) or start <= begins == ends < end:
                yield adapter.entry, occurrence.start, last, original


def _wall_end(entry: Entry, begins: Moment, ends: Moment) -> Moment:
    """An instance ends at the wall time that its entry ends at, as calendar programs show it: a night shift from 22:00 to
    06:00 does so as well when the clocks change. (RFC 5545 section 3.8.5.3 would keep the exact length.)
    """
    if not (isinstance(entry.start, datetime) and isinstance(entry.end, datetime)) or not isinstance(begins, datetime):
        return ends
    zone = entry.start.tzinfo
    if begins == entry.start or at_home(ends, UTC) - begins != entry.end.astimezone(UTC) - entry.start.astimezone(UTC):
        return ends  # written out, or a period of its own
    length = _wall(entry.end, zone) - _wall(entry.start, zone)
    return max(begins, (_wall(begins, zone) + length).replace(tzinfo=zone).astimezone(UTC))


def _plain(moment: Moment) -> Moment:
    return moment.astimezone(UTC) if isinstance(moment, datetime) else moment


def _wall(at: datetime, zone: Any) -> datetime:
    """Naive wall time in `zone`; dates count in naive midnights, which have none."""
    return (at.astimezone(zone) if zone and at.tzinfo else at).replace(tzinfo=None)


def _minus(start: Moment, moved: timedelta, form: Moment) -> Moment:
    original = start - moved
    return original.date() if is_day(form) and isinstance(original, datetime) else original
