"""Series expanded a second, next to recurring-ical-events on the same calendar in the same run."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import icalendar
import recurring_ical_events

from service.calendar.expansion import expand
from service.calendar.reading import read
from tests.bench.figures import Figure, report

START = datetime(2026, 5, 1, tzinfo=UTC)
WINDOW = timedelta(days=100)
ZONE = """BEGIN:VTIMEZONE
TZID:Europe/Zurich
BEGIN:STANDARD
DTSTART:19961027T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19970330T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
END:VTIMEZONE
"""
EVENT = """BEGIN:VEVENT
UID:{n}@bench.example
DTSTAMP:20260101T000000Z
DTSTART;TZID=Europe/Zurich:{start:%Y%m%dT%H%M%S}
DTEND;TZID=Europe/Zurich:{end:%Y%m%dT%H%M%S}
{rule}SUMMARY:Round {n}
LOCATION:Room {n}
DESCRIPTION:Agenda\\, minutes and what is open.\\nJoin: https://zoom.us/j/{n}
ORGANIZER;CN=Dana Whitfield:mailto:dana@atlas.example
ATTENDEE;CN=Dana Whitfield;PARTSTAT=ACCEPTED:mailto:dana@atlas.example
ATTENDEE;CN=Mara Keller;PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT:mailto:mara@keller.example
END:VEVENT
"""


def calendar(count: int) -> bytes:
    """Half single events in the window, half weekly series that began up to two years before."""
    events = []
    for n in range(count):
        weekly = n % 2
        start = datetime(2026, 5, 1, 8) + timedelta(days=-(n * 7 % 700) if weekly else n % 100, minutes=30 * (n % 16))
        rule = "RRULE:FREQ=WEEKLY\n" if weekly else ""
        events.append(EVENT.format(n=n, start=start, end=start + timedelta(minutes=45), rule=rule))
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:bench\n{ZONE}{''.join(events)}END:VCALENDAR\n".replace("\n", "\r\n").encode()


def main(count: int = 200) -> None:
    data = calendar(count)
    series, _ = read(data, "bench", "bench.ics")
    reading = _best(lambda: read(data, "bench", "bench.ics"))
    ours = _best(lambda: expand(series, START, START + WINDOW, frozenset(), "Europe/Zurich"))
    events, problems = expand(series, START, START + WINDOW, frozenset(), "Europe/Zurich")
    theirs = _best(lambda: _library(data))
    print(f"  {count} series, {len(events)} instances in {WINDOW.days} days, {len(problems)} problems")
    report(
        Figure("series read and expanded", (reading + ours) * 1000, theirs * 1000, "ms", "icalendar + recurring-ical-events"),
        Figure("  read", count / reading, None, "/s"),
        Figure("  expanded", count / ours, None, "/s"),
    )


def _library(data: bytes) -> int:
    return len(recurring_ical_events.of(icalendar.Calendar.from_ical(data)).between(START, START + WINDOW))


def _best(work: Callable[[], object]) -> float:
    times = []
    for _ in range(3):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)


if __name__ == "__main__":
    main()
