"""When slots fall, over every DST change of zones that do it differently."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.ledger import BeforeEvents, Every, WallTimes
from service.domain.schedule import instant, interval_slot, meeting_slots, next_wall_slot, slots_between, wall_slots

ZONES = ["Europe/Zurich", "America/New_York", "Australia/Lord_Howe", "UTC", "Asia/Kolkata", "Pacific/Apia", "Africa/Casablanca"]
zones = st.sampled_from(ZONES).map(ZoneInfo)
instants = st.datetimes(datetime(2010, 1, 1), datetime(2036, 1, 1), timezones=st.just(UTC))
wall_times = st.times().map(lambda t: t.replace(second=0, microsecond=0))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("zone", "day", "wall", "expected"),
    [
        ("Europe/Zurich", date(2026, 3, 29), time(2, 30), "2026-03-29T01:00:00Z"),  # gap 02:00–03:00
        ("Europe/Zurich", date(2026, 10, 25), time(2, 30), "2026-10-25T00:30:00Z"),  # fold: the first
        ("America/New_York", date(2026, 3, 8), time(2, 0), "2026-03-08T07:00:00Z"),
        ("America/New_York", date(2026, 11, 1), time(1, 30), "2026-11-01T05:30:00Z"),
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), "2026-10-03T15:30:00Z"),  # a gap of half an hour
        ("Australia/Lord_Howe", date(2026, 4, 5), time(1, 45), "2026-04-04T14:45:00Z"),
        ("Pacific/Apia", date(2011, 12, 30), time(7, 0), "2011-12-30T10:00:00Z"),  # a day that never was
        ("Europe/Zurich", date(2026, 5, 12), time(7, 0), "2026-05-12T05:00:00Z"),
    ],
)
def test_a_wall_time_is_the_first_moment_after_a_gap_and_the_first_of_a_fold(
    zone: str, day: date, wall: time, expected: str
) -> None:
    assert instant(day, wall, ZoneInfo(zone)) == at(expected)


@given(day=st.dates(date(2010, 1, 1), date(2035, 12, 31)), wall=wall_times, zone=zones)
def test_the_local_clock_shows_the_wall_time_or_the_end_of_a_gap(day: date, wall: time, zone: ZoneInfo) -> None:
    shown = instant(day, wall, zone).astimezone(zone)
    if (shown.date(), shown.time()) != (day, wall):
        before = (instant(day, wall, zone) - timedelta(seconds=1)).astimezone(zone)
        assert before.replace(tzinfo=None) < datetime.combine(day, wall) < shown.replace(tzinfo=None), (
            "only a gap moves a wall time"
        )


@given(start=instants, wall=st.lists(wall_times, min_size=1, max_size=3, unique=True), zone=zones, days=st.integers(1, 400))
def test_every_local_day_has_each_slot_exactly_once(start: datetime, wall: list[time], zone: ZoneInfo, days: int) -> None:
    end = start + timedelta(days=days)
    slots = list(wall_slots(WallTimes(tuple(wall)), zone, start, end))
    assert all(start < s.due_at <= end for s in slots)
    assert len({s.name for s in slots}) == len(slots)
    first, last = start.astimezone(zone).date() + timedelta(days=1), end.astimezone(zone).date() - timedelta(days=1)
    whole_days = max((last - first).days + 1, 0)
    assert len(slots) >= whole_days * len(wall)


@given(start=instants, middle=st.integers(0, 10**7), wall=wall_times, zone=zones)
def test_planning_in_pieces_names_the_same_slots_as_planning_at_once(
    start: datetime, middle: int, wall: time, zone: ZoneInfo
) -> None:
    end = start + timedelta(days=30)
    cut = min(start + timedelta(seconds=middle), end)
    timing = WallTimes((wall,))
    pieces = [*wall_slots(timing, zone, start, cut), *wall_slots(timing, zone, cut, end)]
    assert pieces == list(wall_slots(timing, zone, start, end))


@given(start=instants, wall=wall_times, zone=zones)
def test_the_next_slot_is_the_first_of_those_to_come(start: datetime, wall: time, zone: ZoneInfo) -> None:
    timing = WallTimes((wall,), days=frozenset({0, 3}))
    upcoming = list(wall_slots(timing, zone, start, start + timedelta(days=15)))
    assert next_wall_slot(timing, zone, start) == upcoming[0]
    assert all(a.due_at < b.due_at for a, b in pairwise(upcoming))


def test_no_days_means_no_next_slot() -> None:
    assert next_wall_slot(WallTimes((time(7),), days=frozenset()), ZoneInfo("UTC"), at("2026-05-12T00:00:00Z")) is None


def test_workdays_leave_out_holidays_only_where_asked() -> None:
    monday = date(2026, 5, 25)
    after, until = at("2026-05-25T00:00:00Z"), at("2026-05-26T23:00:00Z")
    days = frozenset(range(5))
    kept = wall_slots(WallTimes((time(7),), days, workdays_only=True), ZoneInfo("UTC"), after, until, lambda day: day == monday)
    assert [s.local_date for s in kept] == [date(2026, 5, 26)]


@given(now=instants, minutes=st.sampled_from([1, 5, 7, 15, 60, 1440]), back=st.integers(0, 10**6))
def test_intervals_are_aligned_and_counted(now: datetime, minutes: int, back: int) -> None:
    timing = Every(timedelta(minutes=minutes))
    slot = interval_slot(timing, now)
    assert slot.due_at <= now < slot.due_at + timing.interval
    earlier = now - timedelta(seconds=back)
    stepped, count = interval_slot(timing, earlier).due_at, 0
    if back < 10**5:
        while stepped + timing.interval <= now:
            stepped += timing.interval
            count += 1
        assert slots_between(timing, earlier, now) == count


def test_a_meeting_has_a_brief_and_a_push_of_use_until_it_starts() -> None:
    start = at("2026-05-12T08:30:00Z")
    brief, push = meeting_slots(BeforeEvents(), "e1/2026", start)
    assert (brief.name, brief.due_at, push.name, push.due_at) == (
        "brief",
        at("2026-05-12T04:30:00Z"),
        "push",
        at("2026-05-12T08:15:00Z"),
    )
    assert brief.useful_until == push.useful_until == start
