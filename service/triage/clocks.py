"""Clock times and zones in words."""

from __future__ import annotations

import re
from datetime import time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from service.triage.words.calendar import ZONES

_DIGITS = re.compile(r"(\d{1,2})(?:\s?[:.h]\s?(\d{2}))?", re.IGNORECASE)
_HALF = re.compile(r"([ap])\.?m", re.IGNORECASE)
_OFFSET = re.compile(r"([+-])(\d{1,2}):?(\d\d)?$")
_NAMED = {
    "noon": (time(12), 0),
    "midday": (time(12), 0),
    "mittags": (time(12), 0),
    "midi": (time(12), 0),
    "mediodía": (time(12), 0),
}


def clock_time(words: str) -> tuple[time, int]:
    """The (first) time of day that the words name, and 1 where it belongs to the day after (midnight). Raises ValueError."""
    bare = words.strip().lower()
    for name, value in _NAMED.items():
        if bare.startswith(name):
            return value
    if bare.startswith(("midnight", "minuit")):
        return time(0), 1
    found = [(int(h), int(m or 0)) for h, m in _DIGITS.findall(bare)][:2]
    half = _HALF.search(bare)
    hour, minute = found[0]
    if half:
        last = found[-1][0] % 12 + (12 if half[1] == "p" else 0)
        hour = hour % 12 + (12 if half[1] == "p" else 0)
        if hour > last:  # "11-1pm" begins in the morning
            hour -= 12
    return time(hour, minute), 0


def zone_of(words: str) -> tzinfo | None:
    """PT, CET, UTC+2 …; None where nothing known is named."""
    offset = _OFFSET.search(words.strip())
    if offset:
        sign = -1 if offset[1] == "-" else 1
        return timezone(sign * timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0)))
    name = ZONES.get(words.strip().lower())
    return ZoneInfo(name) if name else None
