"""The sample's calendar."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from icalendar import Calendar, Event, vCalAddress, vRecur, vText

from service.sample.content import ZONE, Content

MARA = "mara"


def calendar(content: Content) -> bytes:
    made = Calendar()
    made.add("prodid", "-//Reveille//sample//EN")
    made.add("version", "2.0")
    for entry in content.workspace["events"]:
        made.add_component(_event(content, entry))
    return bytes(made.to_ical())


def _event(content: Content, entry: dict[str, Any]) -> Event:
    start = content.at(entry["at"]).astimezone(ZONE)
    event = Event()
    event.add("uid", f"{entry['uid']}@sample.example")
    event.add("dtstamp", content.at("-14 08:00"))
    event.add("dtstart", start)
    event.add("dtend", start + timedelta(minutes=entry["minutes"]))
    event.add("summary", entry["title"])
    event.add("status", entry.get("status", "CONFIRMED"))
    if entry.get("place"):
        event.add("location", entry["place"])
    if entry.get("text"):
        event.add("description", entry["text"])
    if entry.get("rule"):
        event.add("rrule", vRecur.from_ical(entry["rule"]))
    if entry["people"]:
        event["organizer"] = _person(content, entry["organizer"])
        for who in dict.fromkeys([*entry["people"], MARA]):
            attendee = _person(content, who)
            attendee.params["PARTSTAT"] = vText("ACCEPTED")
            event.add("attendee", attendee, encode=False)
    return event


def _person(content: Content, who: str) -> vCalAddress:
    name, email = content.address(who)
    address = vCalAddress(f"mailto:{email}")
    address.params["CN"] = vText(name)
    return address
