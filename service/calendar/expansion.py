"""Series to the instances a person sees in a window of time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from service.calendar import recurring
from service.calendar.blocks import shelve
from service.calendar.details import Details, read_details
from service.calendar.entries import Entry, original_id, read_entry
from service.calendar.text import read_lines
from service.calendar.times import Moment, Unreadable, at_home, is_day
from service.calendar.zones import Zones, find_zone
from service.domain.items import Event, Series
from service.domain.sync import Problem


def expand(
    series: Sequence[Series], start: datetime, end: datetime, own: frozenset[str], zone: str
) -> tuple[tuple[Event, ...], tuple[Problem, ...]]:
    """The instances that overlap [start, end), ordered by start then id. `zone` (IANA) places floating times and dates."""
    home = find_zone(zone) or ZoneInfo(zone)
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    events: list[Event] = []
    problems: list[Problem] = []
    for one in series:
        if not one.is_near(start, end):
            continue
        try:
            found, wrong = _expand_one(one, start, end, own, home)
            events += found
            problems += [Problem(one.id, what) for what in wrong]
        except Unreadable as error:
            problems.append(Problem(one.id, str(error)))
        except Exception as error:  # hostile input: whatever one series breaks, the others still come
            problems.append(Problem(one.id, f"it can't be expanded ({type(error).__name__}: {error})"[:300]))
    return tuple(sorted(events, key=lambda e: (e.start_at, e.id))), tuple(problems)


def _expand_one(one: Series, start: datetime, end: datetime, own: frozenset[str], home: tzinfo) -> tuple[list[Event], list[str]]:
    book = shelve(read_lines(one.ical.encode())).books[0]
    zones = Zones(book.zones, home, book.zone)
    events: list[Event] = []
    wrong: list[str] = []
    for family in _families([read_entry(block, zones) for block in book.events]):
        series = recurring.Series(family, home)
        details: dict[int, Details] = {}
        for entry, begins, ends, original in series.instances(start, end):
            if id(entry) not in details:
                details[id(entry)] = read_details(entry, zones, own, cancelled=book.method == "CANCEL")
            recurs = len(family) > 1 or family[0].recurs or family[0].replaces is not None
            events.append(_event(one, entry, details[id(entry)], begins, ends, original, home, recurring=recurs))
        if series.is_full:
            wrong.append(f"it repeats too often, more than {recurring.MOST_INSTANCES} times around this time: not all are shown")
    return events, wrong


def _families(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    """A master with its overrides, newest first. Several masters of one uid and sequence that start at different times are
    different events by a careless writer; of those that start together the newest counts.
    """
    newest_first = sorted(entries, key=lambda e: (e.sequence, e.changed), reverse=True)
    overrides = [e for e in newest_first if e.replaces is not None]
    originals = [e for e in newest_first if e.replaces is None]
    masters: dict[Moment, Entry] = {}
    for entry in originals:
        if entry.sequence == originals[0].sequence:
            masters.setdefault(entry.start, entry)
    leader = next((m for m in masters.values() if m.recurs), next(iter(masters.values()), None))
    yield [*([leader] if leader else []), *overrides]
    yield from ([m] for m in masters.values() if m is not leader)


def _event(
    one: Series, entry: Entry, details: Details, begins: Moment, ends: Moment, original: Moment, home: tzinfo, *, recurring: bool
) -> Event:
    start_at, end_at = at_home(begins, home).astimezone(UTC), at_home(ends, home).astimezone(UTC)
    all_day = is_day(begins)
    return Event(
        id=original_id(one.uid, original),
        account=one.account,
        uid=one.uid,
        start_at=start_at,
        end_at=max(start_at, end_at),
        title=details.title,
        all_day=all_day,
        start_date=begins if all_day else None,
        end_date=ends if all_day else None,
        timezone=entry.zone,
        status=details.status,
        busy=details.busy,
        location=details.location,
        description=details.description,
        conference=details.conference,
        organizer=details.organizer,
        attendees=details.attendees,
        recurring=recurring,
        sequence=details.sequence,
        private=details.private,
        provenance=details.provenance,
        updated_at=details.updated_at,
        url=details.url or one.url,
    )
