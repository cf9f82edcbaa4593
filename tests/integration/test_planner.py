"""The clock's side of the ledger: what is planned, caught up on, superseded, moved."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from service.domain.delivery import Draft
from service.domain.items import Attendee
from service.domain.ledger import BeforeEvents, Every, WallTimes
from service.errors import Unavailable
from service.store import Store
from tests.builders import DANA, MARA, an_event
from tests.household import MORNING, START, Bench, Sink, timed


def test_a_morning_is_prepared_early_and_sent_on_time(store: Store) -> None:
    bench = Bench(store)
    sent_at = []
    bench.channels["inbox"].before = lambda: sent_at.append(bench.clock.now)
    bench.run_until(8)
    assert bench.ended() == [("2026-05-12.0", "sent", "")]
    assert bench.job.prepared == 1
    assert sent_at == [START + timedelta(hours=7)]


def test_many_clocks_plan_each_slot_once(store: Store) -> None:
    bench = Bench(store)
    bench.clock.forward(hours=7)
    for _ in range(5):
        bench.plan()
        Bench(store).planner.tick(bench.clock.now)
    assert bench.open() == ["2026-05-12.0"]


def test_missed_mornings_become_one_run_of_the_newest_and_a_row_each(store: Store) -> None:
    bench = Bench(store)
    bench.clock.forward(days=3, hours=8)
    bench.tick()
    assert bench.ended() == [
        ("2026-05-12.0", "skipped", "superseded by a newer one"),
        ("2026-05-13.0", "skipped", "superseded by a newer one"),
        ("2026-05-14.0", "skipped", "superseded by a newer one"),
        ("2026-05-15.0", "sent", "late by 60 min"),
    ]


def test_past_its_use_a_slot_is_skipped_as_expired(store: Store) -> None:
    bench = Bench(store)
    bench.clock.forward(hours=13)
    bench.tick()
    assert bench.ended() == [("2026-05-12.0", "skipped", "expired: of no use after Tue 11:00")]
    assert bench.channels["inbox"].keys == []


def test_missed_intervals_become_one_row_with_a_count(store: Store) -> None:
    bench = Bench(store, cadences=(timed(Every(timedelta(minutes=5)), name="triage", job="triage"),))
    bench.clock.forward(minutes=42)
    bench.tick()
    [row] = store.ledger.recent("mara")
    assert (row.slot, row.count) == ("2026-05-11T22:40:00Z", 8)


def test_an_interval_nobody_picked_up_is_counted_in_the_next(store: Store) -> None:
    bench = Bench(store, cadences=(timed(Every(timedelta(minutes=5)), name="triage", job="triage"),))
    for _ in range(3):
        bench.clock.forward(minutes=5)
        bench.plan()
    [row] = store.ledger.open("mara")
    assert (row.slot, row.count) == ("2026-05-11T22:15:00Z", 3)


def test_a_meeting_gets_a_brief_and_a_push(store: Store) -> None:
    bench = Bench(store, cadences=(timed(BeforeEvents(), name="meetings", job="meeting"),))
    bench.events = [an_event(start_at=START + timedelta(hours=10), end_at=START + timedelta(hours=11))]
    sent_at = []
    bench.channels["inbox"].before = lambda: sent_at.append(bench.clock.now - START)
    bench.run_until(12)
    assert [slot for slot, *_ in bench.ended()] == ["brief", "push"]
    assert sent_at == [timedelta(hours=6), timedelta(hours=9, minutes=45)]


def test_a_moved_meeting_takes_its_unclaimed_rows_along(store: Store) -> None:
    bench = Bench(store, cadences=(timed(BeforeEvents(brief=None), name="meetings", job="meeting"),))
    event = an_event(start_at=START + timedelta(hours=1), end_at=START + timedelta(hours=2))
    bench.events = [event]
    bench.run_until(0.5)
    bench.events = [replace(event, start_at=event.start_at + timedelta(minutes=45), end_at=event.end_at + timedelta(minutes=45))]
    sent_at = []
    bench.channels["inbox"].before = lambda: sent_at.append(bench.clock.now - START)
    bench.run_until(2)
    assert sent_at == [timedelta(minutes=90)]


def pushes(store: Store, **event: float) -> tuple[Bench, list[timedelta]]:
    """A bench whose one meeting begins after these hours, and when its push went out."""
    bench = Bench(store, cadences=(timed(BeforeEvents(brief=None), name="meetings", job="meeting"),))
    bench.events = [an_event(start_at=START + timedelta(**event), end_at=START + timedelta(**event) + timedelta(hours=1))]
    sent_at: list[timedelta] = []
    bench.channels["inbox"].before = lambda: sent_at.append(bench.clock.now - START)
    return bench, sent_at


def move(bench: Bench, **by: float) -> None:
    [event] = bench.events
    bench.events = [replace(event, start_at=event.start_at + timedelta(**by), end_at=event.end_at + timedelta(**by))]


@pytest.mark.parametrize("hours", [5, 48])
def test_a_meeting_that_moves_far_gets_its_push_at_its_new_time(store: Store, hours: int) -> None:
    bench, sent_at = pushes(store, hours=1)
    bench.run_until(0.5)
    move(bench, hours=hours)
    bench.run_until(hours + 1, timedelta(minutes=5))
    assert sent_at == [timedelta(hours=hours, minutes=45)]


@pytest.mark.parametrize("by", [-3, 25, 300])
def test_a_meeting_that_moves_after_its_push_was_prepared_takes_it_along(store: Store, by: int) -> None:
    bench, sent_at = pushes(store, hours=1)
    bench.run_until(41 / 60)
    assert [o.state for o in store.ledger.open("mara")] == ["prepared"]
    move(bench, minutes=by)
    bench.run_until(6)
    assert sent_at == [timedelta(minutes=max(45 + by, 42))]
    assert [row[1:] for row in bench.ended()] == [("sent", "")]


def test_a_move_that_is_read_just_before_the_push_moves_it_too(store: Store) -> None:
    bench, sent_at = pushes(store, hours=1)
    bench.run_until(44 / 60)
    bench.mailboxes.then = lambda: bench.events[0].start_at > START + timedelta(hours=1) or move(bench, hours=3)
    bench.run_until(4)
    assert sent_at == [timedelta(hours=3, minutes=45)]


def test_a_meeting_that_moved_while_nobody_ran_is_not_expired(store: Store) -> None:
    bench, sent_at = pushes(store, hours=1)
    bench.run_until(0.5)
    bench.clock.forward(hours=1)
    bench.mailboxes.then = lambda: bench.events[0].start_at > START + timedelta(hours=1) or move(bench, hours=3)
    bench.run_until(4)
    assert sent_at == [timedelta(hours=3, minutes=45)]


def test_meetings_at_the_same_time_each_get_their_push(store: Store) -> None:
    bench, sent_at = pushes(store, hours=1)
    bench.events.append(replace(bench.events[0], id="another"))
    bench.run_until(1)
    assert sent_at == [timedelta(minutes=45)] * 2


def test_a_meeting_called_at_short_notice_is_not_late(store: Store) -> None:
    bench = Bench(store, cadences=(timed(BeforeEvents(push=None), name="meetings", job="meeting"),))
    bench.run_until(1)
    bench.events = [an_event(start_at=bench.clock.now + timedelta(minutes=30), end_at=bench.clock.now + timedelta(hours=1))]
    bench.run_until(0.2)
    assert [row[1:] for row in bench.ended()] == [("sent", "")]


def test_holidays_are_left_out_of_workdays(store: Store) -> None:
    bench = Bench(store, cadences=(timed(WallTimes((time(7),), workdays_only=True)),))
    bench.holidays = {date(2026, 5, 12)}
    bench.activate()
    bench.run_until(36, timedelta(minutes=10))
    assert [slot for slot, *_ in bench.ended()] == ["2026-05-13.0"]


def test_a_changed_time_moves_what_comes_and_never_reopens_what_ended(store: Store) -> None:
    bench = Bench(store)
    bench.run_until(8)
    bench.activate(timed(WallTimes((time(9),))))
    bench.run_until(26)
    assert [row[:2] for row in bench.ended()] == [("2026-05-12.0", "sent"), ("2026-05-13.0", "sent")]


def test_a_changed_zone_does_not_send_the_same_morning_twice(store: Store) -> None:
    bench = Bench(store)
    bench.run_until(8)
    bench.person = replace(bench.person, timezone="America/New_York")
    bench.activate()
    bench.run_until(12)
    assert [row[:2] for row in bench.ended()] == [("2026-05-12.0", "sent")]


def test_a_cadence_taken_out_ends_its_open_rows(store: Store) -> None:
    bench = Bench(store)
    bench.clock.forward(hours=6, minutes=55)
    bench.plan()
    bench.activate(replace(MORNING, name="evening", timing=WallTimes((time(18),))))
    assert bench.ended() == [("2026-05-12.0", "skipped", "its cadence was taken out of the config")]


def test_activating_the_same_config_again_leaves_the_plan_as_it_stands(store: Store) -> None:
    bench = Bench(store)
    bench.clock.forward(hours=9)
    bench.activate()  # a restart after 07:00: the missed morning must still be made good
    bench.tick()
    assert [row[:2] for row in bench.ended()] == [("2026-05-12.0", "sent")]


def test_each_cadence_looks_as_far_ahead_as_its_own_lead(store: Store) -> None:
    far, near = timed(BeforeEvents(timedelta(days=2), None)), timed(BeforeEvents(None, timedelta(minutes=15)))
    bench = Bench(store, cadences=(replace(far, name="a", job="meeting"), replace(near, name="b", job="meeting")))
    bench.events = [an_event(start_at=START + timedelta(days=2, minutes=30), end_at=START + timedelta(days=3))]
    bench.run_until(1)
    assert [row[:2] for row in bench.ended()] == [("brief", "sent")]


def test_an_invitation_whose_organizer_is_not_among_the_attendees_is_a_meeting(store: Store) -> None:
    bench, sent_at = pushes(store, hours=1)
    bench.events = [replace(bench.events[0], organizer=DANA, attendees=(Attendee(MARA),))]
    bench.run_until(1)
    assert len(sent_at) == 1


def test_a_calendar_that_cannot_be_read_does_not_keep_the_morning_away(store: Store) -> None:
    bench = Bench(store, cadences=(MORNING, timed(BeforeEvents(), name="meetings", job="meeting")))
    bench.events = [None]  # type: ignore[list-item]
    bench.run_until(8)
    assert [row[:2] for row in bench.ended()] == [("2026-05-12.0", "sent")]


def test_another_channel_chosen_while_nothing_ran_does_not_lose_the_missed_morning(store: Store) -> None:
    bench = Bench(store)
    bench.clock.forward(hours=9)
    bench.channels["folder"] = Sink()
    bench.activate(replace(MORNING, to=("folder",)))
    bench.tick()
    assert [row[:2] for row in bench.ended()] == [("2026-05-12.0", "sent")]
    assert len(bench.channels["folder"].keys) == 1
    assert [planned.cadence.to for planned in store.cadences.of("mara")] == [("folder",)]


def test_a_morning_prepared_before_the_machine_slept_gives_way_to_the_newer_one(store: Store) -> None:
    bench = Bench(store, cadences=(timed(WallTimes((time(7), time(8)))),))
    bench.clock.forward(hours=6, minutes=55)
    bench.tick()
    bench.clock.forward(hours=1, minutes=30)
    bench.tick()
    assert [row[1:] for row in bench.ended()] == [("skipped", "superseded by a newer one"), ("sent", "late by 25 min")]


def test_an_interval_that_always_fails_ends_in_the_open(store: Store) -> None:
    bench = Bench(store, cadences=(timed(Every(timedelta(minutes=5)), name="triage", job="triage"),))

    def say(*_: object) -> Draft:
        raise Unavailable("the model is away")

    bench.job.say = say
    bench.run_until(1)
    assert {row[1:] for row in bench.ended()} == {("failed", "the model is away")}


def test_meetings_are_looked_at_right_after_an_edit(store: Store) -> None:
    bench, _ = pushes(store, hours=1)
    bench.planner.tick(bench.clock.now)
    bench.person = replace(bench.person, timezone="America/New_York")
    bench.activate()
    bench.clock.forward(minutes=50)
    bench.planner.tick(bench.clock.now)  # nothing has changed in the calendar
    assert bench.open() == ["push"]
