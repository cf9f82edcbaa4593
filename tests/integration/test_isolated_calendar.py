"""Calendars read and expanded in a process that can be killed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from service.calendar.reader import InlineCalendarReader, IsolatedCalendarReader
from service.isolation import Isolated
from tests.unit.calendar.calendars import MARA, an_ics, instant

START, END = instant("2026-05-01"), instant("2026-08-01")
SOUND = "DTSTART;TZID=Europe/Zurich:20260504T100000\nRRULE:FREQ=WEEKLY\nSUMMARY:Weekly"
# Legal, and each takes a good part of a second to count; ten of them take several.
SLOW_TO_EXPAND = "DTSTART:20200101T000000Z\n" + "RRULE:FREQ=SECONDLY;BYSETPOS=-1;BYSECOND=1,2,3;BYMINUTE=59\n" * 10
SLOW_TO_READ = "DTSTART:20200101T000000Z\n" + "RRULE:FREQ=SECONDLY;INTERVAL=7;BYHOUR=3;COUNT=100000000\n" * 10


@pytest.fixture(scope="module")
def reader() -> Iterator[IsolatedCalendarReader]:
    with Isolated(time_limit=timedelta(seconds=1), memory_limit=512 * 2**20) as isolated:
        yield IsolatedCalendarReader(isolated)


def test_it_reads_and_expands_as_inline(reader):
    data = an_ics(SOUND, "DTSTART;VALUE=DATE:20260512", "SUMMARY:broken", "DTSTART:20200101T000000Z")
    inline = InlineCalendarReader()
    assert reader.read(data, "cal", "cal.ics") == inline.read(data, "cal", "cal.ics")
    series, _ = inline.read(data, "cal", "cal.ics")
    window = (START, END, MARA, "Europe/Zurich")
    assert reader.expand(series, *window) == inline.expand(series, *window)
    assert reader.expand((), *window) == ((), ())


def test_a_series_that_takes_too_long_does_not_lose_the_others(reader):
    series, _ = InlineCalendarReader().read(an_ics(SOUND, SLOW_TO_EXPAND, SOUND), "cal", "cal.ics")
    events, problems = reader.expand(series, START, END, MARA, "Europe/Zurich")
    assert {e.uid for e in events} == {"u1", "u3"}
    assert [(p.where, "longer than" in p.what) for p in problems] == [("cal#u2", True)]


def test_an_event_that_takes_too_long_to_read_does_not_lose_its_calendar(reader):
    series, problems = reader.read(an_ics(SOUND, SLOW_TO_READ, "SUMMARY:broken", SOUND), "cal", "cal.ics")
    assert [s.uid for s in series] == ["u1", "u4"]
    assert [p.where for p in problems] == ["cal.ics#u2", "cal.ics#u3"]
