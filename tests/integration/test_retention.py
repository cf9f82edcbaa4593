"""What ages out, and what stays."""

from __future__ import annotations

from datetime import timedelta

from service.domain.ledger import Every
from service.domain.people import Retention
from service.domain.sync import Page, Upsert
from service.store import Store
from tests.builders import NOON, a_message, a_verdict
from tests.household import Bench, timed
from tests.integration.test_store import LEASE, an_account, stored

KEEP = Retention(bodies=timedelta(days=180), artefacts=timedelta(days=30), ledger=timedelta(days=400))


def test_old_words_go_and_who_wrote_when_stays(store: Store) -> None:
    account = an_account(store)
    old, new = a_message(id="old", sent_at=NOON - timedelta(days=200)), a_message(id="new")
    page = Page((Upsert(old, "1", "s"), Upsert(new, "2", "s")), "1")
    store.accounts.commit(account, page, {"old": a_verdict(), "new": a_verdict()}, NOON, LEASE)
    assert store.pruner.prune("mara", KEEP, NOON) == 1
    assert store.pruner.prune("mara", KEEP, NOON) == 0
    kept = {m.id: (m.subject, m.text) for m in stored(store)}
    assert kept == {"old": ("Term sheet", ""), "new": ("Term sheet", new.text)}


def test_artefacts_age_out_before_the_ledger_does(store: Store) -> None:
    bench = Bench(store)
    bench.run_until(8)
    [ended] = store.ledger.recent("mara")
    [delivery] = store.deliveries.of(ended.id)
    assert store.deliveries.notice(delivery.notice).files
    assert store.pruner.prune("mara", KEEP, bench.clock.now + timedelta(days=31)) == 1
    assert store.deliveries.notice(delivery.notice).files == ()
    assert store.pruner.prune("mara", KEEP, bench.clock.now + timedelta(days=401)) == 1
    assert store.ledger.recent("mara") == []


def test_idle_intervals_are_forgotten_early(store: Store) -> None:
    from service.domain.delivery import Nothing

    bench = Bench(store, cadences=(timed(Every(timedelta(minutes=30)), name="triage", job="triage"),))
    bench.job.say = lambda *_: Nothing("nothing urgent")
    bench.run_until(2, timedelta(minutes=10))
    assert len(store.ledger.recent("mara")) == 4
    store.pruner.prune("mara", KEEP, bench.clock.now + timedelta(days=15))
    assert store.ledger.recent("mara") == []
