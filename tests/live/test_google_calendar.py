"""Google Calendar on the strict fake, through the proxy that breaks things."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from service.calendar.reader import InlineCalendarReader
from service.domain.items import Event, Provenance, Reply, Series
from service.errors import Rejected
from service.integrations.google_calendar import Settings
from service.ports import Source
from tests.integration.source_contract import Kept
from tests.live.contract import LiveContract, LiveWorld
from tests.live.fakes.google import Google
from tests.live.fakes.google_calendar import instance_id
from tests.live.google_world import GoogleWorld
from tests.live.proxy import FaultProxy

TEAM = "team@group.calendar.google.com"
MARA, DANA = "mara@keller.example", "dana@atlas.example"
MONDAY = datetime(2026, 5, 11, 9, 0)


def at(local: datetime, zone: str = "Europe/Zurich", offset: str = "+02:00") -> dict[str, str]:
    return {"dateTime": local.isoformat() + offset, "timeZone": zone}


def times(local: datetime, minutes: int = 30) -> dict[str, Any]:
    return {"start": at(local), "end": at(local + timedelta(minutes=minutes))}


class CalendarWorld(GoogleWorld):
    scopes = ("calendar.readonly",)

    def connect(self, **settings: Any) -> Source:
        return Settings(kind="google_calendar", endpoint=self.proxy.url, **settings).connect(self.surroundings)

    @property
    def calendars(self) -> Any:
        return self.google.calendars

    def fill(self, count: int, *, start: int = 0) -> None:
        """Every tenth is a series with an instance that was moved."""
        for n in range(start, start + count):
            begins = MONDAY + timedelta(hours=n)
            if n % 10:
                self.calendars.put(f"event{n}", summary=f"Meeting {n}", **times(begins))
                continue
            self.calendars.put(f"event{n}", summary=f"Series {n}", recurrence=["RRULE:FREQ=WEEKLY;COUNT=4"], **times(begins))
            self.move_instance(f"event{n}", begins + timedelta(days=7), begins + timedelta(days=8))

    def move_instance(self, master: str, original: datetime, to: datetime, **fields: Any) -> None:
        where = at(original)
        self.calendars.put(
            instance_id(master, where), recurringEventId=master, originalStartTime=where, summary="Moved", **times(to), **fields
        )

    def edit(self) -> None:
        self.calendars.put("event1", summary="Another title")

    def delete(self) -> None:
        self.calendars.drop("event1")

    def move(self) -> None:
        self.calendars.add(TEAM, accessRole="owner", selected=True)
        event = self.calendars.event("event1")
        self.calendars.drop("event1")
        self.calendars.put(**{**event, "calendar": TEAM})

    def expire(self) -> None:
        self.calendars.forget()

    def bodies(self, asked: list[Any]) -> int:
        """Requests that bring more than what changed."""
        paths = [path for path in (*(r.path for r in asked), *self.inner) if "/events" in path]
        return sum("syncToken=" not in path for path in paths)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[CalendarWorld]:
    with Google() as google, FaultProxy(google.port) as proxy:
        yield CalendarWorld(google, proxy, tmp_path)


class TestGoogleCalendar(LiveContract):
    @pytest.fixture
    def world(self, world: CalendarWorld) -> LiveWorld:
        return world


class TestSeveralCalendars(LiveContract):
    """Nothing changed costs as much for five calendars as for two."""

    @pytest.fixture
    def world(self, world: CalendarWorld) -> LiveWorld:
        for number in range(4):
            world.calendars.add(f"c{number}@group.calendar.google.com", accessRole="owner", selected=True)
        return world

    test_fifty_thousand_with_a_crash_in_the_middle = None  # type: ignore[assignment]


def read(world: CalendarWorld, kept: Kept | None = None, **settings: Any) -> list[Event]:
    """What a person would see of May and June."""
    kept = (kept or Kept()).sync(world.connect(**settings))
    series = [one for one in kept.items.values() if isinstance(one, Series)]
    start, end = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
    events, problems = InlineCalendarReader().expand(series, start, end, frozenset({MARA}), "Europe/Zurich")
    assert not problems
    return list(events)


def test_what_an_event_says_arrives(world: CalendarWorld) -> None:
    world.calendars.put(
        "lunch",
        summary="Lunch; with, Dana\\",
        description="<p>Agenda:<br>1. Term sheet</p>",
        location="Bar 3, Zürich",
        attendees=[
            {"email": MARA, "self": True, "responseStatus": "tentative"},
            {"email": DANA, "displayName": 'Dana "D" Whitfield', "responseStatus": "accepted", "organizer": True},
            {"email": "tom@atlas.example", "optional": True, "responseStatus": "needsAction"},
            {"email": "room@resource.calendar.google.com", "resource": True, "responseStatus": "accepted"},
        ],
        organizer={"email": DANA, "displayName": "Dana"},
        conferenceData={
            "entryPoints": [
                {"entryPointType": "phone", "uri": "tel:+41"},
                {"entryPointType": "video", "uri": "https://zoom.us/j/123"},
            ]
        },
        hangoutLink="https://meet.google.com/abc-defg-hij",
        visibility="private",
        status="tentative",
        transparency="transparent",
        sequence=3,
        eventType="somethingNew",
        **times(MONDAY, 60),
    )
    (event,) = read(world)
    assert (event.title, event.location, event.description) == ("Lunch; with, Dana\\", "Bar 3, Zürich", "Agenda:\n1. Term sheet")
    assert (event.start_at, event.end_at) == (datetime(2026, 5, 11, 7, tzinfo=UTC), datetime(2026, 5, 11, 8, tzinfo=UTC))
    assert (event.timezone, event.status, event.busy, event.private, event.sequence) == (
        "Europe/Zurich",
        "tentative",
        False,
        True,
        3,
    )
    assert event.conference == "https://zoom.us/j/123"
    assert event.url.startswith("https://www.google.com/calendar/")
    assert event.provenance is Provenance.OUTSIDE
    assert [(a.address.email, a.reply, a.optional, a.organizer, a.resource) for a in event.attendees] == [
        (MARA, Reply.TENTATIVE, False, False, False),
        (DANA, Reply.ACCEPTED, False, True, False),
        ("tom@atlas.example", Reply.NEEDS_ACTION, True, False, False),
        ("room@resource.calendar.google.com", Reply.ACCEPTED, False, False, True),
    ]


def test_nothing_in_an_event_can_add_a_line_to_it(world: CalendarWorld) -> None:
    evil = "a\r\nATTENDEE:mailto:eve@evil.example\nSTATUS:CANCELLED\x0bX\u2028Y"
    world.calendars.put("evil1", summary=evil, location=evil, organizer={"email": MARA, "displayName": evil}, **times(MONDAY))
    (event,) = read(world)
    assert (event.status, event.attendees, event.provenance) == ("confirmed", (), Provenance.OWN)


def test_all_day_is_a_date_wherever_its_reader_is(world: CalendarWorld) -> None:
    world.calendars.put("holiday", summary="Ascension", start={"date": "2026-05-14"}, end={"date": "2026-05-16"})
    (event,) = read(world)
    assert (event.all_day, str(event.start_date), str(event.end_date)) == (True, "2026-05-14", "2026-05-16")


def test_a_series_keeps_its_wall_time_across_a_change_of_clocks(world: CalendarWorld) -> None:
    world.calendars.put(
        "weekly",
        summary="New York",
        recurrence=["RRULE:FREQ=WEEKLY;COUNT=60"],
        start=at(datetime(2026, 3, 2, 9), "America/New_York", "-05:00"),
        end=at(datetime(2026, 3, 2, 10), "America/New_York", "-05:00"),
    )
    assert {event.start_at.hour for event in read(world)} == {13}  # 09:00 in summer, though it was written down in winter


def test_moved_and_cancelled_instances(world: CalendarWorld) -> None:
    world.calendars.put("weekly", summary="Weekly", recurrence=["RRULE:FREQ=WEEKLY;COUNT=4"], **times(MONDAY))
    kept = Kept()
    assert len(read(world, kept)) == 4
    world.move_instance("weekly", MONDAY + timedelta(days=7), MONDAY + timedelta(days=8, hours=2))
    world.calendars.cancel_instance("weekly", at(MONDAY + timedelta(days=14)))
    events = read(world, kept)
    assert [(e.start_at.day, e.start_at.hour, e.title, e.status) for e in events] == [
        (11, 7, "Weekly", "confirmed"),
        (19, 9, "Moved", "confirmed"),
        (25, 7, "Weekly", "cancelled"),
        (1, 7, "Weekly", "confirmed"),
    ]
    assert events[2].end_at - events[2].start_at == timedelta(minutes=30)
    assert len({e.uid for e in events}) == 1
    assert events[1].id.endswith("20260518T070000Z"), "named by when it was first meant to be"


def test_a_change_of_one_instance_brings_its_series_and_no_other(world: CalendarWorld) -> None:
    world.fill(30)
    kept = Kept().sync(world.connect())
    world.calendars.cancel_instance("event20", at(MONDAY + timedelta(hours=20, days=14)))
    kept.sync(world.connect())
    assert kept.upserts == [f"{MARA}#event20"]


def test_a_deleted_series_goes_with_all_of_it(world: CalendarWorld) -> None:
    world.fill(30)
    kept = Kept().sync(world.connect())
    world.calendars.drop("event20")
    kept.sync(world.connect())
    assert (kept.deletes, kept.upserts, len(kept.items)) == (1, [], 29)


def test_a_single_instance_one_is_invited_to_stands_alone(world: CalendarWorld) -> None:
    """Its series is on somebody else's calendar."""
    world.move_instance("theirs", MONDAY, MONDAY, iCalUID="theirs@google.com")
    kept = Kept()
    assert [e.title for e in read(world, kept)] == ["Moved"]
    world.move_instance("theirs", MONDAY + timedelta(days=7), MONDAY + timedelta(days=7), iCalUID="theirs@google.com")
    assert len(read(world, kept)) == 2


def test_a_series_that_became_a_single_event(world: CalendarWorld) -> None:
    world.calendars.put("weekly", summary="Weekly", recurrence=["RRULE:FREQ=WEEKLY;COUNT=4"], **times(MONDAY))
    kept = Kept()
    read(world, kept)
    world.calendars.put("weekly", recurrence=[])
    assert len(read(world, kept)) == 1


def test_the_persons_own_calendars_are_read_unless_others_are_named(world: CalendarWorld) -> None:
    for id, role, ticked in (("team", "writer", True), ("boss", "reader", True), ("old", "owner", False)):
        world.calendars.add(id, accessRole=role, selected=ticked, summary=id.title())
        world.calendars.put(f"of{id}", id, summary=id, **times(MONDAY))
    kept = Kept()
    assert [e.title for e in read(world, kept)] == ["team"]
    world.calendars.lists["team"]["selected"] = False
    assert read(world, kept) == []
    assert sorted(e.title for e in read(world, calendars=["Boss", "old"])) == ["boss", "old"]
    with pytest.raises(Rejected, match=r"no calendar “Bos”.*correct `calendars`.*Boss"):
        read(world, calendars=["Bos"])


def test_of_a_meeting_in_two_calendars_ones_own_answer_counts(world: CalendarWorld) -> None:
    world.calendars.add(TEAM, accessRole="owner", selected=True)
    for calendar, reply in ((TEAM, "needsAction"), ("", "accepted")):
        world.calendars.put(
            "board", calendar, summary="Board", attendees=[{"email": MARA, "responseStatus": reply}], **times(MONDAY)
        )
    kept = Kept().sync(world.connect())
    assert list(kept.items) == [f"{TEAM}#board", f"{MARA}#board"]
    assert len(kept.ids) == 1


def test_a_calendar_of_nobodys_names_who_made_the_event(world: CalendarWorld) -> None:
    world.calendars.add(TEAM, accessRole="owner", selected=True)
    world.calendars.put(
        "made1", TEAM, summary="Offsite", organizer={"email": TEAM, "self": True}, creator={"email": MARA}, **times(MONDAY)
    )
    (event,) = read(world)
    assert event.organizer
    assert (event.organizer.email, event.provenance) == (MARA, Provenance.OWN)


def test_where_one_works_is_no_meeting(world: CalendarWorld) -> None:
    world.calendars.put("office", eventType="workingLocation", start={"date": "2026-05-14"}, end={"date": "2026-05-15"})
    assert read(world) == []


def test_an_event_without_a_time_is_named_at_every_sync(world: CalendarWorld) -> None:
    world.calendars.put("broken", summary="Sometime", start={}, end={})
    world.fill(2)
    kept = Kept().sync(world.connect())
    first = kept.problems
    assert len(first) == 1
    assert "Sometime" in first[0].what
    assert (kept.sync(world.connect()).problems, len(kept.items)) == (first, 2)


def test_an_unknown_zone_is_told_and_the_event_still_comes(world: CalendarWorld) -> None:
    world.calendars.put("odd11", summary="Odd", start=at(MONDAY, "Mars/Olympus"), end=at(MONDAY, "Mars/Olympus"))
    kept = Kept().sync(world.connect())
    assert len(kept.items) == 1
    assert "Mars/Olympus" in kept.problems[0].what


def test_the_second_of_two_equal_wall_times_stays_the_second(world: CalendarWorld) -> None:
    late = {"dateTime": "2026-10-25T02:30:00+01:00", "timeZone": "Europe/Zurich"}
    world.calendars.put("night", summary="Night", start=late, end=late)
    kept = Kept().sync(world.connect())
    (series,) = kept.items.values()
    assert isinstance(series, Series)
    assert "DTSTART:20261025T013000Z" in series.ical


def test_one_calendar_that_lost_its_token_is_read_whole_and_the_others_are_not(world: CalendarWorld) -> None:
    world.calendars.add(TEAM, accessRole="owner", selected=True)
    world.fill(5)
    world.calendars.put("ofteam", TEAM, summary="Team", **times(MONDAY))
    kept = Kept().sync(world.connect())
    world.calendars.forget(TEAM)
    world.calendars.drop("ofteam", TEAM)
    with world.asked() as asked:
        kept.sync(world.connect())
    assert (kept.deletes, kept.upserts, world.bodies(asked)) == (1, [], 1)
