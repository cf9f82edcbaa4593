"""When the clock ticks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, time, timedelta

from service.clock import Clock
from service.domain.ledger import Cadence, Ring, Slot, WallTimes
from service.errors import Unavailable
from service.store import Store
from service.store.cadences import Planned
from service.store.instance import utc_now
from tests.household import Bench


class Times:
    """A bell that remembers when it was rung for each queue."""

    def __init__(self) -> None:
        self.rung: dict[str, datetime] = {}

    def ring(self, rings: Iterable[Ring]) -> None:
        self.rung |= {ring.queue: utc_now() for ring in rings}


def ticked(store: Store, bell: Times, now: Callable[[], datetime] = utc_now) -> Clock:
    return Clock(Bench(store).planner, store.ledger, bell, now)


def soon() -> datetime:
    """Between two seconds' ticks, whenever the first of them is."""
    return utc_now() + timedelta(milliseconds=400)


def test_an_occurrence_is_rung_for_at_its_moment_and_not_a_second_later(store: Store) -> None:
    bell = Times()
    clock, due = ticked(store, bell), soon()
    with store.database.write() as on:
        store.ledger.insert(on, "mara", "triage", "triage", Slot("one", due, due, due + timedelta(hours=1)))
    clock.second()
    assert bell.rung["triage"] >= due


def test_a_cadence_is_planned_at_its_moment_and_not_a_second_later(store: Store) -> None:
    clock, due = ticked(store, Times()), soon()
    daily = Cadence("mara", "alarm", "morning", WallTimes((time(7),)))
    with store.database.write() as on:
        store.cadences.put(on, Planned(daily, "Europe/Zurich", "", planned_until=due - timedelta(days=1), next_at=due))
    clock.second()
    [planned] = [p for p in store.cadences.of("mara") if p.cadence.name == "alarm"]
    assert planned.next_at > due + timedelta(seconds=1)


def test_a_second_ends_before_the_next_begins(store: Store) -> None:
    bell = Times()
    clock, due = ticked(store, bell), utc_now() + timedelta(seconds=30)
    with store.database.write() as on:
        store.ledger.insert(on, "mara", "triage", "triage", Slot("one", due, due, due + timedelta(hours=1)))
    clock.second()
    assert bell.rung == {}


def test_what_is_past_is_left_to_the_next_tick(store: Store) -> None:
    now = utc_now()
    with store.database.write() as on:
        store.ledger.insert(on, "mara", "triage", "triage", Slot("one", now, now, now + timedelta(hours=1)))
    assert store.ledger.next_moment(now, now + timedelta(seconds=1)) is None
    assert store.ledger.next_moment(now - timedelta(seconds=1), now) == now


def test_a_store_that_is_away_ends_nothing() -> None:
    class Away:
        def __getattr__(self, _name: str) -> Callable[..., object]:
            def refuse(*_: object) -> object:
                raise Unavailable("away")

            return refuse

    away: object = Away()
    Clock(away, away, Times(), utc_now).second()  # type: ignore[arg-type]
