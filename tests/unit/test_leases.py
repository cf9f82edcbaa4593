"""One thread renews what a process holds, whatever is claimed and let go of while it does."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Event

from service.domain.ledger import Occurrence
from service.leases import Leases

NOW = datetime(2026, 11, 20, tzinfo=UTC)
HELD = Occurrence("o", "mara", "morning", "morning", "2026-11-20.0", NOW, NOW, NOW, fence=1)


def test_what_is_claimed_anew_while_its_old_lease_is_found_lost_stays_held() -> None:
    renewing, claimed, again = Event(), Event(), Event()

    def beat(held: Mapping[str, int], _until: datetime) -> Sequence[str]:
        if held == {"o": 1}:
            renewing.set()
            claimed.wait(10)
            return ["o"]
        again.set()
        return []

    leases = Leases(beat, lambda: NOW, timedelta(seconds=0.03))
    with leases.holding(HELD):
        assert renewing.wait(10)
    with leases.holding(replace(HELD, fence=2)):
        claimed.set()
        assert again.wait(10), "renewed under its new fence"
        assert leases.held() == {"o": 2}


def test_what_was_lost_is_held_no_longer() -> None:
    lost = Event()

    def beat(held: Mapping[str, int], _until: datetime) -> Sequence[str]:
        lost.set()
        return list(held)

    leases = Leases(beat, lambda: NOW, timedelta(seconds=0.03))
    with leases.holding(HELD):
        assert lost.wait(10)
        for _ in range(1000):
            if not leases.held():
                break
            Event().wait(0.01)
        assert leases.held() == {}


def test_its_thread_ends_with_the_last_that_is_held_and_comes_back_with_the_next() -> None:
    renewed = Event()

    def beat(_held: Mapping[str, int], _until: datetime) -> Sequence[str]:
        renewed.set()
        return []

    leases = Leases(beat, lambda: NOW, timedelta(seconds=0.03))
    before = threads()
    for _ in range(2):
        renewed.clear()
        with leases.holding(HELD):
            assert renewed.wait(10)
        for _ in range(1000):
            if threads() <= before:
                break
            Event().wait(0.01)
        assert threads() <= before


def threads() -> set[int | None]:
    return {thread.ident for thread in threading.enumerate() if thread.name == "leases"}
