"""When an event is (https://learn.microsoft.com/graph/api/resources/datetimetimezone)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from service.calendar.times import Unreadable
from service.calendar.zones import find_zone, zone_name

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """`days` are of an all-day event: the first, and the one after the last."""

    start_at: datetime
    end_at: datetime
    days: tuple[date, date] | None = None


def read_span(item: Mapping[str, Any], home: tzinfo) -> Span:
    """`home` is where the days of an all-day event are lived. Raises Unreadable."""
    start, end = (_moment(item.get(edge), edge) for edge in ("start", "end"))
    if not item.get("isAllDay"):
        return Span(start, max(start, end))
    first = _day(start, item)
    last = max(_day(end, item), first + DAY)
    start, end = (datetime.combine(day, time(), home).astimezone(UTC) for day in (first, last))
    return Span(start, end, (first, last))


def zone_of(item: Mapping[str, Any]) -> str:
    """The IANA name of the zone that it was written in, which Exchange knows by its Windows name. "" for UTC and for custom zones."""
    return zone_name(find_zone(str(item.get("originalStartTimeZone") or "")))


def instant(said: Any) -> datetime | None:
    """An Edm.DateTimeOffset. The year 1 stands for none."""
    try:
        at = datetime.fromisoformat(str(said or ""))
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return at.astimezone(UTC) if at.year > 1 else None


def _moment(said: Any, edge: str) -> datetime:
    """Asked for in UTC; in whatever zone it comes. Seven digits of a second are more than are kept."""
    try:
        at = datetime.fromisoformat(str(said["dateTime"]))
        zone = find_zone(str(said.get("timeZone") or "UTC"))
        return (at if at.tzinfo else at.replace(tzinfo=zone or UTC)).astimezone(UTC)
    except (TypeError, KeyError, ValueError, OverflowError) as error:
        raise Unreadable(f"its {edge} is no time") from error


def _day(at: datetime, item: Mapping[str, Any]) -> date:
    """All-day events are at midnight in the zone that was asked for; a server that counts from the event's own is understood, too."""
    if at.time() == time():
        return at.date()
    zone = find_zone(str(item.get("originalStartTimeZone") or ""))
    return at.astimezone(zone or UTC).date()
