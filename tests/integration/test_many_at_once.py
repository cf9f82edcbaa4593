"""Runs that are claimed together, workers that have to go, and what workers die of."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Event, Thread

import pytest

from service.domain.delivery import Draft, Nothing
from service.domain.ledger import ALONE, DELIVER, Cadence, Every, Outcome, Slot, State
from service.domain.occurrence_ids import occurrence_id
from service.ports import Occasion
from service.runner import MOST_DEATHS
from service.store import Store
from service.store.claims import PER_PERSON
from tests.household import START, Bench, Killed, a_draft

LEASE = timedelta(seconds=90)


def due(bench: Bench, *names: str, person: str = "mara") -> list[str]:
    """Rows that are due now, one a cadence."""
    now, ids = bench.clock.now, []
    for name in names:
        slot = Slot("2026-05-12.0", now, now, now + timedelta(hours=4))
        with bench.store.database.write() as on:
            bench.store.ledger.insert(on, person, name, "morning", slot)
        ids.append(occurrence_id(person, name, "", slot.name))
    return ids


def a_bench(store: Store, *names: str) -> Bench:
    return Bench(store, cadences=tuple(Cadence("mara", n, "morning", Every(timedelta(days=30)), ("inbox",)) for n in names))


def test_many_are_claimed_together_and_each_ends_as_it_would_alone(store: Store) -> None:
    bench = a_bench(store, "a", "b", "c")

    def say(occasion: Occasion, now: datetime) -> Draft | Nothing:
        match occasion.cadence.name:
            case "a":
                return Nothing("nothing new")
            case "b":
                raise ZeroDivisionError("a bug")
            case _:
                return a_draft(occasion, now)

    bench.job.say = say
    a, b, c = due(bench, "a", "b", "c")
    assert bench.runner().run_fresh([a, b, c, "19700101nosuch"]) == ()
    ended, failed, sent = (store.ledger.get(id) for id in (a, b, c))
    assert ended
    assert (ended.outcome, ended.reason, ended.lease_until) == (Outcome.SKIPPED, "nothing new", None)
    assert sent
    assert sent.outcome == Outcome.SENT
    assert failed
    assert (failed.state, failed.attempts, failed.lease_until) == (State.DUE, 1, None)
    assert "a bug" in failed.reason
    assert len(bench.channels["inbox"].keys) == 1


def test_what_takes_long_holds_up_nobody_who_was_claimed_with_it(store: Store) -> None:
    bench = a_bench(store, "a", "b", "c")

    def say(occasion: Occasion, now: datetime) -> Nothing:
        bench.clock.forward(seconds=30)
        return Nothing("nothing new")

    bench.job.say = say
    ids = due(bench, "a", "b", "c")
    left = bench.runner().run_fresh(ids)
    assert list(left) == ids[1:]
    for id in left:
        row = store.ledger.get(id)
        assert row
        assert (row.state, row.attempts, row.lease_until) == (State.DUE, 0, None)
    assert list(bench.runner().run_fresh(left)) == ids[2:]  # whoever asks next has them at once


def test_a_late_write_of_one_of_many_is_refused(store: Store) -> None:
    bench = a_bench(store, "a", "b")
    a, b = due(bench, "a", "b")

    def say(occasion: Occasion, now: datetime) -> Nothing:
        if occasion.cadence.name == "a":
            bench.clock.now += timedelta(minutes=2)  # asleep for longer than the lease; another worker does it meanwhile
            assert bench.store.ledger.claim(a, bench.clock.now, LEASE)
        return Nothing("nothing new")

    bench.job.say = say
    bench.runner().run_fresh([a, b])
    row = store.ledger.get(a)
    assert row
    assert (row.state, row.fence) == (State.PREPARING, 2)


def test_one_person_leaves_room_for_others(store: Store) -> None:
    """A first sync of 50,000 mails keeps its own person's runs busy, and nobody else's."""
    bench = a_bench(store, *"abcd")
    mine, now = due(bench, *"abcd"), bench.clock.now
    for id in mine[:PER_PERSON]:
        assert len(store.ledger.claim_fresh([id], now, LEASE)) == 1
    assert store.ledger.claim_fresh([mine[PER_PERSON]], now, LEASE) == []
    [other] = due(bench, "a", person="noor")
    assert [o.person for o in store.ledger.claim_fresh([mine[PER_PERSON], other], now, LEASE)] == ["noor"]
    store.ledger.end(mine[0], 1, Outcome.SKIPPED, "nothing new", now)
    assert len(store.ledger.claim_fresh([mine[PER_PERSON]], now, LEASE)) == 1


def test_who_has_to_go_hands_back_what_it_has_not_finished(store: Store) -> None:
    bench = a_bench(store, "a")
    [id] = due(bench, "a")
    runner, begun, go_on = bench.runner(), Event(), Event()

    def say(occasion: Occasion, now: datetime) -> Draft:
        begun.set()
        go_on.wait(20)
        return a_draft(occasion, now)

    bench.job.say = say
    thread = Thread(target=runner.run_fresh, args=([id],))
    thread.start()
    assert begun.wait(20)
    assert runner.hand_back() == 1
    row = store.ledger.get(id)
    assert row
    assert (row.state, row.attempts, row.deaths, row.lease_until) == (State.DUE, 0, 0, None)
    assert [ring.id for ring in store.ledger.sweep(bench.clock.now)] == [id]
    go_on.set()
    thread.join(20)
    assert bench.channels["inbox"].keys == []  # finished after all, too late: refused
    bench.job.say = a_draft
    bench.runner().run(id)
    assert len(bench.channels["inbox"].keys) == 1


# --- what workers die of ---------------------------------------------------------------------------------------------------


def kill(bench: Bench, id: str) -> None:
    """A worker claims it and is no more; its lease runs out."""

    def say(occasion: Occasion, now: datetime) -> Draft:
        raise Killed

    bench.job.say = say
    with pytest.raises(Killed):
        bench.runner().run(id)
    bench.clock.forward(minutes=2)


def test_what_one_worker_died_of_is_tried_again_among_others(store: Store) -> None:
    bench = a_bench(store, "a")
    [id] = due(bench, "a")
    kill(bench, id)
    assert [(ring.id, ring.queue) for ring in store.ledger.sweep(bench.clock.now)] == [(id, "morning")]
    [claimed] = store.ledger.claim_fresh([id], bench.clock.now, LEASE)
    assert claimed.deaths == 1


def test_a_worker_that_only_lost_its_lease_has_not_died(store: Store) -> None:
    """It slept, or the database was away for longer than the lease: three of that make no poison."""
    bench = a_bench(store, "a")
    [id] = due(bench, "a")
    taken = []

    def say(occasion: Occasion, now: datetime) -> Draft:
        bench.clock.forward(minutes=2)
        taken.append(store.ledger.claim(id, bench.clock.now, LEASE))
        return a_draft(occasion, now)

    bench.job.say = say
    bench.runner().run(id)
    assert [row.deaths for row in taken if row] == [1]
    row = store.ledger.get(id)
    assert row
    assert (row.state, row.deaths) == (State.PREPARING, 0)


def test_what_two_workers_died_of_is_run_by_itself(store: Store) -> None:
    bench = a_bench(store, "a")
    [id] = due(bench, "a")
    kill(bench, id)
    kill(bench, id)
    assert [(ring.id, ring.queue) for ring in store.ledger.sweep(bench.clock.now)] == [(id, ALONE)]
    assert store.ledger.claim_fresh([id], bench.clock.now, LEASE) == []
    bench.job.say = a_draft
    bench.runner().run(id)  # what `service.alone` does
    assert len(bench.channels["inbox"].keys) == 1


def test_what_three_workers_died_of_is_put_aside_until_somebody_retries_it(store: Store) -> None:
    bench = a_bench(store, "a")
    [id] = due(bench, "a")
    for _ in range(MOST_DEATHS):
        kill(bench, id)
    bench.runner().run(id)
    row = store.ledger.get(id)
    assert row
    assert row.outcome == Outcome.FAILED
    assert row.reason == f"quarantined: 3 workers ended while they held it; `reveille retry {id}` tries it again"
    bench.clock.forward(days=3)
    assert store.ledger.sweep(bench.clock.now) == []
    bench.job.say = a_draft
    assert store.ledger.retry(id, bench.clock.now, timedelta(hours=4))
    assert not store.ledger.retry(id, bench.clock.now, timedelta(hours=4))
    [ring] = store.ledger.sweep(bench.clock.now)
    bench.runner().run_fresh([ring.id])
    assert len(bench.channels["inbox"].keys) == 1
    assert not store.ledger.retry(id, bench.clock.now, timedelta(hours=4))  # sent is sent


def test_two_who_run_it_by_itself_do_so_once(store: Store) -> None:
    bench = a_bench(store, "a")
    [id] = due(bench, "a")
    now = bench.clock.now
    assert store.ledger.reserve(id, now, now + LEASE)
    assert not store.ledger.reserve(id, now, now + LEASE)


# --- rings -----------------------------------------------------------------------------------------------------------------


def test_a_row_is_rung_for_by_one_sweep_and_again_if_nobody_comes(store: Store) -> None:
    bench = a_bench(store, "a")
    due(bench, "a")
    now = bench.clock.now
    assert len(store.ledger.sweep(now)) == 1
    assert store.ledger.sweep(now) == []
    assert store.ledger.sweep(now + timedelta(seconds=9)) == []
    assert len(store.ledger.sweep(now + timedelta(seconds=10))) == 1


def test_what_is_prepared_is_rung_for_at_its_time_in_a_queue_of_its_own(store: Store) -> None:
    bench = Bench(store)
    bench.clock.now = START + timedelta(hours=6, minutes=55)
    bench.tick()
    assert store.ledger.sweep(bench.clock.now) == []
    assert store.ledger.sweep(START + timedelta(hours=6, minutes=59, seconds=59)) == []
    [ring] = store.ledger.sweep(START + timedelta(hours=7))
    assert ring.queue == DELIVER


def test_who_looks_by_itself_leaves_what_was_rung_for_lately(store: Store) -> None:
    bench = a_bench(store, "a")
    due(bench, "a")
    patience = timedelta(seconds=15)
    assert store.ledger.waiting(bench.clock.now, patience=patience) == []
    assert len(store.ledger.waiting(bench.clock.forward(seconds=15), patience=patience)) == 1
