"""Compiled timings against clocks on the wall: every transition of every zone, and any moment of any zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from service.domain.ledger import Every, WallTimes
from service.domain.schedule import interval_slot
from service.domain.timetable import compiled
from service.domain.zones import ZoneTable, moment, seconds, zone_table
from tests.zones import first_shown, transitions

NAMES = sorted(available_timezones())
START, END = datetime(2024, 1, 1, tzinfo=UTC), datetime(2032, 12, 31, tzinfo=UTC)
WEEKDAYS = frozenset(range(5))
zones = st.sampled_from(NAMES)
instants = st.datetimes(datetime(2024, 1, 1), datetime(2041, 1, 1), timezones=st.just(UTC))
times = st.times().map(lambda t: t.replace(microsecond=0))
timings = st.builds(
    WallTimes,
    st.lists(times, max_size=4).map(tuple),
    st.frozensets(st.integers(0, 6)),
    st.booleans(),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def by_zoneinfo(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """The first moment at which the clock shows this wall time; in a gap found by walking back from where fold 0 lands behind it."""
    early, late = (datetime.combine(day, wall, zone).replace(fold=fold).astimezone(UTC) for fold in (1, 0))
    if early >= late:
        return late
    low, high = seconds(early), seconds(late)
    later = late.astimezone(zone).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if moment(middle).astimezone(zone).utcoffset() == later else (middle, high)
    return moment(high)


def slots(timing: WallTimes, zone: ZoneInfo, after: datetime, until: datetime, off: frozenset[date]) -> list[tuple[int, str]]:
    """Every slot with after < due <= until, the slow way: each local day asked of zoneinfo."""
    first, last = after.astimezone(zone).date() - timedelta(days=2), until.astimezone(zone).date() + timedelta(days=2)
    found = []
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        if day.weekday() in timing.days and not (timing.workdays_only and day in off):
            for ordinal, wall in enumerate(sorted(timing.at)):
                due = by_zoneinfo(day, wall, zone)
                if after < due <= until:
                    found.append((seconds(due), f"{day}.{ordinal}"))
    return found


def test_every_transition_of_every_zone_is_met_as_a_clock_on_the_wall_shows_it() -> None:
    walked: dict[object, dict[datetime, datetime]] = {}
    met = 0
    for name in NAMES:
        zone = ZoneInfo(name)
        for transition in transitions(zone, START, END):
            # Zones that change alike show the same: each change is walked once.
            if transition not in walked:
                walked[transition] = first_shown(transition, zone, timedelta(hours=5))
            for wall, shown in islice(walked[transition].items(), 0, None, 15):
                if abs(shown - transition.at) > timedelta(hours=3):
                    continue
                due, slot = seconds(shown), f"{wall.date()}.0"
                table = compiled(WallTimes((wall.time(),)), name)
                assert table.after(due - 1) == (due, slot), (name, wall)
                assert table.after(due - 4 * 3600) == (due, slot), (name, wall)
                # Never a second time in a fold, nor on the way to the next day's. From a quarter of an hour before a fold, 16 minutes
                # later lies between the two times that it shows.
                tomorrow = f"{wall.date() + timedelta(days=1)}.0"
                for later in (0, 16 * 60, 4 * 3600):
                    following = table.after(due + later)
                    assert following is not None
                    assert following[1] == tomorrow, (name, wall, later)
                met += 1
    assert met > 50_000, "the zones of 2024 to 2032 change more than two thousand times"


@given(timing=timings, name=zones, start=instants, days=st.integers(0, 40), off=st.frozensets(st.integers(0, 40), max_size=10))
@example(WallTimes((time(2), time(2, 15), time(2, 30))), "Australia/Lord_Howe", at("2026-10-02T12:00Z"), 4, frozenset())
@example(WallTimes((time(1, 45), time(7))), "Australia/Lord_Howe", at("2026-04-04T15:05Z"), 4, frozenset())
@example(WallTimes((time(1), time(2, 30))), "Antarctica/Troll", at("2026-10-25T01:10Z"), 4, frozenset())
@example(WallTimes((time(0), time(7))), "Pacific/Apia", at("2011-12-29T12:00Z"), 4, frozenset())
@example(WallTimes((time(7),), WEEKDAYS), "Pacific/Apia", at("2011-12-29T12:00Z"), 4, frozenset())
@example(WallTimes((time(2, 30),)), "Africa/Casablanca", at("2026-02-14T12:00Z"), 40, frozenset())
@example(WallTimes((time(2, 30),)), "Africa/Casablanca", at("2087-05-10T12:00Z"), 4, frozenset())
@example(WallTimes((time(0), time(12))), "Pacific/Kwajalein", at("1969-09-29T00:00Z"), 6, frozenset())
@example(WallTimes((time(7),), WEEKDAYS, workdays_only=True), "Europe/Zurich", at("2026-12-23T12:00Z"), 14, frozenset({2, 3, 9}))
def test_slots_are_those_that_zoneinfo_gives_day_by_day(
    timing: WallTimes, name: str, start: datetime, days: int, off: frozenset[int]
) -> None:
    holidays = frozenset(start.date() + timedelta(days=n) for n in off)
    until = start + timedelta(days=days)
    expected = slots(timing, ZoneInfo(name), start, until, holidays)
    table = compiled(timing, name)
    assert list(table.between(seconds(start), seconds(until), holidays.__contains__)) == expected
    first = table.after(seconds(start), holidays.__contains__)
    assert first == (expected[0] if expected else first)
    assert expected or first is None or first[0] > seconds(until)


@given(timing=timings, name=zones, start=instants, days=st.integers(0, 40))
def test_the_next_is_the_first_of_those_to_come(timing: WallTimes, name: str, start: datetime, days: int) -> None:
    table, now = compiled(timing, name), seconds(start)
    stepped = []
    while (found := table.after(now)) and found[0] <= seconds(start) + days * 86400:
        stepped.append(found)
        now = found[0]
    every = list(table.between(seconds(start), seconds(start) + days * 86400))
    moments = dict(reversed([(due, name) for due, name in every]))  # one of several at the end of a gap: the first
    assert stepped == sorted(moments.items())


@given(name=zones, when=st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)))
@example("Africa/Monrovia", at("1972-01-07T00:44:29Z"))
@example("Africa/Monrovia", at("1972-01-07T00:44:30Z"))
@example("Europe/Zurich", at("9000-07-01T00:00:00Z"))
def test_a_span_has_the_offset_that_zoneinfo_knows(name: str, when: datetime) -> None:
    span = ZoneTable(name).span(seconds(when))  # without what others have found
    zone = ZoneInfo(name)
    assert span.start <= seconds(when) < span.until
    ends = (moment(at).astimezone(zone).utcoffset() for at in (span.start, seconds(when), span.until - 1))
    assert set(ends) == {timedelta(seconds=span.offset)}
    assert span.calm >= span.until or not moment(span.calm).astimezone(zone).fold


@given(name=zones, moments=st.lists(instants, min_size=2, max_size=8))
def test_the_order_of_asking_changes_nothing(name: str, moments: list[datetime]) -> None:
    timing = WallTimes((time(2, 30),))
    shared = [compiled(timing, name).after(seconds(m)) for m in moments]
    assert shared == [compiled(timing, name).after(seconds(m)) for m in reversed(moments)][::-1]


@given(now=instants, every=st.integers(1, 10**6), count=st.integers(1, 20))
def test_intervals_are_aligned_and_named_as_the_schedule_names_them(now: datetime, every: int, count: int) -> None:
    timing = Every(timedelta(seconds=every))
    table, due = compiled(timing, "Europe/Zurich"), seconds(now)
    for expected in table.between(due, due + count * every):
        assert table.after(due) == expected
        due = expected[0]
        slot = interval_slot(timing, moment(due))
        assert (seconds(slot.due_at), slot.name) == expected
    assert due == seconds(interval_slot(timing, moment(seconds(now) + count * every)).due_at)


def test_no_days_no_times_or_every_day_a_holiday_is_never_due() -> None:
    now = seconds(START)
    assert compiled(WallTimes((time(7),), frozenset()), "UTC").after(now) is None
    assert compiled(WallTimes(()), "UTC").after(now) is None
    assert compiled(WallTimes((time(7),), workdays_only=True), "UTC").after(now, lambda _: True) is None


def test_cadences_of_one_zone_share_its_table_and_of_one_timing_its_times() -> None:
    one, other = (compiled(WallTimes((time(7), time(7, 30)), useful=timedelta(hours=h)), "Asia/Kolkata") for h in (1, 2))
    assert one[0] is other[0]
    assert one[1] is other[1] is zone_table("Asia/Kolkata")


def test_an_interval_below_a_second_is_refused() -> None:
    with pytest.raises(ValueError, match="make it 1 s or more"):
        compiled(Every(timedelta(milliseconds=500)), "UTC")
