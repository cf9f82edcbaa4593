"""Nothing that changes in HubSpot is lost or comes twice, whatever its search shows when."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from tests.integration.source_contract import Kept
from tests.live.contract import FEW, MANY
from tests.live.hubspot_world import HubSpotWorld, a_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[HubSpotWorld]:
    with a_world(tmp_path) as world:
        yield world


def truth(world: HubSpotWorld) -> dict[str, str]:
    return {
        f"contacts/{t.id}": t.properties.get("jobtitle", "") for t in world.account.things["contacts"].values() if not t.archived
    }


def told(kept: Kept) -> dict[str, str]:
    return {ref: getattr(item, "title", "") for ref, item in kept.items.items()}


def test_a_thousand_of_one_millisecond_come_once_and_then_stay_quiet(world: HubSpotWorld) -> None:
    world.account.tick = timedelta(0)
    world.fill(MANY)
    kept = Kept().sync(world.connect())
    assert len(kept.upserts) == len(kept.items) == MANY
    with world.asked() as asked:
        assert kept.sync(world.connect()).upserts == []
    assert len(asked) == 3
    world.account.now += timedelta(milliseconds=2)
    for id in world.ids[:300]:
        world.account.change("contacts", id, jobtitle="CFO")
    kept.sync(world.connect())
    assert told(kept) == truth(world)
    assert kept.sync(world.connect()).upserts == []


def test_an_empty_account_that_is_filled_is_read(world: HubSpotWorld) -> None:
    kept = Kept().sync(world.connect())
    world.fill(150)
    kept.sync(world.connect())
    assert len(kept.items) == len(kept.upserts) == 150


def test_no_page_of_a_search_is_ever_turned(world: HubSpotWorld) -> None:
    """A search ends at 10,000, and its pages move while they are read."""
    world.fill(MANY)
    with world.asked() as asked:
        kept = Kept().sync(world.connect())
        for id in world.ids[100:350]:
            world.account.change("contacts", id, jobtitle="CFO")
        kept.sync(world.connect())
    searches = [json.loads(r.body) for r in asked if r.path.endswith("/search")]
    assert len(searches) > 8
    assert not [search for search in searches if "after" in search]
    assert told(kept) == truth(world)


def test_many_changes_at_once_are_walked_through_and_survive_a_crash(world: HubSpotWorld) -> None:
    world.fill(MANY)
    kept = Kept().sync(world.connect())
    for id in world.ids[:401]:
        world.account.change("contacts", id, jobtitle="CFO")
    kept.sync(world.connect(), pages=1)
    world.account.change("contacts", world.ids[7], jobtitle="CEO")
    kept.sync(world.connect())
    assert told(kept) == truth(world)
    assert kept.sync(world.connect()).upserts == []


def test_what_the_search_shows_late_is_not_lost(world: HubSpotWorld) -> None:
    world.fill(FEW)
    kept = Kept().sync(world.connect())
    world.account.tick, world.account.lag = timedelta(seconds=20), True
    world.account.change("contacts", world.ids[3], jobtitle="late")
    world.account.lag = False
    world.account.change("contacts", world.ids[4], jobtitle="early")
    assert kept.sync(world.connect()).upserts == [f"contacts/{world.ids[4]}"]
    world.account.catch_up()
    assert kept.sync(world.connect()).upserts == [f"contacts/{world.ids[3]}"]
    assert told(kept) == truth(world)


def test_what_is_new_but_shown_hours_late_is_found_by_the_number(world: HubSpotWorld) -> None:
    world.fill(FEW)
    kept = Kept().sync(world.connect())
    world.account.lag = True
    world.fill(1, start=FEW)
    world.account.lag, world.account.tick = False, timedelta(hours=5)
    world.edit()
    kept.sync(world.connect())
    world.account.catch_up()
    assert kept.sync(world.connect()).upserts == [f"contacts/{world.ids[FEW]}"]


def test_what_is_restored_comes_back(world: HubSpotWorld) -> None:
    world.fill(FEW)
    kept = Kept().sync(world.connect())
    world.delete()
    kept.sync(world.connect())
    world.account.things["contacts"][world.ids[1]].archived = None
    assert kept.sync(world.connect()).upserts == [f"contacts/{world.ids[1]}"]


def test_all_are_compared_now_and_then_however_often_it_would_help(world: HubSpotWorld) -> None:
    world.fill(100)
    kept = Kept().sync(world.connect())
    for n in (1, 2):
        world.account.archive("contacts", world.ids[n])
    kept.sync(world.connect())
    world.account.things["contacts"][world.ids[1]].archived = None
    kept.sync(world.connect())
    world.account.things["contacts"][world.ids[2]].archived = None
    assert kept.sync(world.connect()).upserts == [], "that was asked for just now"
    world.later += timedelta(minutes=5)
    assert kept.sync(world.connect()).upserts == [f"contacts/{world.ids[2]}"]
    assert told(kept) == truth(world)


def test_as_many_new_as_deleted_are_told_apart(world: HubSpotWorld) -> None:
    world.fill(FEW)
    kept = Kept().sync(world.connect())
    world.delete()
    world.fill(1, start=FEW)
    kept.sync(world.connect())
    assert (kept.deletes, len(kept.upserts), told(kept)) == (1, 1, truth(world))


def test_what_comes_and_goes_between_two_looks_was_never_there(world: HubSpotWorld) -> None:
    world.fill(FEW)
    kept = Kept().sync(world.connect())
    world.fill(1, start=FEW)
    world.account.archive("contacts", world.ids[FEW])
    world.delete()
    kept.sync(world.connect())
    assert (kept.deletes, told(kept)) == (1, truth(world))


def test_where_thousands_were_deleted_all_are_compared_instead(world: HubSpotWorld) -> None:
    world.account.tick = timedelta(seconds=1)
    world.fill(2_150)
    kept = Kept().sync(world.connect())
    for id in world.ids[:2_120]:
        world.account.archive("contacts", id)
    with world.asked() as asked:
        kept.sync(world.connect())
    assert told(kept) == truth(world)
    assert len(asked) < 40


def test_a_changed_company_shows_in_the_next_quarter_of_an_hour_a_new_call_at_once(world: HubSpotWorld) -> None:
    world.fill(2)
    kept = Kept().sync(world.connect())
    call = world.account.add("calls", hs_call_body="Agreed")
    assert kept.sync(world.connect()).upserts == []
    world.account.put_beside("calls", call, "contacts", world.ids[0])
    assert f"calls/{call}" in kept.sync(world.connect()).upserts
    alone = world.account.add("calls", hs_call_body="With nobody")
    world.later += timedelta(minutes=15)
    assert kept.sync(world.connect()).upserts == [f"calls/{alone}"]


@pytest.mark.parametrize("later", [timedelta(days=-900), timedelta(hours=-2), timedelta(days=3), timedelta(days=900)])
def test_no_clock_but_hubspots_decides_what_is_new(world: HubSpotWorld, later: timedelta) -> None:
    world.fill(FEW)
    kept = Kept().sync(world.connect())
    world.later, world.proxy.date_shift = later, later.total_seconds()
    world.edit()
    world.fill(1, start=FEW)
    kept.sync(world.connect())
    assert (len(kept.upserts), told(kept)) == (2, truth(world))


def test_other_objects_in_the_config_are_read_and_forgotten(world: HubSpotWorld) -> None:
    world.fill(3)
    deal = world.account.add("deals", dealname="Round")
    kept = Kept().sync(world.connect())
    world.objects = ("contacts", "notes")
    kept.sync(world.connect())
    assert f"deals/{deal}" not in kept.items
    assert len(kept.items) == 3


STEP = some.one_of(
    some.tuples(some.just("add"), some.just(0)),
    some.tuples(some.sampled_from(["change", "archive", "merge"]), some.integers(0, 30)),
    some.tuples(some.just("sync"), some.sampled_from([0, 1, 2, 99])),
    some.tuples(some.just("tick"), some.sampled_from([0, 1, 40, 400])),
)


@settings(max_examples=20)
@given(some.lists(STEP, min_size=5, max_size=40))
def test_whatever_happens_in_whatever_order_all_is_told_once(steps: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder, a_world(Path(folder), objects=("contacts", "deals")) as world:
        world.fill(5)
        kept = Kept()
        for number, (what, n) in enumerate([*steps, ("sync", 99)]):
            live = [t.id for t in world.account.things["contacts"].values() if not t.archived]
            if what == "add":
                world.fill(1, start=len(world.ids))
            elif what == "sync":
                world.later += timedelta(minutes=1)
                kept.sync(world.connect(), pages=n)
            elif what == "tick":
                world.account.tick = timedelta(seconds=n)
            elif what == "change" and live:
                world.account.change("contacts", live[n % len(live)], jobtitle=f"CFO {number}")
            elif what == "archive" and live:
                world.account.archive("contacts", live[n % len(live)])
            elif what == "merge" and len(live) > 1:
                world.account.merge("contacts", live[n % len(live)], live[(n + 1) % len(live)])
        assert told(kept) == truth(world)
        assert kept.sync(world.connect()).upserts == []
