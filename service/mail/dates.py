"""When a message was sent, from headers that may be wrong or missing."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

_MONTHS = {m: i for i, m in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)}
_USUAL = re.compile(
    r"\s*(?:[A-Za-z]{3},?\s+)?(\d{1,2})\s+([A-Za-z]{3})[a-z]*\s+(\d{4})\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s+([+-])(\d{2})(\d{2})\b"
)


def parse(value: str) -> datetime | None:
    """RFC 5322 and what passes for it, ISO 8601 too; None where no moment can be read. A date without a zone is UTC."""
    usual = _USUAL.match(value)
    try:
        found = _usual(usual) if usual else _unusual(value)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return found if found and 1970 <= found.year <= 2100 else None


def _usual(match: re.Match[str]) -> datetime | None:
    day, month, year, hour, minute, second, sign, zone_hours, zone_minutes = match.groups()
    number = _MONTHS.get(month.lower())
    if number is None:
        return None
    east = timedelta(hours=int(zone_hours), minutes=int(zone_minutes)) * (1 if sign == "+" else -1)
    zone = timezone(east) if abs(east) < timedelta(hours=24) else UTC
    at = datetime(int(year), number, int(day), int(hour), int(minute), min(int(second or 0), 59), tzinfo=zone)
    return at.astimezone(UTC)


def _unusual(value: str) -> datetime | None:
    text = value.strip()[:100]
    if not text:
        return None
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        found = found.replace(tzinfo=UTC)
    return found.astimezone(UTC)


def newest_received(values: list[str]) -> datetime | None:
    """The latest moment any relay wrote: its date follows the last semicolon (RFC 5321, section 4.4)."""
    stamps = [parse(value.rpartition(";")[2]) for value in values[:50]]
    return max((at for at in stamps if at is not None), default=None)
