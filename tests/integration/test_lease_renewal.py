"""Leases are renewed by a thread of their own, on either database, and only while they are held."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from service.domain.ledger import Outcome, Slot, State
from service.store import Store
from tests.household import Bench

NOW = datetime(2026, 11, 20, 6, 50, tzinfo=UTC)
DUE = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)


def test_a_row_that_waits_for_its_time_keeps_its_moment_to_wake_at(store: Store) -> None:
    ledger, database = store.ledger, store.database
    with database.write() as on:
        id = ledger.insert(on, "mara", "morning", "morning", Slot("2026-11-20.0", DUE, NOW, DUE + timedelta(hours=4)))
    assert id is not None
    claimed = ledger.claim(id, NOW, timedelta(seconds=90))
    assert claimed is not None
    ledger.release(id, claimed.fence, state=State.DUE, not_before=DUE, reason="the mail server is away")
    assert ledger.beat({id: claimed.fence}, NOW + timedelta(days=1)) == [], "let go of, not lost"
    left = ledger.get(id)
    assert left is not None
    assert left.lease_until is None
    assert [ring.id for ring in ledger.sweep(DUE)] == [id]


def test_lost_is_what_somebody_else_has_and_not_what_ended(store: Store) -> None:
    ledger, minute, slot = store.ledger, timedelta(minutes=1), Slot("2026-11-20.0", DUE, NOW, DUE + timedelta(hours=4))
    with store.database.write() as on:
        ids = [ledger.insert(on, "mara", cadence, "morning", slot) for cadence in ("morning", "evening", "week")]
    held = {id: claimed.fence for id in ids if id and (claimed := ledger.claim(id, NOW, minute))}
    ended, taken, _ = held
    ledger.end(ended, held[ended], Outcome.SENT, "", NOW)
    assert ledger.claim(taken, NOW + 2 * minute, minute) is not None
    assert ledger.beat(held, NOW + 3 * minute) == [taken]


def test_what_runs_keeps_its_lease(store: Store) -> None:
    ledger, short = store.ledger, timedelta(seconds=0.3)
    with store.database.write() as on:
        id = ledger.insert(on, "mara", "morning", "morning", Slot("2026-11-20.0", DUE, NOW, DUE + timedelta(hours=4)))
    assert id is not None
    claimed = ledger.claim(id, NOW, short)
    assert claimed is not None
    runner = replace(Bench(store).runner(), clock=lambda: NOW + timedelta(hours=1), lease=short)
    with runner.leases.holding(claimed):
        end = time.monotonic() + 20
        while (row := ledger.get(id)) and row.lease_until != NOW + timedelta(hours=1) + short:
            assert time.monotonic() < end, "never renewed"
            time.sleep(0.02)
