"""What becomes of a cadence at a tick: each slot once, the newest run, and nothing looked at again before its time."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import given
from hypothesis import strategies as st

from service.domain.ledger import Every, WallTimes
from service.domain.schedule import interval_slot, slots_between, wall_slots
from service.domain.steps import NEVER, SUPERSEDED, Step, interval_step, wall_step
from service.domain.zones import moment, seconds

NOW = seconds(datetime(2026, 5, 12, 5, 0, tzinfo=UTC))  # 07:00 in Zurich
MORNING = WallTimes((time(7),))
HOUR, DAY = 3600, 86400


def walled(timing: WallTimes, until: int, now: int, silent: str = "") -> Step:
    return wall_step(timing, "Europe/Zurich", until, now, lambda _: False, lambda _: silent)


def test_a_slot_is_given_when_it_is_to_be_prepared() -> None:
    before = walled(MORNING, NOW - HOUR, NOW - 601)
    assert before.given == ()
    assert before.next_at == NOW - 600
    [slot] = walled(MORNING, before.until, NOW - 600).given
    assert (slot.slot, slot.day, slot.prepare_at, slot.due_at, slot.reason) == ("2026-05-12.0", "20260512", NOW - 600, NOW, "")


def test_what_is_only_to_be_prepared_supersedes_nothing_yet() -> None:
    assert walled(MORNING, NOW - HOUR, NOW - 600).gives_way is None
    assert walled(MORNING, NOW - HOUR, NOW).gives_way == NOW


def test_of_missed_slots_the_newest_is_run() -> None:
    step = walled(MORNING, NOW - 3 * DAY, NOW)
    assert [slot.reason for slot in step.given] == [SUPERSEDED, SUPERSEDED, ""]
    assert step.next_at == NOW + DAY - 600


def test_what_is_of_no_use_any_more_says_until_when_it_was() -> None:
    [slot] = walled(MORNING, NOW - HOUR, NOW + 5 * HOUR).given
    assert slot.reason == "expired: of no use after Tue 11:00"


def test_a_silent_time_is_a_reason_of_its_own() -> None:
    assert [slot.reason for slot in walled(MORNING, NOW - 2 * DAY, NOW, "restored").given] == ["restored"] * 2
    [slot] = interval_step(Every(timedelta(minutes=5)), NOW - 300, NOW, lambda _: "restored").given
    assert slot.reason == "restored"


def test_days_without_work_are_looked_at_again_in_a_year() -> None:
    step = wall_step(WallTimes((time(7),), workdays_only=True), "UTC", NOW, NOW, lambda _: True, lambda _: "")
    assert step == Step((), NOW + 600, NOW + NEVER)


def test_an_interval_stands_for_what_was_missed() -> None:
    step = interval_step(Every(timedelta(minutes=5)), NOW - 1000, NOW + 7, lambda _: "")
    [slot] = step.given
    assert (slot.slot, slot.due_at, slot.stands_for) == ("2026-05-12T05:00:00Z", NOW, 4)
    assert (step.until, step.next_at) == (NOW + 7, NOW + 300)


def test_an_interval_that_was_planned_is_not_planned_again() -> None:
    assert interval_step(Every(timedelta(minutes=5)), NOW, NOW + 7, lambda _: "").given == ()


walls = st.builds(
    WallTimes,
    at=st.lists(st.times(), min_size=1, max_size=3, unique=True).map(
        lambda at: tuple(sorted(t.replace(microsecond=0) for t in at))
    ),
    days=st.frozensets(st.integers(0, 6)),
    workdays_only=st.booleans(),
)


@given(
    walls,
    st.sampled_from(sorted(available_timezones())),
    st.integers(seconds(datetime(2024, 1, 1, tzinfo=UTC)), 2**31),
    st.integers(0, 5 * DAY),
)
def test_wall_times_are_given_the_slots_of_the_schedule(timing: WallTimes, zone: str, until: int, later: int) -> None:
    def is_holiday(day: date) -> bool:
        return day.day % 3 == 0

    step = wall_step(timing, zone, until, until + later, is_holiday, lambda _: "")
    slots = wall_slots(timing, ZoneInfo(zone), moment(until), moment(until + later) + timing.prepare, is_holiday)
    told = [(s.slot, moment(s.prepare_at), moment(s.due_at), moment(s.useful_until)) for s in step.given]
    assert told == [(s.name, s.prepare_at, s.due_at, s.useful_until) for s in slots]
    assert step.next_at >= until + later
    assert sum(not s.reason and s.due_at <= until + later for s in step.given) <= 1


@given(st.integers(1, 2 * DAY), st.integers(0, 2**31), st.integers(0, 5 * DAY))
def test_intervals_are_given_the_newest_slot_of_the_schedule(every: int, until: int, later: int) -> None:
    timing, now = Every(timedelta(seconds=every)), until + later
    step = interval_step(timing, until, now, lambda _: "")
    newest = interval_slot(timing, moment(now))
    told = [(s.slot, moment(s.due_at), moment(s.useful_until), s.stands_for) for s in step.given]
    missed = slots_between(timing, moment(until), moment(now))
    assert told == ([(newest.name, newest.due_at, newest.useful_until, missed)] if missed else [])
    assert step.next_at == seconds(newest.due_at) + every
