"""Small calendars, written as tests need them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from service.calendar.expansion import expand
from service.calendar.reading import read
from service.domain.items import Event
from service.domain.sync import Problem

MARA = frozenset({"mara@keller.example"})


def an_ics(*events: str, head: str = "") -> bytes:
    """A VCALENDAR of VEVENTs, each given by its lines; one without a UID gets u1, u2 …"""
    blocks = []
    for n, lines in enumerate(events, 1):
        text = lines.strip()
        uid = "" if "UID:" in text else f"UID:u{n}\n"
        blocks.append(f"BEGIN:VEVENT\n{uid}{text}\nEND:VEVENT\n")
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{head}{''.join(blocks)}END:VCALENDAR\n".replace("\n", "\r\n").encode()


def shown(
    data: bytes, start: str = "2026-05-01", end: str = "2026-06-01", zone: str = "Europe/Zurich", own: frozenset[str] = MARA
) -> tuple[Sequence[Event], Sequence[Problem]]:
    """What a window shows, and every problem on the way to it."""
    series, unread = read(data, "cal", "cal.ics")
    events, unexpanded = expand(series, instant(start), instant(end), own, zone)
    return events, (*unread, *unexpanded)


def instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def starts(events: Sequence[Event]) -> list[str]:
    """Starts as iCalendar writes them, dates as dates."""
    return [f"{e.start_date:%Y%m%d}" if e.start_date else f"{e.start_at:%Y%m%dT%H%MZ}" for e in events]
