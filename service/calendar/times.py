"""Dates, times and durations as calendars write them (RFC 5545 sections 3.3.4 to 3.3.9), and nearly so."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo

from icalendar.prop import vDuration

from service.calendar.properties import Property
from service.calendar.zones import Zones

Moment = date | datetime
"""A date (all day) or an aware datetime."""

_TIME = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:[T ](\d{2}):?(\d{2}):?(\d{2})?(?:\.\d+)?\s*([Zz])?)?\s*\Z")
DAY = timedelta(days=1)


class Unreadable(ValueError):
    """What is wrong with a component, in words for its person."""


def is_day(moment: Moment) -> bool:
    return not isinstance(moment, datetime)


def read_moment(prop: Property, zones: Zones) -> Moment:
    """A property with one value."""
    return read_moments(prop, zones)[0]


def read_moments(prop: Property, zones: Zones) -> list[Moment]:
    """All values of a property such as EXDATE. Raises Unreadable where one is no date, or there is none."""
    tzid, value = _tzid_and_value(prop)
    days = prop.parameter("VALUE").upper() == "DATE"
    found = [_moment(v.strip(), tzid, zones, prop.name) for v in value.split(",") if v.strip()]
    if not found:
        raise Unreadable(f"{prop.name} is empty")
    return [m.date() if days and isinstance(m, datetime) else m for m in found]


def read_periods(prop: Property, zones: Zones) -> list[Moment | tuple[datetime, timedelta]]:
    """RDATE values: moments, or periods as start and length."""
    tzid, value = _tzid_and_value(prop)
    found: list[Moment | tuple[datetime, timedelta]] = []
    for part in filter(None, (v.strip() for v in value.split(","))):
        begin, slash, end = part.partition("/")
        start = _moment(begin, tzid, zones, prop.name)
        if not slash or not isinstance(start, datetime):
            found.append(start)
            continue
        length = read_duration(end, prop.name) if "P" in end else _minus(_moment(end, tzid, zones, prop.name), start)
        found.append((start, max(length, timedelta(0))))
    return found


def read_until(value: str) -> Moment | None:
    """The UNTIL of a rule: a date, an aware instant, or a naive local time. None where it is none of these."""
    parsed = _parse(value)
    if parsed is None:
        return None
    moment, utc = parsed
    return moment.replace(tzinfo=UTC) if utc and isinstance(moment, datetime) else moment


def read_duration(value: str, name: str) -> timedelta:
    try:
        length: timedelta = vDuration.from_ical(value.strip().upper().replace(" ", ""))  # type: ignore[no-untyped-call]
    except ValueError as error:
        raise Unreadable(f"{name} “{value[:40]}” is no duration") from error
    return length


def is_floating(prop: Property | None) -> bool:
    """Whether it names no zone: the same wall time wherever its reader is."""
    return prop is not None and not prop.parameter("TZID") and not prop.value.strip().upper().endswith("Z")


def at_home(moment: Moment, home: tzinfo) -> datetime:
    """A date begins at midnight at home."""
    return moment if isinstance(moment, datetime) else datetime(moment.year, moment.month, moment.day, tzinfo=home)


def stamp(moment: Moment) -> str:
    """As RFC 5545 writes it: a date, or an instant in UTC."""
    if isinstance(moment, datetime):
        return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ").zfill(16)
    return moment.strftime("%Y%m%d").zfill(8)


def _tzid_and_value(prop: Property) -> tuple[str, str]:
    """Exchange writes TZID=(UTC+01:00) Amsterdam, Berlin without quotes: the value begins after the last colon then."""
    tzid, value = prop.parameter("TZID"), prop.value
    if tzid and ":" in value and not _TIME.match(value.split(",")[0].strip()):
        more, _, value = value.rpartition(":")
        tzid = f"{tzid}:{more}"
    return tzid, value


def _moment(value: str, tzid: str, zones: Zones, name: str) -> Moment:
    parsed = _parse(value)
    if parsed is None:
        raise Unreadable(f"{name} “{value[:40]}” is no date or time")
    moment, utc = parsed
    if not isinstance(moment, datetime):
        return moment
    return moment.replace(tzinfo=UTC if utc else zones.find(tzid) if tzid else zones.home)


def _parse(value: str) -> tuple[Moment, bool] | None:
    """A date, or a naive datetime and whether it says that it is UTC. 24:00 is the next midnight, second 60 the 59th."""
    match = _TIME.match(value.strip())
    if not match:
        return None
    try:
        day = date(int(match[1]), int(match[2]), int(match[3]))
        if match[4] is None:
            return day, False
        hour, minute, second = int(match[4]), int(match[5]), min(int(match[6] or 0), 59)
        later = DAY if (hour, minute, second) == (24, 0, 0) else timedelta(0)
        return datetime(day.year, day.month, day.day, hour % 24 if later else hour, minute, second) + later, bool(match[7])  # noqa: DTZ001
    except (ValueError, OverflowError):
        return None


def _minus(end: Moment, start: datetime) -> timedelta:
    return at_home(end, start.tzinfo or UTC) - start
