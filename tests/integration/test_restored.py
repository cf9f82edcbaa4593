"""A restored copy sends nothing that the service it was made of may have sent after the backup, and goes on with the rest."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from service.domain.delivery import DeliveryState
from service.domain.ledger import BeforeEvents, Every, Outcome, State, WallTimes
from service.domain.proposals import ActState, Pass
from service.errors import FenceLost
from service.store import Store, tables
from service.store.restoration import Restorations
from tests.builders import NOON, an_event
from tests.household import MORNING, START, Bench, Sink, timed
from tests.keeping import SECRET, a_proposal, filled, keeper, restorer, secret_of

Stores = Callable[..., Store]
MINUTE, LEASE = timedelta(minutes=1), timedelta(seconds=90)
STEP = timedelta(minutes=10)
MEETINGS = timed(BeforeEvents(brief=timedelta(hours=4), push=timedelta(minutes=15)), name="meetings", job="meeting")
TRIAGE = timed(Every(timedelta(minutes=30)), name="triage", job="triage")
TWICE = timed(WallTimes((time(7), time(18))))


def a_bench(store: Store, *cadences: object, sink: Sink | None = None, at: datetime = START) -> Bench:
    bench = Bench(store, cadences=cadences or (MORNING,))  # type: ignore[arg-type]
    bench.channels["inbox"] = sink or Sink()
    bench.clock.now = at
    return bench


def copied(bench: Bench, new_store: Stores, folder: Path, restored_at: datetime, made_at: datetime | None = None) -> Store:
    keeper(bench.store).backup(folder / "b", made_at or bench.clock.now)
    copy = new_store()
    restorer(copy, folder / "secret").restore(folder / "b", restored_at)
    return copy


def started(copy: Store, old: Bench, at: datetime) -> Bench:
    copy.restorations.take_up(at)
    bench = Bench.__new__(Bench)
    bench.__dict__ |= old.__dict__ | {"store": copy}
    fresh = Bench(copy, cadences=tuple(old.cadences.values()))
    fresh.clock.now, fresh.channels, fresh.events, fresh.job = at, dict(old.channels), old.events, old.job
    return fresh


def outcomes(store: Store) -> dict[str, tuple[str, str]]:
    with store.database.read() as on:
        rows = on.execute(select(tables.occurrence).where(tables.occurrence.c.state == State.ENDED)).mappings()
        return {f"{r['cadence']} {r['subject']} {r['slot']}": (r["outcome"], r["reason"]) for r in rows}


def test_what_was_due_between_the_backup_and_now_ends_in_the_open(new_store: Stores, tmp_path: Path) -> None:
    old = a_bench(new_store(), TWICE)
    old.run_until(6, STEP)  # midnight to six: seven o'clock is ahead
    copy = copied(old, new_store, tmp_path, restored_at=old.clock.now + timedelta(days=2))
    new = started(copy, old, old.clock.now + timedelta(days=2))
    new.run_until(14, STEP)
    said = outcomes(copy)
    for slot in ("2026-05-12.0", "2026-05-12.1", "2026-05-13.0", "2026-05-13.1"):
        outcome, reason = said[f"morning  {slot}"]
        assert outcome == "skipped"
        assert reason == "restored from a backup of 2026-05-12 04:00 UTC: it may have gone out after that"
    assert said["morning  2026-05-14.0"] == ("sent", "")
    assert len(new.channels["inbox"].keys) == 2, "the two after the copy began"


def test_what_was_open_and_due_ends_as_unknown(new_store: Stores, tmp_path: Path) -> None:
    from service.errors import Unavailable

    old = a_bench(new_store())
    old.channels["inbox"].answers = [Unavailable("away", retry_after=timedelta(hours=1))]
    old.run_until(7.1)
    copy = copied(old, new_store, tmp_path, restored_at=old.clock.now + MINUTE)
    [row] = copy.ledger.recent("mara")
    assert (row.outcome, row.reason) == (
        Outcome.UNKNOWN,
        "restored from a backup of 2026-05-12 05:06 UTC: it may have gone out after that",
    )
    [delivery] = copy.deliveries.of(row.id)
    assert (delivery.state, delivery.error) == (DeliveryState.UNKNOWN, row.reason)
    assert [o.id for o in copy.ledger.missed("mara", START, NOON)] == [row.id], "the next briefing says so"


def test_what_was_prepared_for_later_goes_out_once(new_store: Stores, tmp_path: Path) -> None:
    old = a_bench(new_store())
    old.run_until(6.9)
    assert [o.state for o in old.store.ledger.open("mara")] == [State.PREPARED]
    copy = copied(old, new_store, tmp_path, restored_at=old.clock.now + MINUTE)
    new = started(copy, old, old.clock.now + 2 * MINUTE)
    new.run_until(0.2, 2 * MINUTE)
    assert outcomes(copy)["morning  2026-05-12.0"] == ("sent", "")
    assert len(new.channels["inbox"].keys) == 1


def test_what_was_being_prepared_for_later_is_taken_up_again(new_store: Stores, tmp_path: Path) -> None:
    old = a_bench(new_store())
    old.clock.forward(hours=6, minutes=55)
    [id] = [ring.id for ring in old.planner.tick(old.clock.now)]
    assert old.store.ledger.claim(id, old.clock.now, LEASE)
    copy = copied(old, new_store, tmp_path, restored_at=old.clock.now + MINUTE)
    new = started(copy, old, old.clock.now + MINUTE)
    new.run_until(0.2, 2 * MINUTE)
    assert outcomes(copy)["morning  2026-05-12.0"] == ("sent", "")


def test_the_old_service_may_run_until_the_copy_starts(new_store: Stores, tmp_path: Path) -> None:
    """Restored at six and started at eight: seven o'clock was the old one's."""
    old = a_bench(new_store())
    old.run_until(5, STEP)
    copy = copied(old, new_store, tmp_path, restored_at=old.clock.now + timedelta(hours=1))
    old.run_until(3, STEP)
    assert len(old.channels["inbox"].keys) == 1
    new = started(copy, old, old.clock.now)
    new.run_until(12, STEP)
    assert len(old.channels["inbox"].keys) == 1
    assert outcomes(copy)["morning  2026-05-12.0"][0] == "skipped"


def test_a_prepared_one_that_came_due_before_the_copy_started(new_store: Stores, tmp_path: Path) -> None:
    old = a_bench(new_store())
    old.run_until(6.9)
    copy = copied(old, new_store, tmp_path, restored_at=old.clock.now + MINUTE)
    old.run_until(1, STEP)
    new = started(copy, old, old.clock.now)
    new.run_until(1, STEP)
    assert len(old.channels["inbox"].keys) == 1
    assert outcomes(copy)["morning  2026-05-12.0"][0] == "unknown"


def test_meetings_that_the_copy_hears_of_only_later(new_store: Stores, tmp_path: Path) -> None:
    """Called after the backup, its brief went out before the copy began: the sources say so only now."""
    old = a_bench(new_store(), MEETINGS)
    old.run_until(1, STEP)
    copy = copied(old, new_store, tmp_path, restored_at=old.clock.now + timedelta(hours=8))
    old.events.append(an_event(id="m1", start_at=NOON, end_at=NOON + timedelta(hours=1)))
    old.run_until(9, STEP)
    sent = list(old.channels["inbox"].keys)
    assert len(sent) == 1, "the brief, at eight"
    new = started(copy, old, old.clock.now)
    new.run_until(3, STEP)
    assert len(old.channels["inbox"].keys) == 2
    assert outcomes(copy)["meetings m1 brief"][0] == "skipped"
    assert outcomes(copy)["meetings m1 push"] == ("sent", "")


def test_intervals_record_one_row_with_a_count(new_store: Stores, tmp_path: Path) -> None:
    old = a_bench(new_store(), TRIAGE)
    old.run_until(2, STEP)
    copy = copied(old, new_store, tmp_path, restored_at=old.clock.now + timedelta(hours=10))
    new = started(copy, old, old.clock.now + timedelta(hours=10))
    new.run_until(0.05)
    row = copy.ledger.recent("mara", 1)[0]
    assert (row.outcome, row.count) == (Outcome.SKIPPED, 20)
    new.run_until(1, STEP)
    assert copy.ledger.recent("mara", 1)[0].count == 1
    assert copy.restorations.silent_until() == old.clock.now + timedelta(hours=10)


@pytest.mark.parametrize("seed", range(5))
def test_no_key_arrives_from_both(new_store: Stores, tmp_path: Path, seed: int) -> None:
    """Backed up, restored and started at any time, the old one stopped at any time before: nothing goes out twice."""
    chance = random.Random(seed)
    old = a_bench(new_store(), TWICE, MEETINGS, TRIAGE)
    for n in range(12):
        start = START + timedelta(minutes=chance.randrange(60, 48 * 60))
        old.events.append(an_event(id=f"m{n}", start_at=start, end_at=start + timedelta(minutes=30)))
    step = timedelta(minutes=chance.choice([10, 14, 25]))
    old.run_until(chance.uniform(0.5, 20), step)
    copy = copied(old, new_store, tmp_path, restored_at=old.clock.now + timedelta(hours=chance.uniform(0.01, 3)))
    old.run_until(chance.uniform(3, 12), step)
    new = started(copy, old, old.clock.now + timedelta(hours=chance.choice([0, 0.2, 5])))
    new.run_until(24, step)
    counts = Counter(old.channels["inbox"].keys)
    assert counts
    assert set(counts.values()) == {1}
    assert all(reason for outcome, reason in outcomes(copy).values() if outcome in {"skipped", "unknown"})


def test_whoever_still_holds_a_claim_is_refused(new_store: Stores, tmp_path: Path) -> None:
    """Put back in the same place, while a worker and a sync of before still run: they counted on from the same fences."""
    old = a_bench(new_store())
    old.store.accounts.register("mara", {"mail": "maildir"})
    old.clock.forward(hours=6, minutes=55)
    [id] = [ring.id for ring in old.planner.tick(old.clock.now)]
    keeper(old.store).backup(tmp_path / "b", old.clock.now)
    claimed = old.store.ledger.claim(id, old.clock.now, LEASE)
    account = old.store.accounts.claim("mara", "mail", old.clock.now, LEASE)
    assert claimed
    assert account
    copy = new_store()
    restorer(copy, tmp_path / "secret").restore(tmp_path / "b", old.clock.now + MINUTE)
    again = copy.ledger.claim(id, old.clock.now + MINUTE, LEASE)
    assert again
    assert copy.ledger.beat({id: claimed.fence}, old.clock.now + 2 * MINUTE) == [id], "lost"
    with pytest.raises(FenceLost):
        copy.accounts.leave(account)


def test_a_yes_that_may_have_been_acted_upon_is_asked_for_again(new_store: Stores, tmp_path: Path) -> None:
    store, copy = new_store(), new_store()
    bench = filled(store)
    yes, now = Pass(a_proposal("mara", "m-mara"), "mara"), bench.clock.now
    keeper(store).backup(tmp_path / "b", bench.clock.now)
    restorer(copy, tmp_path / "secret").restore(tmp_path / "b", bench.clock.now + MINUTE)
    assert store.acts.begin(yes, now, LEASE, now)
    assert copy.acts.begin(yes, now + MINUTE, LEASE, now) is None


def test_what_a_rule_asked_for_and_what_was_under_way_is_not_done_again(new_store: Stores, tmp_path: Path) -> None:
    store, copy = new_store(), new_store()
    bench = filled(store)
    now = bench.clock.now
    asked = replace(a_proposal("mara"), id="r", rule="bugs", proposed_at=now)
    store.approvals.file(asked)
    assert store.acts.begin(Pass(a_proposal("mara", "m-mara"), "mara"), now, LEASE, now)
    keeper(store).backup(tmp_path / "b", now)
    restorer(copy, tmp_path / "secret").restore(tmp_path / "b", now + MINUTE)
    assert [p.id for p in store.approvals.ready("mara", now + MINUTE)] == ["r"]
    assert copy.approvals.ready("mara", now + MINUTE) == []
    under_way = copy.acts.get("p-mara")
    assert under_way
    assert (under_way.state, "restored" in under_way.error) == (ActState.UNKNOWN, True)
    assert copy.acts.take_up("p-mara", now + timedelta(days=1), LEASE) is None


def test_it_is_taken_up_once_by_whoever_starts_first(new_store: Stores, tmp_path: Path) -> None:
    old = a_bench(new_store())
    copy = copied(old, new_store, tmp_path, restored_at=START + MINUTE)
    assert Restorations(copy.database).silent(START + timedelta(days=9)), "until then everything is the old one's"
    assert copy.restorations.take_up(START + 2 * MINUTE)
    assert not Restorations(copy.database).take_up(START + 3 * MINUTE)
    assert copy.restorations.silent(START + 2 * MINUTE)
    assert not copy.restorations.silent(START + 3 * MINUTE)
    assert not old.store.restorations.take_up(START), "a store that was never restored"


def test_message_ids_stay_recognisable(new_store: Stores, tmp_path: Path) -> None:
    old = a_bench(new_store())
    old.run_until(8, STEP)
    copy = copied(old, new_store, tmp_path, restored_at=old.clock.now)
    assert copy.deliveries.is_ours("mara", [f"{old.channels['inbox'].keys[0]}@reveille.invalid"])
    assert secret_of(copy, tmp_path / "secret") == SECRET
