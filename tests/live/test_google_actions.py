"""What can be done at Google: each with its receipt and, where there is one, its undo."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from service.errors import AccessLost, Rejected, Unavailable
from service.integrations.gmail import Settings, actions
from service.integrations.gmail.box import Box
from service.integrations.google_calendar import Settings as CalendarSettings
from service.integrations.google_calendar import actions as calendar
from service.integrations.google_calendar.api import Calendars
from tests.integration.source_contract import surroundings
from tests.live.fakes.google import Google
from tests.live.google_world import signed_in
from tests.live.proxy import FaultProxy

DRAFT = b"To: dana@atlas.example\r\nSubject: Re: Term sheet\r\nMessage-ID: <r1@reveille>\r\n\r\nHere it is.\r\n"
NINE = datetime(2026, 5, 12, 9, tzinfo=ZoneInfo("Europe/Zurich"))
EVENT = calendar.NewEvent(
    "approval 7", "Call Dana", NINE, NINE + timedelta(hours=1), "Europe/Zurich", description="About the terms"
)


class Desk:
    def __init__(self, google: Google, proxy: FaultProxy, folder: Path) -> None:
        self.google, self.proxy, self._folder = google, proxy, folder

    def box(self, *scopes: str) -> Box:
        at = replace(surroundings(self._folder), credentials=signed_in(self.google, self.proxy.url, *scopes))
        return Box(Settings(kind="gmail", endpoint=self.proxy.url), at)

    def calendars(self, *scopes: str) -> Calendars:
        at = replace(surroundings(self._folder), credentials=signed_in(self.google, self.proxy.url, *scopes))
        return Calendars(CalendarSettings(kind="google_calendar", endpoint=self.proxy.url), at)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Google() as google, FaultProxy(google.port) as proxy:
        yield Desk(google, proxy, tmp_path)


def test_a_draft_is_placed_and_taken_back(desk: Desk) -> None:
    box = desk.box("gmail.readonly", "gmail.compose")
    placed = actions.place_draft(box, DRAFT)
    assert desk.google.mail.labels_of(placed.message) == {"DRAFT"}
    assert actions.undo_draft(box, placed) is True
    assert desk.google.mail.ids() == []
    assert actions.undo_draft(box, placed) is False


def test_reading_alone_allows_no_draft(desk: Desk) -> None:
    with pytest.raises(AccessLost, match="not given the rights"):
        actions.place_draft(desk.box("gmail.readonly"), DRAFT)


def test_mail_is_sent_where_that_is_allowed(desk: Desk) -> None:
    sent = actions.send(desk.box("gmail.send"), DRAFT, thread="18f")
    (mail,) = desk.google.mail.sent
    assert (mail["id"], mail["raw"], mail["threadId"]) == (sent.message, DRAFT, "18f")


def test_what_may_have_been_sent_is_said_to_be_in_doubt_and_can_be_looked_for(desk: Desk) -> None:
    box = desk.box("gmail.readonly", "gmail.send")
    desk.proxy.fail(cut=5, where="POST .*/send")
    with pytest.raises(Unavailable) as raised:
        actions.send(box, DRAFT)
    assert raised.value.arrived is None
    assert actions.find(box, "r1@reveille") == desk.google.mail.ids()[0]
    assert actions.find(box, "other@reveille") is None


def test_a_label_is_set_and_taken_off_again(desk: Desk) -> None:
    box, mail = desk.box("gmail.modify"), desk.google.mail
    id, label = mail.put(b"Subject: x\r\n\r\n"), mail.label("Reveille/Waiting")
    marked = actions.mark(box, id, "reveille/waiting")
    assert (marked.changed, label in mail.labels_of(id)) == (True, True)
    again = actions.mark(box, id, "Reveille/Waiting")
    actions.undo_mark(box, again)
    assert (again.changed, label in mail.labels_of(id)) == (False, True)
    actions.undo_mark(box, marked)
    assert label not in mail.labels_of(id)


def test_a_label_or_message_that_is_not_there(desk: Desk) -> None:
    box = desk.box("gmail.modify")
    with pytest.raises(Rejected, match="no label “Nowhere”"):
        actions.mark(box, "18f", "Nowhere")
    with pytest.raises(Rejected, match="no longer in this mailbox"):
        actions.mark(box, "18f", "Starred")


def test_an_event_is_made_once_however_often_it_is_tried(desk: Desk) -> None:
    calendars = desk.calendars("calendar.readonly", "calendar.events")
    desk.proxy.fail(cut=5, where="POST ")
    with pytest.raises(Unavailable) as raised:
        calendar.create(calendars, "", EVENT)
    created = calendar.create(calendars, "", EVENT)
    assert raised.value.arrived is None
    assert desk.google.calendars.ids() == [created.id]
    event = desk.google.calendars.event(created.id)
    assert (event["summary"], event["start"]["dateTime"]) == ("Call Dana", "2026-05-12T09:00:00+02:00")
    assert desk.google.calendars.notified == [(created.id, "none")]
    assert calendar.undo(calendars, created) is True
    assert calendar.undo(calendars, created) is False
    with pytest.raises(Rejected, match="deleted since"):
        calendar.create(calendars, "", EVENT)


def test_who_is_invited_is_written_to_and_told_again(desk: Desk) -> None:
    calendars = desk.calendars("calendar.readonly", "calendar.events")
    created = calendar.create(calendars, "mara@keller.example", replace(EVENT, attendees=("dana@atlas.example",)))
    calendar.undo(calendars, created)
    assert desk.google.calendars.notified == [(created.id, "all")] * 2


def test_an_event_that_was_changed_since_stays(desk: Desk) -> None:
    calendars = desk.calendars("calendar.readonly", "calendar.events")
    created = calendar.create(calendars, "", EVENT)
    desk.google.calendars.put(created.id, summary="Call Dana and Tom")
    with pytest.raises(Rejected, match="changed since"):
        calendar.undo(calendars, created)


def test_reading_alone_makes_no_event(desk: Desk) -> None:
    with pytest.raises(AccessLost, match="not given the rights"):
        calendar.create(desk.calendars("calendar.readonly"), "", EVENT)
