"""Many cadences at a time, on both databases: each slot once, whoever plans it, whatever people call themselves."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import time, timedelta

from sqlalchemy import func, select, update

from service.domain.ledger import Every, Ring, WallTimes
from service.planner import Planner
from service.store import EVERYBODY, Store, acting_as
from service.store.tables import cadence, occurrence
from tests.builders import a_person
from tests.household import START, timed

NAMES = ('quo"te', "back\\slash", "com,ma", "{brace}", "NULL", "", "ö 早", "tab\tline\n", "o'hara")
FIVE = timed(Every(timedelta(minutes=5)), name="triage", job="triage")


def a_planner(store: Store) -> Planner:
    return Planner(store.database, store.ledger, store.cadences, lambda *_: (), lambda *_: False)


def inhabited(store: Store, names: tuple[str, ...]) -> Planner:
    planner = a_planner(store)
    for name in names:
        with store.database.write() as on:
            person = replace(a_person(), id=name)
            mine = [replace(c, person=name, name=f"{name} {c.name}") for c in (FIVE, timed(WallTimes((time(0, 15),))))]
            planner.activate(on, person, mine, START)
    return planner


def rows(store: Store) -> Counter[tuple[str, str, str]]:
    with store.database.read() as on:
        return Counter(tuple(row) for row in on.execute(select(occurrence.c.person, occurrence.c.cadence, occurrence.c.slot)))


def test_names_are_kept_as_they_are(store: Store) -> None:
    rings = inhabited(store, NAMES).tick(START + timedelta(minutes=5))
    assert len(rings) == 2 * len(NAMES)
    assert rows(store) == Counter(
        (name, f"{name} {cadence}", slot)
        for name in NAMES
        for cadence, slot in (("triage", "2026-05-11T22:05:00Z"), ("morning", "2026-05-12.0"))
    )


def test_a_batch_of_one_does_what_a_large_one_does(store: Store) -> None:
    planner = inhabited(store, NAMES)
    rings = [ring for batch in planner.batches(START + timedelta(minutes=5), limit=1) for ring in batch]
    assert len({ring.id for ring in rings}) == len(rings) == 2 * len(NAMES)


def test_clocks_at_the_same_time_plan_each_slot_once(store: Store) -> None:
    names = tuple(f"p{n}" for n in range(60))
    inhabited(store, names)

    def planned(_: int) -> list[Ring]:
        with acting_as(EVERYBODY):
            return [ring for batch in a_planner(store).batches(START + timedelta(minutes=5), limit=7) for ring in batch]

    with ThreadPoolExecutor(4) as clocks:
        rings = [ring for each in clocks.map(planned, range(4)) for ring in each]
    assert len({ring.id for ring in rings}) == len(rings) == 120
    assert set(rows(store).values()) == {1}


def test_only_what_had_no_row_is_rung_for(store: Store) -> None:
    planner = inhabited(store, ("mara", "beat"))
    planner.tick(START + timedelta(minutes=5))
    with store.database.write() as on:  # as after a clock that was set back
        again = {"planned_until": START, "next_at": START}
        on.execute(update(cadence).where(cadence.c.person == "mara").values(again | {"last": ""}))
        on.execute(update(cadence).where(cadence.c.person == "beat", cadence.c.job == "triage").values(next_at=START))
    before = rows(store)
    assert planner.tick(START + timedelta(minutes=5)) == []
    assert rows(store) == before


def test_an_interval_that_is_being_worked_on_is_not_absorbed(store: Store) -> None:
    planner = inhabited(store, ("mara", "beat"))
    first = planner.tick(START + timedelta(minutes=5))
    held = next(ring.id for ring in first if ring.queue == "triage")
    assert store.ledger.claim(held, START + timedelta(minutes=5), timedelta(minutes=9)) is not None
    planner.tick(START + timedelta(minutes=10))
    with store.database.read() as on:
        query = select(func.count(), func.sum(occurrence.c.count)).where(occurrence.c.job == "triage")
        assert tuple(on.execute(query).one()) == (3, 4)


def test_what_an_interval_became_after_an_edit_absorbs_the_old_row(store: Store) -> None:
    planner = inhabited(store, ("mara",))
    planner.tick(START + timedelta(minutes=5))
    with store.database.write() as on:
        edited = replace(FIVE, person="mara", name="mara triage", timing=Every(timedelta(minutes=3)))
        planner.activate(on, replace(a_person(), id="mara"), [edited], START + timedelta(minutes=5))
    planner.tick(START + timedelta(minutes=6))
    [row] = [o for o in store.ledger.open("mara") if o.cadence == "mara triage"]
    assert (row.slot, row.count) == ("2026-05-11T22:06:00Z", 2)
