"""What an event says beside its times: who, where, by which link, how sure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from selectolax.lexbor import LexborHTMLParser

from service.calendar.conference import find_conference, read_url
from service.calendar.entries import Entry
from service.calendar.people import read_attendees, read_organizer
from service.calendar.times import Unreadable, read_moment
from service.calendar.zones import Zones
from service.domain.items import Attendee, Provenance
from service.domain.people import Address

_LONGEST_TEXT, _LONGEST_TITLE = 20_000, 500  # characters
_HTML = re.compile(r"</?(?:html|body|p|div|br|b|i|u|a|ul|ol|li|span|table)\b[^<>]{0,500}>", re.IGNORECASE)
_UNSEEN = "script, style, head, [hidden], [style*='display:none'], [style*='display: none']"
_STATES = {"CONFIRMED": "confirmed", "TENTATIVE": "tentative", "CANCELLED": "cancelled", "CANCELED": "cancelled"}


@dataclass(frozen=True, slots=True)
class Details:
    """The fields of an Event that all instances of one entry share."""

    title: str
    status: str
    busy: bool
    location: str
    description: str
    conference: str
    organizer: Address | None
    attendees: tuple[Attendee, ...]
    sequence: int
    private: bool
    provenance: Provenance
    updated_at: datetime | None
    url: str


def read_details(entry: Entry, zones: Zones, own: frozenset[str], *, cancelled: bool = False) -> Details:
    """`own` are the person's addresses in lower case; `cancelled`: the whole calendar is a cancellation (METHOD:CANCEL)."""
    said = entry.said
    organizer = read_organizer(said)
    attendees = read_attendees(said, organizer)
    return Details(
        title=" ".join(said.text("SUMMARY").split())[:_LONGEST_TITLE],
        status="cancelled" if cancelled else _STATES.get(said.text("STATUS").upper(), "confirmed"),
        busy=said.text("TRANSP").upper() != "TRANSPARENT",
        location=said.text("LOCATION")[:_LONGEST_TITLE],
        description=readable(said.text("DESCRIPTION")),
        conference=find_conference(said),
        organizer=organizer,
        attendees=attendees,
        sequence=max(entry.sequence, 0),
        private=said.text("CLASS").upper() in {"PRIVATE", "CONFIDENTIAL"},
        provenance=_provenance(organizer, attendees, own),
        updated_at=_updated_at(entry, zones),
        url=read_url(said),
    )


def readable(text: str) -> str:
    """A description as a person reads it: some calendars write HTML there."""
    text = text[:_LONGEST_TEXT]
    if not _HTML.search(text):
        return text
    tree = LexborHTMLParser(re.sub(r"<br\s*/?>|</(?:p|div|li|tr|h\d)>", "\n", text, flags=re.IGNORECASE))
    for node in tree.css(_UNSEEN):
        node.decompose()
    shown = tree.body.text() if tree.body else ""
    return re.sub(r"\n{3,}", "\n\n", "\n".join(" ".join(line.split()) for line in shown.split("\n"))).strip()


def _provenance(organizer: Address | None, attendees: tuple[Attendee, ...], own: frozenset[str]) -> Provenance:
    mine = organizer.email in own if organizer else not attendees
    return Provenance.OWN if mine else Provenance.OUTSIDE


def _updated_at(entry: Entry, zones: Zones) -> datetime | None:
    for name in ("LAST-MODIFIED", "DTSTAMP"):
        prop = entry.said.first(name)
        try:
            moment = read_moment(prop, zones) if prop else None
        except Unreadable:
            continue
        if isinstance(moment, datetime):
            return moment
    return None
