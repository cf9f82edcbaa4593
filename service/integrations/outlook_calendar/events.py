"""An event as Graph tells it (https://learn.microsoft.com/graph/api/resources/event) to an item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from service.calendar.conference import conference_in
from service.calendar.entries import original_id
from service.calendar.times import Moment
from service.domain.items import Attendee, Event, Provenance
from service.domain.people import Address, Person
from service.integrations.files.settings import digest
from service.integrations.outlook_calendar import people
from service.integrations.outlook_calendar.moments import Span, instant, read_span, zone_of
from service.mail.visible import visible_text

_LONGEST_TITLE, _LONGEST_TEXT, _LONGEST_HTML = 500, 20_000, 200_000  # characters
_FREE = frozenset({"free", "workingelsewhere"})


def read_event(item: Mapping[str, Any], uid: str, account: str, person: Person) -> Event:
    """`uid` is its series', or its own. Raises Unreadable."""
    span = read_span(item, person.zone)
    leader = people.organizer(item)
    invited = people.attendees(item, leader, person)
    text, place = _text(item.get("body")), _place(item)
    shows = str(item.get("showAs") or "").lower()
    return Event(
        id=original_id(uid, _original(item, span)),
        account=account,
        uid=uid,
        start_at=span.start_at,
        end_at=span.end_at,
        title=" ".join(str(item.get("subject") or "").split())[:_LONGEST_TITLE],
        all_day=span.days is not None,
        start_date=span.days[0] if span.days else None,
        end_date=span.days[1] if span.days else None,
        timezone="" if span.days else zone_of(item),
        status="cancelled" if item.get("isCancelled") else "tentative" if shows == "tentative" else "confirmed",
        busy=shows not in _FREE,
        location=place,
        description=text,
        conference=_conference(item, place, text),
        organizer=leader,
        attendees=invited,
        recurring=str(item.get("type") or "") in {"occurrence", "exception"} or bool(item.get("seriesMasterId")),
        private=str(item.get("sensitivity") or "").lower() in {"private", "confidential", "personal"},
        provenance=_provenance(item, leader, invited, person),
        updated_at=instant(item.get("lastModifiedDateTime")),
        url=str(item.get("webLink") or ""),
    )


def stamp(event: Event, fingerprint: str) -> str:
    """Changes with what it says, not with when that was last touched."""
    return digest(fingerprint, repr(replace(event, updated_at=None)))[:20]


def _original(item: Mapping[str, Any], span: Span) -> Moment:
    """When it would be if nobody had moved it. Of an all-day event the day in its own zone, which `originalStart` says in UTC."""
    original = instant(item.get("originalStart"))
    moved = item.get("type") == "exception" and original is not None
    if span.days:
        return original.date() if moved and original is not None else span.days[0]
    return original if moved and original is not None else span.start_at


def _text(said: Any) -> str:
    """As a person sees it: what is hidden in its HTML is left out, which Exchange's own plain text would show."""
    if not isinstance(said, dict):
        return ""
    content = str(said.get("content") or "")[:_LONGEST_HTML]
    shown = visible_text(content).text if str(said.get("contentType") or "").lower() == "html" else content
    return shown.strip()[:_LONGEST_TEXT]


def _place(item: Mapping[str, Any]) -> str:
    said = item.get("location")
    return " ".join(str(said.get("displayName") or "").split())[:_LONGEST_TITLE] if isinstance(said, dict) else ""


def _conference(item: Mapping[str, Any], place: str, text: str) -> str:
    meeting = item.get("onlineMeeting")
    named = (meeting.get("joinUrl") if isinstance(meeting, dict) else None, item.get("onlineMeetingUrl"))
    return next((str(url) for url in named if str(url or "").lower().startswith("https://")), "") or conference_in(
        place, "", text
    )


def _provenance(item: Mapping[str, Any], leader: Address | None, invited: tuple[Attendee, ...], person: Person) -> Provenance:
    if leader is not None and leader.email:
        return Provenance.OWN if person.is_me(leader.email) else Provenance.OUTSIDE
    return Provenance.OWN if item.get("isOrganizer") or not invited else Provenance.OUTSIDE
