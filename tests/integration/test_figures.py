"""What is told of the whole ledger, and that an index answers it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, insert, text, update

from service.domain.delivery import Draft, Nothing
from service.domain.ledger import CANARY, HOUSE, RAN, Outcome, Slot
from service.errors import Unavailable
from service.metrics import LEASE_LOSSES
from service.ports import Occasion
from service.runner import LEASE
from service.store import Store, tables
from service.store.canaries import KEPT, Canaries
from service.store.figures import Figures
from service.store.ledger import RING_AGAIN
from tests.builders import a_person
from tests.household import MORNING, START, Bench, Sink

MINUTE = timedelta(minutes=1)


@pytest.fixture
def figures(store: Store) -> Figures:
    return Figures(store.database)


@pytest.fixture
def canaries(store: Store) -> Canaries:
    return Canaries(store.database, store.ledger)


def a_row(store: Store, person: str, job: str, ago: timedelta = timedelta()) -> str:
    slot = Slot(f"{START - ago:%Y-%m-%dT%H:%M:%SZ}", START - ago, START - ago, START + timedelta(hours=4))
    with store.database.write() as on:
        id = store.ledger.insert(on, person, job, job, slot)
    assert id
    return id


def test_an_empty_ledger_has_nothing_to_tell(figures: Figures) -> None:
    found = figures.open(START)
    assert (found.due, found.late, found.running, found.queues) == (0, 0, 0, {})
    assert (figures.sent(START).deliveries, figures.sent(START).oldest_due_at) == ({}, None)
    assert figures.quarantined(START) == (0, [])
    assert figures.sources(START).health == {}


def test_open_rows_are_counted_by_what_they_wait_for(store: Store, figures: Figures) -> None:
    a_row(store, "mara", "triage", ago=2 * MINUTE)
    a_row(store, "noa", "triage", ago=5 * MINUTE)
    a_row(store, "noa", "morning", ago=-MINUTE)
    running = a_row(store, "mara", "morning")
    rests = a_row(store, "ivo", "morning", ago=MINUTE)
    assert store.ledger.claim(running, START, LEASE)
    claimed = store.ledger.claim(rests, START, LEASE)
    assert claimed
    store.ledger.release(rests, claimed.fence, state=claimed.state, not_before=START + MINUTE, reason="later")

    found = figures.open(START)
    assert (found.due, found.running) == (3, 1)
    assert found.late == 2, "a minute is not late yet"
    assert {name: (q.waiting, q.since) for name, q in found.queues.items()} == {"triage": (2, START - 5 * MINUTE)}
    assert [(row.id, row.lease_until) for row in figures.running(START)] == [(running, START + LEASE)]

    later = figures.open(START + 3 * MINUTE)
    assert later.queues["morning"].waiting == 3, "what rested, what was ahead, and what its worker lost"
    assert later.queues["morning"].since == START + MINUTE
    assert later.running == 0


def test_what_workers_died_of_waits_by_itself_and_is_then_named(store: Store, figures: Figures) -> None:
    bench = Bench(store)
    id = a_row(store, "mara", "morning")
    now = START
    for _ in range(2):
        assert store.ledger.claim(id, now, LEASE)
        now += LEASE + MINUTE
    assert list(figures.open(now).queues) == ["alone"]
    assert store.ledger.claim(id, now, LEASE)
    bench.clock.now = now + LEASE + MINUTE
    bench.runner().run(id)
    count, named = figures.quarantined(bench.clock.now)
    assert count == 1
    assert (named[0].id, named[0].person) == (id, "mara")
    assert f"reveille retry {id}" in named[0].reason
    assert store.ledger.retry(id, bench.clock.now, timedelta(hours=1))
    assert figures.quarantined(bench.clock.now) == (0, [])


def test_what_has_not_gone_out_is_counted_by_channel_and_by_age(store: Store, figures: Figures) -> None:
    bench = Bench(store, cadences=(replace(MORNING, to=("inbox", "phone")),))
    bench.channels = {"inbox": Sink(answers=[Unavailable("later")]), "phone": Sink(interrupts=True)}
    bench.run_until(7)
    due_at = START + timedelta(hours=7)
    bench.clock.forward(seconds=10)
    found = figures.sent(bench.clock.now)
    assert found.deliveries == {(False, "pending"): 1}, "what was sent is counted by who sends"
    assert found.oldest_due_at == due_at


def test_sources_are_told_by_kind(store: Store, figures: Figures) -> None:
    rows = [
        {"person": f"p{n}", "name": "mail", "kind": "maildir", "health": "ok", "problems": [], "read_at": START - n * MINUTE}
        for n in range(200)
    ]
    rows.append({"person": "p0", "name": "diary", "kind": "ics", "health": "unreachable", "problems": [], "read_at": None})
    with store.database.write() as on:
        on.execute(insert(tables.account), rows)
    found = figures.sources(START)
    assert found.health == {("maildir", "ok"): 200, ("ics", "unreachable"): 1}
    ages = {percentile: (START - at) // MINUTE for (_, percentile), at in found.read_at.items()}
    assert ages == {50: 99, 99: 197, 100: 199}


def test_a_canary_ends_at_once_and_is_nobodys(store: Store, figures: Figures, canaries: Canaries) -> None:
    bench = Bench(store)
    id = canaries.plan("worker@here-1", START, timedelta(seconds=90), RING_AGAIN)
    assert id
    assert figures.open(START + MINUTE).due == 0
    assert canaries.ran(id) is None
    bench.runner().run(id)
    assert canaries.ran(id) is True
    assert [(s.process, s.planned_at, s.ran_at) for s in canaries.seen(START)] == [("worker@here-1", START, START)]
    for person in (HOUSE, "mara"):
        assert store.ledger.missed(person, START - timedelta(days=1), START + timedelta(days=1)) == []
    assert canaries.drop(START + KEPT) == 0
    assert canaries.drop(START + KEPT + MINUTE) == 1
    assert canaries.ran(id) is False


def test_one_that_was_run_too_late_proves_nothing(store: Store, canaries: Canaries) -> None:
    bench = Bench(store)
    id = canaries.plan("worker@here-1", START, timedelta(seconds=90), RING_AGAIN)
    assert id
    bench.clock.forward(seconds=91)
    bench.runner().run(id)
    assert canaries.ran(id) is False
    row = store.ledger.get(id)
    assert row
    assert (row.outcome, row.job) == (Outcome.SKIPPED, CANARY)
    assert row.reason != RAN


def test_a_clock_rings_for_a_canary_that_nobody_heard_of(store: Store, canaries: Canaries) -> None:
    id = canaries.plan("clock@here-1", START, timedelta(seconds=90), RING_AGAIN)
    assert store.ledger.sweep(START) == []
    assert [(ring.id, ring.queue) for ring in store.ledger.sweep(START + RING_AGAIN)] == [(id, CANARY)]


def test_a_lost_lease_is_counted_once_and_only_if_it_was_held(store: Store) -> None:
    bench = Bench(store)
    before = LEASE_LOSSES._value.get()
    id = a_row(store, "mara", "morning")
    runner, say = bench.runner(), bench.job.say

    def taken_over(occasion: Occasion, now: datetime) -> Draft | Nothing:
        with store.database.write() as on:
            on.execute(update(tables.occurrence).where(tables.occurrence.c.id == id).values(fence=99))
        runner.leases.lost(id, 7)  # one that was held long ago
        assert LEASE_LOSSES._value.get() == before
        runner.leases.lost(id, 1)  # as the thread that renews finds out, before the write is refused
        return say(occasion, now)

    bench.job.say = taken_over
    runner.run(id)
    assert bench.job.prepared == 1
    assert LEASE_LOSSES._value.get() - before == 1


@pytest.mark.parametrize("question", ["open", "sent", "quarantined", "running"])
def test_an_index_answers(store: Store, figures: Figures, question: str) -> None:
    asked: list[tuple[str, object]] = []
    engine = store.database.engine

    @event.listens_for(engine, "before_cursor_execute")
    def note(_connection: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        if statement.lstrip().startswith("SELECT"):
            asked.append((statement, parameters))

    getattr(figures, question)(START)
    event.remove(engine, "before_cursor_execute", note)
    assert asked
    explain = "EXPLAIN QUERY PLAN " if store.database.is_sqlite else "EXPLAIN "
    with store.database.read() as on:
        if not store.database.is_sqlite:
            on.execute(text("SET LOCAL enable_seqscan = off"))  # there is too little in it for anything else to pay
        for statement, parameters in asked:
            plan = "\n".join(str(tuple(row)) for row in on.exec_driver_sql(explain + statement, parameters))  # type: ignore[arg-type]
            assert "Seq Scan" not in plan, plan
            for line in plan.splitlines():
                assert "SCAN" not in line or "INDEX" in line or "CONSTANT ROW" in line, plan


def test_the_person_is_one_that_no_config_names() -> None:
    assert a_person().id != HOUSE
