"""A server's people, one file each: taken up when they are right, kept apart, and never undone by a copy that lags behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from service.errors import ConfigError
from service.houses import Houses, open_houses
from service.people_folder import PeopleFolder, Result
from service.settings.server import Server
from service.store import EVERYBODY, acting_as, tables

MARA = """
me: {name: Mara Keller, emails: [mara@keller.example], timezone: Europe/Zurich}
channels: {out: {kind: folder, path: out}}
cadences: {morning: {at: "07:00", to: [out]}}
"""
NOOR = MARA.replace("Mara Keller", "Noor Haddad").replace("mara@", "noor@").replace("Europe/Zurich", "Asia/Beirut")


@pytest.fixture
def people(tmp_path: Path) -> Path:
    folder = tmp_path / "people"
    folder.mkdir()
    return folder


@pytest.fixture
def houses(new_database: Callable[[Path], str], tmp_path: Path, people: Path) -> Iterator[Houses]:
    data = tmp_path / "data"
    data.mkdir()
    server = Server(
        config=tmp_path / "reveille.yaml", data=data, database=new_database(tmp_path), people=people, artefacts=data / "artefacts"
    )
    with open_houses(server) as opened:
        yield opened


def cadences(houses: Houses) -> dict[str, tuple[str, datetime]]:
    with acting_as(EVERYBODY), houses.store.database.read() as on:
        rows = on.execute(select(tables.cadence.c.person, tables.cadence.c.timing, tables.cadence.c.next_at))
        return {row.person: (row.timing, row.next_at) for row in rows}


def test_everybody_has_a_household_of_their_own(houses: Houses, people: Path) -> None:
    (people / "mara.yaml").write_text(MARA)
    (people / "noor.yaml").write_text(NOOR)
    taken = PeopleFolder(people, houses).follow()
    assert [(t.file.name, t.result) for t in taken] == [("mara.yaml", Result.NEW), ("noor.yaml", Result.NEW)]
    mara, noor = (houses.household(t.person) for t in taken)
    assert mara
    assert noor
    assert (mara.person.name, noor.person.timezone) == ("Mara Keller", "Asia/Beirut")
    assert sorted(houses.people()) == sorted(t.person for t in taken)
    assert houses.household("nobody") is None


def test_an_edited_file_is_taken_up_and_moves_what_is_planned(
    houses: Houses, people: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.houses.FRESH", 0.0)
    file = people / "mara.yaml"
    file.write_text(MARA)
    folder = PeopleFolder(people, houses)
    [taken] = folder.follow()
    before = cadences(houses)[taken.person]
    file.write_text(MARA.replace("Europe/Zurich", "America/New_York"))
    assert [t.result for t in folder.follow()] == [Result.NEW]
    after = cadences(houses)[taken.person]
    assert "America/New_York" in after[0]
    assert after[1] != before[1]
    house = houses.household(taken.person)
    assert house
    assert house.person.timezone == "America/New_York"
    assert folder.follow() == []


def test_a_file_that_is_not_right_leaves_the_last_good_one_in_force(houses: Houses, people: Path) -> None:
    file = people / "mara.yaml"
    file.write_text(MARA)
    folder = PeopleFolder(people, houses)
    [taken] = folder.follow()
    file.write_text(MARA.replace('"07:00"', '"25:00"'))
    [wrong] = folder.follow()
    assert wrong.result == Result.WRONG
    assert "25:00" in wrong.error
    assert "mara.yaml" in wrong.error
    house = houses.household(taken.person)
    assert house
    assert house.cadence("morning") is not None


def test_a_copy_that_lags_behind_undoes_nothing(houses: Houses, people: Path, tmp_path: Path) -> None:
    (people / "mara.yaml").write_text(MARA)
    newer = PeopleFolder(people, houses)
    newer.follow()
    (people / "mara.yaml").write_text(MARA.replace("07:00", "06:00"))
    newer.follow()
    behind = tmp_path / "behind"
    behind.mkdir()
    (behind / "mara.yaml").write_text(MARA)
    assert [t.result for t in PeopleFolder(behind, houses).follow()] == [Result.OLD]
    [[timing, _]] = cadences(houses).values()
    assert "06:00" in timing
    assert [t.result for t in PeopleFolder(behind, houses).apply(force=True)] == [Result.NEW]


def test_who_is_taken_out_of_the_folder_goes_on_until_erased(houses: Houses, people: Path) -> None:
    file = people / "mara.yaml"
    file.write_text(MARA)
    folder = PeopleFolder(people, houses)
    [taken] = folder.follow()
    file.unlink()
    assert folder.follow() == []
    assert houses.household(taken.person) is not None


def test_an_empty_folder_is_said(houses: Houses, people: Path) -> None:
    with pytest.raises(ConfigError, match=r"NAME\.yaml"):
        PeopleFolder(people, houses).apply()


def test_of_many_households_the_least_used_goes(houses: Houses, people: Path) -> None:
    small = Houses(houses.server, houses.store, houses._children, lambda: datetime.now(UTC), most=1)
    (people / "mara.yaml").write_text(MARA)
    (people / "noor.yaml").write_text(NOOR)
    mara, noor = (t.person for t in PeopleFolder(people, houses).follow())
    assert small.of(mara) is small.of(mara)
    assert small.of(noor) is not None
    assert len(small._open) == 1


def test_what_has_aged_out_goes_once_for_all_clocks(houses: Houses, people: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second clock finds it done; a month that nobody keeps anything of any more goes as a whole."""
    (people / "mara.yaml").write_text(MARA + "keep: {ledger: 60d}\n")
    PeopleFolder(people, houses).follow()
    dropped: list[datetime] = []
    monkeypatch.setattr("service.houses.partitions.drop", lambda _database, before: dropped.append(before))
    with acting_as(EVERYBODY):
        houses.tidy()
        houses.tidy()
    [before] = dropped
    assert abs(houses.clock() - before - timedelta(days=91)) < timedelta(minutes=5)
