"""Moments as a person says them beside a fact: short, in the person's own zone."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@lru_cache(maxsize=64)
def zone(name: str) -> tzinfo:
    """The zone of that name; UTC where the machine's tz database does not know it, so that a briefing still renders."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def stamp(at: datetime, made_at: datetime, where: tzinfo) -> str:
    """Such as "09:30" today, "Mon 16:20" within six days either way, "3 Apr" before that, "3 Apr 2024" in another year."""
    local, now = at.astimezone(where), made_at.astimezone(where)
    days = (local.date() - now.date()).days
    if days == 0:
        return f"{local:%H:%M}"
    if abs(days) <= 6:
        return f"{DAYS[local.weekday()]} {local:%H:%M}"
    day = f"{local.day} {MONTHS[local.month - 1]}"
    return day if local.year == now.year else f"{day} {local.year}"


def full(at: datetime, where: tzinfo) -> str:
    """Such as "Tue 12 May 2026, 07:00"."""
    local = at.astimezone(where)
    return f"{DAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]} {local.year}, {local:%H:%M}"


def day_stamp(at: datetime, made_at: datetime, where: tzinfo) -> str:
    """As `stamp`, but names today too: "Tue 07:00"."""
    said = stamp(at, made_at, where)
    return f"{DAYS[at.astimezone(where).weekday()]} {said}" if ":" in said[:3] else said
