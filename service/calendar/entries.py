"""One VEVENT, mended: times that can be counted with, or a reason why not."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TypeVar

from service.calendar.blocks import Block
from service.calendar.properties import Properties, Property
from service.calendar.repetition import Repetition
from service.calendar.rules import read_rule
from service.calendar.times import (
    DAY,
    Moment,
    Unreadable,
    at_home,
    is_day,
    is_floating,
    read_duration,
    read_moment,
    read_moments,
    read_periods,
    stamp,
)
from service.calendar.zones import Zones, zone_name

_V = TypeVar("_V")
NO_UID = "no-uid-"
"""Begins the made-up uid of an event that has none."""
_MOST_RULES = 10  # of one event; RFC 5545 section 3.8.5.3: it should have one


@dataclass(frozen=True, slots=True)
class Entry:
    """`start` and `end` are both dates (`end` exclusive) or both aware datetimes, and `end` is never before `start`.

    `wrong` says what was mended or left out, in words; such an entry still counts.
    """

    uid: str
    start: Moment
    end: Moment
    said: Properties
    repetitions: tuple[Repetition, ...] = ()
    exceptions: tuple[Repetition, ...] = ()  # EXRULE (RFC 2445 section 4.8.5.2), still met in old calendars
    rdates: tuple[Moment | tuple[datetime, timedelta], ...] = ()
    exdates: tuple[Moment, ...] = ()
    replaces: Moment | None = None  # RECURRENCE-ID
    and_future: bool = False
    sequence: int = -1
    changed: str = ""  # LAST-MODIFIED or DTSTAMP as written: sorts by age
    floating: bool = False
    zone: str = ""  # the IANA name its start is written in
    wrong: tuple[str, ...] = ()
    broken_rule: bool = False

    @property
    def recurs(self) -> bool:
        return bool(self.repetitions or self.rdates)


def read_uid(block: Block) -> str:
    """The UID, or one made from what the event says, so that it is the same at the next reading."""
    said = "".join(c for c in block.properties.text("UID") if c.isprintable())[:500]
    if said:
        return said
    telling = sorted(line for line in block.lines if not line.upper().startswith(("DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "UID")))
    return NO_UID + hashlib.sha256("\n".join(telling).encode("utf-8", "replace")).hexdigest()[:20]


def read_entry(block: Block, zones: Zones) -> Entry:
    """Raises Unreadable where nobody can say when it is. Anything less is noted in `wrong`."""
    said = block.properties
    wrong: list[str] = []
    replaces = said.first("RECURRENCE-ID")
    first = said.first("DTSTART") or (replaces if said.text("STATUS").upper() == "CANCELLED" else None)
    if first is None:
        raise Unreadable("it has no DTSTART")
    start = read_moment(first, zones)
    end = _read_end(said, start, zones, wrong)
    repetitions = _read_repetitions(said.all("RRULE"), start, wrong)
    return Entry(
        uid=read_uid(block),
        start=start,
        end=end,
        said=said,
        repetitions=repetitions,
        exceptions=_read_repetitions(said.all("EXRULE"), start, wrong),
        rdates=tuple(_each(said.all("RDATE"), lambda p: read_periods(p, zones), wrong)),
        exdates=tuple(_each(said.all("EXDATE"), lambda p: read_moments(p, zones), wrong)),
        replaces=read_moment(replaces, zones) if replaces else None,
        and_future=replaces is not None and replaces.parameter("RANGE").upper() == "THISANDFUTURE",
        sequence=_integer(said.text("SEQUENCE")),
        changed=said.text("LAST-MODIFIED") or said.text("DTSTAMP"),
        floating=is_day(start) or is_floating(first),
        zone=zone_name(start.tzinfo) if isinstance(start, datetime) and first.parameter("TZID") else "",
        wrong=tuple(wrong),
        broken_rule=bool(said.all("RRULE")) and not repetitions,
    )


def align(moment: Moment, start: Moment) -> Moment:
    """A RECURRENCE-ID, RDATE or EXDATE in the form of its series: a date where that has dates, else a time on that day."""
    if is_day(start):
        return moment.date() if isinstance(moment, datetime) else moment
    assert isinstance(start, datetime)
    if isinstance(moment, datetime):
        return moment
    return datetime.combine(moment, start.timetz().replace(fold=0))


def original_id(uid: str, original: Moment) -> str:
    return f"{uid}/{stamp(original)}"


def _read_end(said: Properties, start: Moment, zones: Zones, wrong: list[str]) -> Moment:
    """DTEND, else DURATION, else a day for dates and no time at all for times (RFC 5545 section 3.6.1)."""
    least = start + DAY if is_day(start) else start
    try:
        if (prop := said.first("DTEND")) is not None:
            end = _same_kind(read_moment(prop, zones), start)
        elif (prop := said.first("DURATION")) is not None:
            length = read_duration(prop.value, "DURATION")
            end = start + timedelta(days=-(-length // DAY)) if is_day(start) else start + length
        else:
            return least
        if end < start:
            wrong.append("it ends before it begins; shown at its beginning")
    except Unreadable as error:
        wrong.append(f"{error}; its end is not known")
        return least
    except OverflowError:
        wrong.append("it lasts beyond the year 9999; its end is not known")
        return least
    return max(end, least)


def _same_kind(end: Moment, start: Moment) -> Moment:
    if not isinstance(start, datetime):
        if not isinstance(end, datetime):
            return end
        return end.date() + (DAY if end.time() > time(0) else timedelta(0))
    return at_home(end, start.tzinfo) if start.tzinfo else end


def _read_repetitions(rules: list[Property], start: Moment, wrong: list[str]) -> tuple[Repetition, ...]:
    found = []
    for prop in rules[:_MOST_RULES]:
        try:
            found.append(Repetition(read_rule(prop.value), start))
        except Unreadable as error:
            wrong.append(f"{error} ({prop.value[:80]})")
    return tuple(found)


def _each(props: list[Property], read: Callable[[Property], list[_V]], wrong: list[str]) -> list[_V]:
    found: list[_V] = []
    for prop in props:
        try:
            found += read(prop)
        except Unreadable as error:
            wrong.append(f"{error}; left out")
    return found


def _integer(text: str) -> int:
    return int(text) if text.isdigit() and len(text) < 10 else -1
