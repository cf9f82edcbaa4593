"""A year of mornings through the real store, in zones whose clocks change differently."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.domain.ledger import WallTimes
from service.store import Store
from tests.builders import a_person
from tests.household import Bench, timed

ZONES = ["Europe/Zurich", "America/New_York", "Australia/Lord_Howe"]
BEGIN, END = datetime(2026, 1, 1, 12, tzinfo=UTC), datetime(2027, 1, 2, 12, tzinfo=UTC)
STEPS = (timedelta(minutes=7), timedelta(hours=1), timedelta(hours=3), timedelta(hours=11))
"""A clock that looks often, and one whose machine sleeps now and then: never longer than a morning is of use."""


@pytest.mark.parametrize("zone", ZONES)
@settings(max_examples=2, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(wall=st.times(time(0), time(3, 59)) | st.times(), seed=st.integers(0, 999))
def test_each_local_morning_is_planned_exactly_once(new_store: Callable[[], Store], zone: str, wall: time, seed: int) -> None:
    wall, chance = wall.replace(second=0, microsecond=0), Random(seed)
    store = new_store()
    bench = Bench(store, person=a_person(timezone=zone), cadences=())
    bench.clock.now = BEGIN
    bench.activate(timed(WallTimes((wall,), useful=timedelta(hours=12))))
    while bench.clock.now < END:
        bench.clock.now += chance.choice(STEPS)
        bench.plan()
    days = Counter(row.slot.partition(".")[0] for row in (*store.ledger.recent("mara", 1000), *store.ledger.open("mara", 1000)))
    first = BEGIN.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
    last = END.astimezone(ZoneInfo(zone)).date() - timedelta(days=1)
    expected = {str(first + timedelta(days=n)) for n in range((last - first).days + 1)}
    assert expected <= set(days)
    assert set(days.values()) == {1}
    newest = (bench.clock.now + timedelta(hours=1)).astimezone(ZoneInfo(zone)).date()
    assert all(first - timedelta(days=1) <= date.fromisoformat(day) <= newest for day in days), "no day from nowhere"


def test_a_person_who_moves_across_zones_gets_each_local_morning_once(store: Store) -> None:
    bench = Bench(store, person=a_person(timezone=ZONES[0]))
    for zone in (*ZONES, *reversed(ZONES)):
        bench.person = replace(bench.person, timezone=zone)
        bench.activate()
        bench.run_until(60, timedelta(minutes=30))
    slots = Counter(slot for slot, *_ in bench.ended())
    assert set(slots.values()) == {1}
    assert len(bench.channels["inbox"].keys) == len(set(bench.channels["inbox"].keys))
