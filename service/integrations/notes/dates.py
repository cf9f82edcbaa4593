"""When a note is about: by what its head says, or by its name."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

_ISO = re.compile(r"(?<!\d)((?:19|20)\d{2})[-./_ ]?(0[1-9]|1[0-2])[-./_ ]?(0[1-9]|[12]\d|3[01])(?!\d)")
_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})\.[ ]?(\d{1,2})\.[ ]?((?:19|20)\d{2})(?!\d)")
_CLOCK = re.compile(r"^[T _,-]*(?:at )?([01]\d|2[0-3])[:h.-]?([0-5]\d)(?::?([0-5]\d))?(?!\d)\s*(Z|[+-]\d{2}:?\d{2})?")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WORDS = re.compile(
    r"\b(\d{1,2})(?:st|nd|rd|th)?\.?[ -]([a-z]{3,9})\.?,?[ -]((?:19|20)\d{2})\b"
    r"|\b([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? ((?:19|20)\d{2})\b",
    re.IGNORECASE,
)


def moment(words: str, zone: ZoneInfo) -> datetime | None:
    """Aware UTC; noon in the person's zone where only a day is said. None where no date is recognised."""
    found = _ISO.search(words)
    if found:
        return _at(int(found[1]), int(found[2]), int(found[3]), words[found.end() :], zone)
    if found := _DAY_FIRST.search(words):
        return _at(int(found[3]), int(found[2]), int(found[1]), words[found.end() :], zone)
    if found := _WORDS.search(words):
        day, month, year = (found[1], found[2], found[3]) if found[1] else (found[5], found[4], found[6])
        if month[:3].lower() in _MONTHS:
            return _at(int(year), _MONTHS.index(month[:3].lower()) + 1, int(day), words[found.end() :], zone)
    return None


def date_in_name(path: str, zone: ZoneInfo) -> datetime | None:
    """The file's name first, then the folders above it: `2026/05/12.md`, `2026-05-12 Atlas/notes.md`."""
    name = path.rpartition("/")[2].rpartition(".")[0]
    if found := moment(name, zone):
        return found
    return moment("/".join(path.rpartition(".")[0].split("/")[-3:]), zone)


def _at(year: int, month: int, day: int, rest: str, zone: ZoneInfo) -> datetime | None:
    clock = _CLOCK.match(rest)
    try:
        if clock is None:
            return datetime.combine(datetime(year, month, day), time(12), zone).astimezone(UTC)  # noqa: DTZ001
        offset = f"{clock[4][:3]}:{clock[4][-2:]}" if clock[4] and clock[4] != "Z" else "+00:00"
        said = f"{year:04}-{month:02}-{day:02}T{clock[1]}:{clock[2]}:{clock[3] or '00'}"
        if clock[4]:
            return datetime.fromisoformat(said + offset).astimezone(UTC)
        return datetime.fromisoformat(said).replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
