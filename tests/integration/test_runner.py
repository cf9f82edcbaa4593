"""One occurrence from claim to end: retries, crashes, doubts, pauses. What arrives is counted by key at the channel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from time import monotonic, sleep

import pytest

from service.domain.delivery import Audience, DeliveryState, Draft, Keep, Nothing, Notice, Replace, Skip
from service.domain.ledger import Outcome, State
from service.domain.occurrence_ids import occurrence_id
from service.domain.people import Budget, Pause, QuietHours
from service.errors import AccessLost, FenceLost, NotAllowed, Rejected, Unavailable
from service.ports import Occasion
from service.store import Store
from tests.builders import a_person
from tests.household import MORNING, START, Bench, Sink, a_draft


def at_seven(store: Store, **fields: object) -> Bench:
    bench = Bench(store, **fields)  # type: ignore[arg-type]
    bench.clock.forward(hours=7)
    return bench


def test_nothing_to_say_ends_in_the_open(store: Store) -> None:
    bench = at_seven(store)
    bench.job.say = lambda *_: Nothing("a quiet day")
    bench.tick()
    assert bench.ended() == [("2026-05-12.0", "skipped", "a quiet day")]


def test_a_source_that_is_away_is_tried_again(store: Store) -> None:
    bench = at_seven(store)
    answers = iter([Unavailable("the model is away")])

    def say(occasion: Occasion, now: object) -> Draft:
        for error in answers:
            raise error
        return a_draft(occasion, bench.clock.now)

    bench.job.say = say
    bench.tick()
    assert bench.open() == ["2026-05-12.0"]
    bench.run_until(0.1)
    assert bench.ended() == [("2026-05-12.0", "sent", "")]


def test_a_job_that_always_crashes_fails_in_the_open(store: Store) -> None:
    bench = at_seven(store)
    bench.plan()
    [id] = bench.waiting()
    bench.job.say = lambda *_: 1 / 0  # type: ignore[return-value,arg-type]
    for _ in range(8):
        runner = bench.runner()
        try:
            runner.run(id)
        except ZeroDivisionError as error:
            runner.crashed(id, error)
        bench.clock.forward(minutes=10)
    assert bench.ended() == [("2026-05-12.0", "failed", "ZeroDivisionError: division by zero")]


@pytest.mark.parametrize("answer", [Unavailable("421 try later"), Unavailable("refused", retry_after=timedelta(minutes=3))])
def test_a_temporary_failure_is_retried_until_it_arrives_once(store: Store, answer: Unavailable) -> None:
    bench = at_seven(store)
    bench.channels["inbox"].answers = [answer, answer]
    bench.run_until(0.5)
    assert len(bench.channels["inbox"].keys) == 1
    assert bench.ended()[0][1] == "sent"


def test_a_server_that_stays_down_ends_as_failed_when_it_is_of_no_more_use(store: Store) -> None:
    bench = at_seven(store)
    bench.channels["inbox"].answers = [Unavailable("connection refused")] * 100
    bench.run_until(5)
    [(slot, outcome, reason)] = bench.ended()
    assert (slot, outcome) == ("2026-05-12.0", "failed")
    assert "connection refused" in reason


@pytest.mark.parametrize("error", [Rejected("550 no such user"), AccessLost("535 bad password")])
def test_a_permanent_failure_reaches_the_person_another_way(store: Store, error: Exception) -> None:
    bench = at_seven(store)
    bench.channels = {"inbox": Sink(answers=[error]), "folder": Sink()}
    bench.tick()
    [(_, outcome, reason)] = bench.ended()
    assert outcome == "sent"
    assert "inbox failed" in reason
    assert len(bench.channels["folder"].keys) == 1


def test_private_words_never_take_another_way_that_others_see(store: Store) -> None:
    bench = at_seven(store)
    bench.channels = {"inbox": Sink(answers=[Rejected("550")]), "wall": Sink(audience=Audience.OTHERS)}
    bench.tick()
    assert bench.ended()[0][1] == "failed"
    assert bench.channels["wall"].keys == []


def crash_while_sending(bench: Bench, channel: str = "inbox", *, arrives: bool) -> None:
    """As kill -9 does it: `sending` is committed, and nobody marks what became of it."""

    class Killed(BaseException):
        pass

    sink = bench.channels[channel]
    sink.answers = [Killed()]
    with pytest.raises(Killed):
        bench.tick()
    if arrives:
        [delivery] = bench.store.deliveries.of(bench.store.ledger.open("mara")[0].id)
        sink.arrived_.append((delivery.key.value, Notice(Audience.PERSON, "", "", "")))
    bench.clock.forward(minutes=3)  # the leases run out


def test_killed_before_the_first_byte_a_mail_is_sent_again(store: Store) -> None:
    bench = at_seven(store)
    crash_while_sending(bench, arrives=False)
    bench.tick()
    assert len(bench.channels["inbox"].keys) == 1
    assert bench.ended()[0][1] == "sent"


def test_killed_after_the_250_a_mail_found_in_the_mailbox_is_not_sent_again(store: Store) -> None:
    bench = at_seven(store)
    crash_while_sending(bench, arrives=True)
    [delivery] = store.deliveries.of(store.ledger.open("mara")[0].id)
    bench.mailboxes.then = lambda: store.accounts.sight("mara", [delivery.key.message_id], bench.clock.now)
    bench.tick()
    assert len(bench.channels["inbox"].keys) == 1
    assert bench.ended()[0][1] == "sent"


def test_a_doubtful_push_ends_as_unknown_and_is_not_repeated(store: Store) -> None:
    bench = at_seven(store)
    bench.channels["inbox"] = Sink(repeatable=False)
    crash_while_sending(bench, arrives=True)
    bench.run_until(1)
    assert len(bench.channels["inbox"].keys) == 1
    assert bench.ended()[0][1] == "unknown"


def test_a_channel_that_can_look_settles_the_doubt(store: Store) -> None:
    bench = at_seven(store)
    bench.channels["inbox"] = Sink(knows=True)
    crash_while_sending(bench, arrives=True)
    bench.tick()
    assert len(bench.channels["inbox"].keys) == 1
    assert bench.ended()[0][1] == "sent"


def test_a_connection_lost_after_the_last_byte_leaves_a_doubt(store: Store) -> None:
    bench = at_seven(store)
    bench.channels["inbox"] = Sink(repeatable=False, answers=[Unavailable("gone", arrived=None)])
    bench.run_until(1)
    assert bench.ended()[0][1] == "unknown"
    assert bench.channels["inbox"].keys == []


def test_a_worker_that_lost_its_lease_cannot_write(store: Store) -> None:
    bench = at_seven(store)
    bench.plan()
    [id] = bench.waiting()
    stale = store.ledger.claim(id, bench.clock.now, timedelta(seconds=90))
    assert stale is not None
    bench.clock.forward(minutes=2)
    bench.tick()  # another worker takes over and finishes
    with pytest.raises(FenceLost):
        store.ledger.end(id, stale.fence, Outcome.FAILED, "late", bench.clock.now)
    assert bench.ended() == [("2026-05-12.0", "sent", "")]


def test_a_heartbeat_keeps_a_long_preparation_alive(store: Store) -> None:
    """Real time: the lease is shorter than the work, and nobody else may take it meanwhile."""
    bench = at_seven(store)
    began = monotonic()
    bench.clock = lambda: START + timedelta(hours=7, seconds=monotonic() - began)  # type: ignore[assignment]
    [id] = [ring.id for ring in bench.planner.tick(bench.clock())]
    taken_over = []

    def say(occasion: Occasion, now: object) -> Draft:
        for _ in range(8):
            sleep(0.1)
            taken_over.append(store.ledger.claim(id, bench.clock(), timedelta(seconds=90)))
        return a_draft(occasion, bench.clock())

    bench.job.say = say
    replace(bench.runner(), lease=timedelta(seconds=0.3)).run(id)
    assert taken_over == [None] * 8
    assert bench.ended() == [("2026-05-12.0", "sent", "")]


def test_a_process_that_slept_through_its_lease_is_refused_its_write(store: Store) -> None:
    bench = at_seven(store)
    bench.plan()
    [id] = bench.waiting()

    def say(occasion: Occasion, now: object) -> Draft:
        bench.job.say = a_draft
        bench.clock.forward(minutes=2)  # stopped for longer than its lease; meanwhile another one does all of it
        bench.runner().run(id)
        return a_draft(occasion, bench.clock.now)

    bench.job.say = say
    bench.runner().run(id)
    assert bench.ended() == [("2026-05-12.0", "sent", "")]
    assert len(bench.channels["inbox"].keys) == 1


def test_two_workers_at_once_send_once(store: Store) -> None:
    bench = at_seven(store)
    bench.plan()
    [id] = bench.waiting()
    second = bench.runner()
    bench.channels["inbox"].before = lambda: second.run(id)
    bench.runner().run(id)
    assert len(bench.channels["inbox"].keys) == 1


def test_a_failed_channel_does_not_hold_up_or_repeat_another(store: Store) -> None:
    bench = at_seven(store)
    bench.channels = {"inbox": Sink(), "podcast": Sink(answers=[Unavailable("down")])}
    bench.cadences = {"morning": replace(bench.cadences["morning"], to=("inbox", "podcast"))}
    bench.run_until(0.2)
    assert len(bench.channels["inbox"].keys) == len(bench.channels["podcast"].keys) == 1
    assert bench.channels["inbox"].keys != bench.channels["podcast"].keys


def test_what_changed_before_delivery_is_prepared_anew(store: Store) -> None:
    bench = Bench(store)
    bench.clock.forward(hours=6, minutes=51)
    bench.tick()
    bench.job.again = Replace("a meeting moved")
    bench.run_until(0.5)
    assert bench.job.prepared == 2
    assert len(bench.channels["inbox"].keys) == 1


def test_what_no_longer_holds_is_skipped_with_its_reason(store: Store) -> None:
    bench = Bench(store)
    bench.clock.forward(hours=6, minutes=51)
    bench.tick()
    bench.job.again = Skip("the meeting was cancelled")
    bench.run_until(0.5)
    assert bench.ended() == [("2026-05-12.0", "skipped", "the meeting was cancelled")]


def test_a_pause_is_a_reason_to_skip(store: Store) -> None:
    pause = Pause(START, START + timedelta(days=2))
    bench = at_seven(store, person=a_person(pauses=(pause,)))
    bench.tick()
    assert bench.ended() == [("2026-05-12.0", "skipped", "paused until Thu 14 May 00:00")]


def priority(name: str) -> Callable[[Occasion, datetime], Draft]:
    def say(occasion: Occasion, now: datetime) -> Draft:
        draft = a_draft(occasion, now)
        return replace(draft, notices=tuple(replace(n, priority=name) for n in draft.notices))

    return say


@pytest.mark.parametrize(("name", "outcome"), [("urgent", "sent"), ("normal", "skipped")])
def test_a_pause_lets_through_what_it_excepts(store: Store, name: str, outcome: str) -> None:
    pause = Pause(START, START + timedelta(days=2), frozenset({"urgent"}))
    bench = at_seven(store, person=a_person(pauses=(pause,)))
    bench.job.say = priority(name)
    bench.tick()
    assert bench.ended()[0][1] == outcome


@pytest.mark.parametrize(("name", "outcome"), [("urgent", "sent"), ("normal", "skipped")])
def test_a_pause_that_begins_after_preparing_holds(store: Store, name: str, outcome: str) -> None:
    bench = Bench(store)
    bench.job.say = priority(name)
    bench.clock.forward(hours=6, minutes=51)
    bench.tick()
    bench.person = a_person(pauses=(Pause(START, START + timedelta(days=2), frozenset({"urgent"})),))
    bench.run_until(0.3)
    [(_, ended, reason)] = bench.ended()
    assert ended == outcome
    assert ("paused until" in reason) == (outcome == "skipped")


def test_what_is_tried_again_in_a_pause_is_not_delivered(store: Store) -> None:
    bench = at_seven(store, person=a_person(pauses=(Pause(START + timedelta(hours=8), START + timedelta(days=2)),)))
    bench.channels["inbox"].answers = [Unavailable("later", retry_after=timedelta(hours=1.5))]
    bench.run_until(3, timedelta(minutes=5))
    assert bench.channels["inbox"].keys == []
    assert bench.ended()[0][1] == "skipped"


def test_what_is_due_after_a_pause_is_prepared_within_it(store: Store) -> None:
    bench = Bench(store, person=a_person(pauses=(Pause(START, START + timedelta(hours=7)),)))
    bench.run_until(8)
    assert bench.ended() == [("2026-05-12.0", "sent", "")]


def test_who_asks_by_hand_is_answered_in_a_pause_too(store: Store) -> None:
    bench = at_seven(store, person=a_person(pauses=(Pause(START, START + timedelta(days=2)),)))
    id = bench.planner.ask(bench.cadences["morning"], bench.clock.now)
    bench.runner().run(id)
    assert len(bench.channels["inbox"].keys) == 1


def test_a_push_waits_for_the_end_of_quiet_hours(store: Store) -> None:
    bench = at_seven(store, person=a_person(quiet=QuietHours(time(21), time(8))))
    sent_at = []
    bench.channels["inbox"] = Sink(interrupts=True, before=lambda: sent_at.append(bench.clock.now - START))
    bench.tick()
    bench.run_until(2)
    assert sent_at == [timedelta(hours=8)]


def test_the_daily_budget_of_pushes_holds(store: Store) -> None:
    bench = at_seven(store, person=a_person(budget=Budget(pushes_per_day=0)))
    bench.channels["inbox"] = Sink(interrupts=True)
    bench.tick()
    assert bench.ended() == [("2026-05-12.0", "skipped", "inbox skipped: the budget of 0 pushes a day is used up")]


def test_told_facts_count_once_they_were_sent(store: Store) -> None:
    bench = at_seven(store)
    assert store.deliveries.told("mara", "morning", bench.clock.now + timedelta(days=1)) == {}
    bench.tick()
    assert store.deliveries.told("mara", "morning", bench.clock.now + timedelta(days=1)) == {"reply:t1": "1"}
    assert store.deliveries.told("mara", "morning", bench.clock.now) == {}


def test_what_waits_for_its_second_attempt_is_told_and_what_failed_is_not(store: Store) -> None:
    bench = at_seven(store)
    bench.channels["inbox"].answers = [Unavailable("down")] * 100
    bench.tick()
    tomorrow = bench.clock.now + timedelta(days=1)
    assert store.deliveries.told("mara", "morning", tomorrow) == {"reply:t1": "1"}
    bench.run_until(5)
    assert bench.ended()[0][1] == "failed"
    assert store.deliveries.told("mara", "morning", tomorrow) == {}


def test_the_notice_that_goes_out_is_the_one_that_was_stored(store: Store) -> None:
    bench = Bench(store)
    bench.clock.forward(hours=6, minutes=51)
    bench.tick()
    assert [o.state for o in store.ledger.open("mara")] == [State.PREPARED]
    bench.job.again = Keep()
    bench.run_until(0.2)
    [(_, notice)] = bench.channels["inbox"].arrived_
    assert (notice.text, notice.files[0].data) == ("Good morning.", b"Good morning.")
    assert [d.state for d in store.deliveries.of(store.ledger.recent("mara")[0].id)] == [DeliveryState.SENT]


def test_a_channel_that_crashes_does_not_make_another_send_twice(store: Store) -> None:
    bench = at_seven(store)
    bench.channels = {"inbox": Sink(), "podcast": Sink(answers=[ZeroDivisionError()])}  # type: ignore[list-item]
    bench.cadences = {"morning": replace(bench.cadences["morning"], to=("inbox", "podcast"))}
    for _ in range(10):
        bench.work()
        bench.clock.forward(minutes=2)
    assert len(bench.channels["inbox"].keys) == len(bench.channels["podcast"].keys) == 1
    assert bench.ended()[0][1] == "sent"


def test_a_crash_after_the_lease_was_lost_leaves_the_new_owner_alone(store: Store) -> None:
    bench = at_seven(store)
    taken_over = []

    def say(*_: object) -> Draft:
        bench.clock.forward(minutes=2)
        taken_over.append(store.ledger.claim(id, bench.clock.now, timedelta(seconds=90)))
        raise ZeroDivisionError

    bench.plan()
    [id] = bench.waiting()
    bench.job.say = say
    bench.work()
    [row] = store.ledger.open("mara")
    assert (row.state, row.fence, row.lease_until) == (State.PREPARING, taken_over[0].fence, taken_over[0].lease_until)


def test_what_a_job_refuses_is_said_where_it_ended(store: Store) -> None:
    bench = at_seven(store)

    def say(*_: object) -> Draft:
        raise NotAllowed("no tool here")

    bench.job.say = say
    bench.run_until(1)
    assert bench.ended() == [("2026-05-12.0", "failed", "no tool here")]


def test_a_channel_taken_out_in_the_middle_of_sending_leaves_a_doubt(store: Store) -> None:
    bench = at_seven(store)
    crash_while_sending(bench, arrives=True)
    bench.channels = {"phone": Sink()}
    bench.run_until(0.2)
    [(_, outcome, reason)] = bench.ended()
    assert (outcome, "taken out of the config while it was being sent" in reason) == ("unknown", True)


def test_a_doubt_that_cannot_be_looked_up_ends_all_the_same(store: Store) -> None:
    class Mute(Sink):
        def arrived(self, key: object) -> bool | None:
            raise Unavailable("nobody answers")

    bench = at_seven(store)
    bench.channels["inbox"] = Mute()
    crash_while_sending(bench, arrives=True)
    bench.clock.forward(hours=5)
    bench.run_until(0.2)
    assert bench.ended()[0][1] == "unknown"


@pytest.mark.parametrize(("knows", "outcome"), [(None, "unknown"), (False, "failed")])
def test_what_is_refused_after_a_doubt_may_have_arrived_before(store: Store, knows: bool | None, outcome: str) -> None:
    bench = at_seven(store)
    bench.channels["inbox"].knows = knows
    crash_while_sending(bench, arrives=True)
    bench.channels["inbox"].answers = [Rejected("550 no such user")]
    bench.run_until(0.2)
    assert bench.ended()[0][1:] == (outcome, f"inbox {outcome}: 550 no such user")


def test_a_worker_that_lost_its_lease_while_it_looked_does_not_send(store: Store) -> None:
    bench = at_seven(store)
    crash_while_sending(bench, arrives=False)
    [row] = store.ledger.open("mara")
    second = bench.runner()

    def the_machine_sleeps() -> None:
        bench.mailboxes.then = lambda: None
        bench.clock.forward(minutes=3)
        second.run(row.id)

    bench.mailboxes.then = the_machine_sleeps
    bench.tick()
    assert len(bench.channels["inbox"].keys) == 1
    assert bench.ended()[0][1] == "sent"


def test_a_channel_that_others_see_by_now_gets_nothing_made_for_the_person_alone(store: Store) -> None:
    bench = Bench(store)
    bench.clock.forward(hours=6, minutes=51)
    bench.tick()
    bench.channels = {"inbox": Sink(audience=Audience.OTHERS), "folder": Sink()}
    bench.run_until(0.3)
    assert bench.channels["inbox"].keys == []
    assert len(bench.channels["folder"].keys) == 1


def for_others(occasion: Occasion, now: datetime) -> Draft:
    draft = a_draft(occasion, now)
    return replace(draft, notices=(*draft.notices, replace(draft.notices[0], audience=Audience.OTHERS, text="Morning.")))


def test_what_reached_only_those_who_read_along_has_not_reached_the_person(store: Store) -> None:
    bench = at_seven(store)
    bench.job.say = for_others
    bench.readers = {"reader a@x.example": frozenset()}
    bench.channels = {
        "inbox": Sink(answers=[Rejected("550")]),
        "reader a@x.example": Sink(audience=Audience.OTHERS),
        "folder": Sink(),
    }
    bench.tick()
    assert [notice.text for _, notice in bench.channels["folder"].arrived_] == ["Good morning."]
    assert len(bench.channels["reader a@x.example"].keys) == 1
    assert bench.ended()[0][1] == "sent"


def test_with_no_other_way_what_others_read_does_not_count_as_sent(store: Store) -> None:
    bench = at_seven(store)
    bench.job.say = for_others
    bench.readers = {"reader a@x.example": frozenset()}
    bench.channels = {"inbox": Sink(answers=[Rejected("550")]), "reader a@x.example": Sink(audience=Audience.OTHERS)}
    bench.tick()
    assert bench.ended()[0][1] == "failed"


def test_what_fails_is_never_sent_to_those_who_read_other_cadences(store: Store) -> None:
    bench = at_seven(store)
    bench.job.say = for_others
    bench.readers = {"reader a@x.example": frozenset({"meetings"})}
    bench.channels = {
        "inbox": Sink(audience=Audience.OTHERS, answers=[Rejected("410 gone")]),
        "reader a@x.example": Sink(audience=Audience.OTHERS),
        "folder": Sink(),
    }
    bench.tick()
    assert bench.channels["reader a@x.example"].keys == []
    assert len(bench.channels["folder"].keys) == 1


def test_another_way_that_fails_as_well_leads_to_the_next_the_quiet_ones_first(store: Store) -> None:
    bench = at_seven(store)
    bench.channels = {
        "inbox": Sink(answers=[Rejected("550")]),
        "phone": Sink(interrupts=True),
        "folder": Sink(answers=[Rejected("read-only")]),
    }
    bench.tick()
    assert len(bench.channels["phone"].keys) == 1
    assert bench.channels["folder"].answers == []
    assert bench.ended()[0][1] == "sent"


def test_what_is_of_no_more_use_takes_no_other_way(store: Store) -> None:
    bench = at_seven(store)
    bench.channels = {"inbox": Sink(answers=[Unavailable("down")] * 100), "folder": Sink()}
    bench.tick()
    bench.clock.forward(hours=5)
    bench.tick()
    assert bench.channels["folder"].keys == []
    [ended] = store.ledger.recent("mara")
    assert [d.channel for d in store.deliveries.of(ended.id)] == ["inbox"]


def test_two_pushes_at_once_keep_within_the_budget(store: Store) -> None:
    bench = at_seven(store, person=a_person(budget=Budget(pushes_per_day=1)), cadences=(MORNING, replace(MORNING, name="other")))
    bench.channels["inbox"] = Sink(interrupts=True)
    bench.plan()
    first, second = bench.waiting()
    other = bench.runner()
    bench.channels["inbox"].before = lambda: other.run(second)
    bench.runner().run(first)
    bench.run_until(0.2)
    assert len(bench.channels["inbox"].keys) == 1
    assert sorted(row[1] for row in bench.ended()) == ["sent", "skipped"]


def test_what_is_looked_at_again_before_it_goes_out_has_not_told_itself(store: Store) -> None:
    bench = Bench(store)
    bench.clock.forward(hours=6, minutes=51)
    bench.tick()
    [row] = store.ledger.open("mara")
    later = bench.clock.now + timedelta(hours=1)
    assert store.deliveries.told("mara", "morning", later) == {"reply:t1": "1"}
    assert store.deliveries.told("mara", "morning", later, besides=row.id) == {}


@pytest.mark.parametrize(("answer", "told"), [(Rejected("550"), {}), (Unavailable("cut", arrived=None), {"reply:t1": "1"})])
def test_what_failed_is_not_told_and_what_may_have_arrived_is(store: Store, answer: Exception, told: dict[str, str]) -> None:
    bench = at_seven(store)
    bench.channels["inbox"] = Sink(answers=[answer], repeatable=False)
    bench.tick()
    assert bench.open() == []
    assert store.deliveries.told("mara", "morning", bench.clock.now + timedelta(days=1)) == told


def test_what_waited_for_its_channel_is_made_anew_and_says_that_it_is_late(store: Store) -> None:
    bench = at_seven(store)
    bench.channels["inbox"].answers = [Unavailable("down", retry_after=timedelta(hours=1.5))] * 2
    bench.tick()
    bench.job.again = Replace("it has become late and does not say so yet")
    bench.clock.forward(hours=1.5)
    bench.tick()
    bench.clock.forward(minutes=30)
    bench.tick()  # the channel asked to be left alone for longer
    assert bench.channels["inbox"].keys == []
    bench.clock.forward(hours=1)
    bench.tick()
    assert len(bench.channels["inbox"].keys) == 1
    assert bench.job.prepared == 3
    assert bench.ended() == [("2026-05-12.0", "sent", "late by 180 min")]


def test_lateness_is_said_beside_what_else_went_wrong(store: Store) -> None:
    bench = at_seven(store)
    bench.clock.forward(hours=1)
    bench.channels = {"inbox": Sink(answers=[Rejected("550")]), "folder": Sink()}
    bench.tick()
    assert bench.ended() == [("2026-05-12.0", "sent", "late by 60 min; inbox failed: 550")]


def test_what_was_superseded_waits_for_nothing(store: Store) -> None:
    """A delivery of a briefing that a newer one took the place of is settled with it: nothing stays pending for good."""
    bench = at_seven(store)
    bench.clock.forward(minutes=-5)
    bench.tick()  # prepared ahead, not yet due
    bench.clock.forward(days=1, minutes=6)
    bench.tick()
    old = store.ledger.get(occurrence_id("mara", "morning", "", "2026-05-12.0"))
    assert old is not None
    assert old.reason == "superseded by a newer one"
    [delivery] = store.deliveries.of(old.id)
    assert (delivery.state, delivery.error) == (DeliveryState.SKIPPED, "superseded by a newer one")


def test_who_sleeps_past_its_use_right_before_sending_sends_no_more(store: Store) -> None:
    bench = at_seven(store)
    runner = bench.runner()
    renew = store.deliveries.renew

    def asleep(id: str, fence: int, until: datetime) -> bool:
        bench.clock.forward(hours=5)
        return renew(id, fence, until)

    store.deliveries.renew = asleep  # type: ignore[method-assign]
    [ring] = bench.planner.tick(bench.clock.now)
    runner.run(ring.id)
    assert bench.channels["inbox"].keys == []
    assert [(slot, outcome) for slot, outcome, _ in bench.ended()] == [("2026-05-12.0", "failed")]
