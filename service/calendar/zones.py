"""TZIDs to time zones: IANA names, Windows names, vendors' prefixes, then the file's own VTIMEZONE."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Timezone
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

_OFFSET = re.compile(r"^\(?(?:UTC|GMT|Z)?\s*([+-])(\d{1,2}):?(\d{2})?\)?", re.IGNORECASE)
_WINDOWS = {name.casefold(): olson for name, olson in WINDOWS_TO_OLSON.items()}
_LARGEST = 20_000  # characters of a VTIMEZONE: more is no zone


class Zones:
    """The zones one file's times are in. `home` places floating times; what can't be found is remembered in `unknown`."""

    def __init__(self, written: Mapping[str, str], home: tzinfo, own: str = "") -> None:
        self._written = written
        self.home = (find_zone(own) if own else None) or home
        self.unknown: set[str] = set()

    def find(self, tzid: str) -> tzinfo:
        """`home` where nobody knows the zone: a meeting at a doubtful time is better than none, and it is reported."""
        found = find_zone(tzid) or _read_zone(tzid, self._written.get(tzid, "")) or _by_offset(tzid)
        if found is None:
            self.unknown.add(tzid)
        return found or self.home


@lru_cache(maxsize=512)
def find_zone(tzid: str) -> tzinfo | None:
    """A zone the world knows by this name. An IANA name counts for more than a VTIMEZONE that gives it other rules:
    those are years old more often than they are meant.
    """
    tzid = tzid.strip().strip('"')
    if tzid.upper() in {"UTC", "Z", "GMT", "ETC/UTC", "COORDINATED UNIVERSAL TIME"}:
        return UTC
    parts = [p for p in tzid.split("/") if p]
    tails = ["/".join(parts[-n:]) for n in (3, 2) if len(parts) > n]  # /vendor.example/Tzfile/Europe/Zurich
    for name in (tzid, _WINDOWS.get(tzid.casefold(), ""), tzid.replace(" ", "_"), *tails):
        try:
            if name and name != "Factory":
                return ZoneInfo(name)
        except (KeyError, ValueError, OSError):  # unknown, no relative path, or the name of a folder
            continue
    return None


def zone_name(zone: tzinfo | None) -> str:
    return zone.key if isinstance(zone, ZoneInfo) else ""


@lru_cache(maxsize=128)
def _read_zone(tzid: str, written: str) -> tzinfo | None:
    if not written or len(written) > _LARGEST or _is_costly(written):
        return None
    try:
        component: Any = Timezone.from_ical(written)
        changes, offsets = component.get_transitions()
        parts = [(p["DTSTART"].dt, p["TZOFFSETFROM"].td, p["TZOFFSETTO"].td) for p in component.subcomponents]
    except Exception:  # a zone of a stranger's making: whatever the library stumbles over, there is no zone
        return None
    if not parts or not changes:
        return None
    first = min(parts, key=lambda p: str(p[0]))[1]
    return Written(tzid, tuple(c.replace(tzinfo=None) for c in changes), (first, *(o[0] for o in offsets)))


def _is_costly(written: str) -> bool:
    """Zones change by the year; anything quicker would be counted out one by one."""
    return any("FREQ=YEARLY" not in line.upper() for line in written.split("\r\n") if line.upper().startswith("RRULE"))


def _by_offset(tzid: str) -> tzinfo | None:
    """As Exchange says it, “(UTC+01:00) Amsterdam, Berlin”, and “GMT-5”: at least how far from Greenwich it is."""
    match = _OFFSET.match(tzid.strip())
    if not match:
        return None
    minutes = int(match[2]) * 60 + int(match[3] or 0)
    return timezone(timedelta(minutes=minutes if match[1] == "+" else -minutes)) if minutes < 24 * 60 else None


class Written(tzinfo):
    """A zone as a VTIMEZONE describes it: instants of change (naive UTC, ascending) and the offsets between them."""

    def __init__(self, name: str, changes: tuple[datetime, ...], offsets: tuple[timedelta, ...]) -> None:
        self._name, self._changes, self._offsets = name, changes, offsets
        self._walls = tuple(c + max(a, b) for c, a, b in zip(changes, offsets, offsets[1:], strict=False))
        self._folds = tuple(c + min(a, b) for c, a, b in zip(changes, offsets, offsets[1:], strict=False))

    def utcoffset(self, dt: datetime | None) -> timedelta | None:
        """RFC 5545 section 3.3.5: a wall time that occurs twice is the first, one that doesn't exist counts from before."""
        if dt is None:
            return None
        return self._offsets[bisect_right(self._folds if dt.fold else self._walls, dt.replace(tzinfo=None, fold=0))]

    def dst(self, dt: datetime | None) -> timedelta | None:  # noqa: ARG002 - nobody asks; the base class has it
        return None

    def tzname(self, dt: datetime | None) -> str | None:  # noqa: ARG002
        return self._name

    def fromutc(self, dt: datetime) -> datetime:
        instant = dt.replace(tzinfo=None)
        at = bisect_right(self._changes, instant)
        local = instant + self._offsets[at]
        again = at > 0 and self._changes[at - 1] + self._offsets[at - 1] > local
        return local.replace(tzinfo=self, fold=1 if again else 0)
