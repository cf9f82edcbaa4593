"""When an event takes place, as a person says it in their own zone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from service.briefing.due import date_words
from service.domain.items import Event


def day(on: date, near: date) -> str:
    """For example "Tue 12 May"; with the year where it is not the year of `near`."""
    words = date_words(on, short=True)
    return words if on.year == near.year else f"{words} {on.year}"


def day_of(at: datetime, zone: ZoneInfo, near: datetime) -> str:
    return day(at.astimezone(zone).date(), near.astimezone(zone).date())


def hours(event: Event, zone: ZoneInfo) -> str:
    """For example "09:30–10:00", with days where it is longer than one night; "all day"."""
    if event.all_day:
        return "all day"
    start, end = event.start_at.astimezone(zone), event.end_at.astimezone(zone)
    if event.end_at <= event.start_at:
        return f"{start:%H:%M}"
    if end.date() - start.date() > timedelta(days=1):
        return f"{day(start.date(), start.date())} {start:%H:%M} – {day(end.date(), start.date())} {end:%H:%M}"
    return f"{start:%H:%M}–{end:%H:%M}"


def days(event: Event, zone: ZoneInfo, near: datetime) -> str:
    """The day of an event, or its first and last."""
    today = near.astimezone(zone).date()
    first, last = local_days(event, zone)
    return day(first, today) if first == last else f"{day(first, today)} – {day(last, today)}"


def local_days(event: Event, zone: ZoneInfo) -> tuple[date, date]:
    """First and last local day, both inclusive."""
    if event.all_day and event.start_date:
        end = event.end_date or event.start_date + timedelta(days=1)
        return event.start_date, max(event.start_date, end - timedelta(days=1))
    last = max(event.start_at, event.end_at - timedelta(microseconds=1))
    return event.start_at.astimezone(zone).date(), last.astimezone(zone).date()


def length(lasting: timedelta) -> str:
    minutes = int(lasting.total_seconds() // 60)
    if minutes < 60:
        return f"{minutes} min"
    whole, rest = divmod(minutes, 60)
    return f"{whole} h {rest} min" if rest else f"{whole} h"
