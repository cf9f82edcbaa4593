from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from service.domain.items import Series
from service.errors import Rejected, Unavailable
from service.integrations.caldav import Settings
from service.integrations.caldav.actions import NewEvent, create, undo
from service.integrations.caldav.objects import WORDS
from service.integrations.dav.account import Account
from service.integrations.files.settings import digest
from tests.builders import NOON
from tests.integration.source_contract import Kept
from tests.live.dav_worlds import RadicaleWorld, surroundings
from tests.live.proxy import FaultProxy
from tests.services import Radicale

ZURICH = ZoneInfo("Europe/Zurich")
EVENT = NewEvent(
    uid="approval 7/é",
    title="Prepare, for the board",
    start_at=datetime(2026, 5, 13, 9, tzinfo=ZURICH),
    end_at=datetime(2026, 5, 13, 10, tzinfo=ZURICH),
    location="Room 4",
    description="Line one\nline two; and so on, " + "long " * 40,
    remind=timedelta(minutes=15),
)


@pytest.fixture
def world(radicale: Radicale, monkeypatch: pytest.MonkeyPatch) -> Iterator[RadicaleWorld]:
    with FaultProxy(radicale.port) as proxy, RadicaleWorld(radicale, proxy, monkeypatch) as world:
        yield world


@pytest.fixture
def account(world: RadicaleWorld) -> Iterator[Account]:
    account = Settings(kind="caldav", **world.settings()).account(WORDS, (), surroundings())
    yield account
    account.close()


def events(world: RadicaleWorld) -> list[Series]:
    kept = Kept().sync(world.connect())
    assert kept.problems == []
    return [item for item in kept.items.values() if isinstance(item, Series)]


def test_an_event_is_created_once_and_read_as_it_was_meant(world: RadicaleWorld, account: Account) -> None:
    created = create(account, "Main", EVENT, NOON)
    again = create(account, "main", EVENT, NOON)
    assert created == again
    (event,) = events(world)
    assert (event.uid, event.title) == (EVENT.uid, EVENT.title)
    assert "DTSTART;TZID=Europe/Zurich:20260513T090000" in event.ical
    (file,) = world.main.glob("*.ics")
    assert "TRIGGER:-PT15M" in file.read_text()
    assert "ATTENDEE" not in file.read_text()


def test_undoing_takes_it_away_and_may_be_repeated(world: RadicaleWorld, account: Account) -> None:
    created = create(account, "Main", EVENT, NOON)
    undo(account, created)
    assert events(world) == []
    undo(account, created)


def test_what_its_person_changed_meanwhile_is_not_undone(world: RadicaleWorld, account: Account) -> None:
    created = create(account, "Main", EVENT, NOON)
    (file,) = world.main.glob("*.ics")
    file.write_text(file.read_text().replace("board", "bored"), newline="")
    with pytest.raises(Rejected, match="changed since"):
        undo(account, created)
    assert len(events(world)) == 1


def test_an_answer_that_is_lost_leaves_no_second_event(world: RadicaleWorld, account: Account) -> None:
    world.proxy.fail(where="PUT", hang=0.01)
    with pytest.raises(Unavailable) as raised:
        create(account, "Main", EVENT, NOON)
    assert raised.value.arrived is None
    create(account, "Main", EVENT, NOON)
    assert len(events(world)) == 1


def test_another_event_in_its_place_is_left_alone(world: RadicaleWorld, account: Account) -> None:
    world.fill(1)
    (file,) = world.main.glob("*.ics")
    file.rename(world.main / f"{digest('taken')[:32]}.ics")
    with pytest.raises(Rejected, match="does not take"):
        create(account, "Main", replace(EVENT, uid="taken"), NOON)
    assert [event.uid for event in events(world)] == ["event-0"]


@pytest.mark.parametrize(("name", "says"), [("Wrok", "no calendar “Wrok”"), ("", "2 calendars")])
def test_a_calendar_is_named(account: Account, world: RadicaleWorld, name: str, says: str) -> None:
    with pytest.raises(Rejected, match=f"{says}.*Main, Other"):
        create(account, name, EVENT, NOON)


def test_a_calendar_that_only_may_be_read_says_so(account: Account, world: RadicaleWorld) -> None:
    world.proxy.fail(status=403, where="PUT", times=9)
    with pytest.raises(Rejected, match="may write to"):
        create(account, "Main", EVENT, NOON)
    assert events(world) == []
