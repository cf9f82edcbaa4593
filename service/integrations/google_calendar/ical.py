"""An event resource as an iCalendar component (https://developers.google.com/workspace/calendar/api/v3/reference/events, RFC 5545).

`service.calendar` reads it afterwards as any other calendar: zones, rules, moved instances and the links to join by are its business.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from service.calendar.zones import find_zone

_REPLIES = {"accepted": "ACCEPTED", "declined": "DECLINED", "tentative": "TENTATIVE", "needsAction": "NEEDS-ACTION"}
_PRIVATE = frozenset({"private", "confidential"})
_RULES = re.compile(r"(RRULE|EXRULE|RDATE|EXDATE)[;:]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
_GROUP = "@group.calendar.google.com"
"""A calendar that is nobody's own is its events' organizer itself: who made them is whom a person would name."""


def component(event: Mapping[str, Any], master: Mapping[str, Any] | None = None) -> list[str]:
    """Its lines. `master`: of the series that it is an instance of, whose words a cancelled instance has where it comes without any.

    Raises ValueError, KeyError or TypeError where its times are no times.
    """
    said = master if master is not None and event.get("status") == "cancelled" and not event.get("summary") else event
    uid = event.get("iCalUID") or (master or {}).get("iCalUID") or f"{event.get('recurringEventId') or event['id']}@google.com"
    lines = ["BEGIN:VEVENT", f"UID:{_one_line(str(uid))}", *_times(event, master), *_words(said), *_people(said)]
    status = str(event.get("status", ""))
    if status in {"confirmed", "tentative", "cancelled"}:
        lines.append(f"STATUS:{status.upper()}")
    lines += [_one_line(str(line)) for line in event.get("recurrence") or () if _RULES.match(str(line))]
    return [*lines, "END:VEVENT"]


def _times(event: Mapping[str, Any], master: Mapping[str, Any] | None) -> Iterator[str]:
    original, start, end = (event.get(key) or {} for key in ("originalStartTime", "start", "end"))
    if original:
        yield _moment("RECURRENCE-ID", original)
    if start or not original:
        yield _moment("DTSTART", start)
        if end:
            yield _moment("DTEND", end)
    else:
        yield _moment("DTSTART", original)  # a cancelled instance: as long as the others
        if master and (seconds := _length(master)):
            yield f"DURATION:PT{seconds}S"
    if updated := event.get("updated"):
        yield f"LAST-MODIFIED:{_instant(str(updated)).astimezone(UTC):%Y%m%dT%H%M%SZ}"
    if isinstance(event.get("sequence"), int):
        yield f"SEQUENCE:{event['sequence']}"


def _moment(name: str, at: Mapping[str, Any]) -> str:
    """All-day: a date, where an end is exclusive as in RFC 5545. Else an instant, written in the zone it is meant in."""
    if at.get("date"):
        return f"{name};VALUE=DATE:{date.fromisoformat(str(at['date'])):%Y%m%d}"
    instant, zone = _instant(str(at["dateTime"])), str(at.get("timeZone") or "")
    known = find_zone(zone) if zone else None
    if known is None and zone:  # whoever reads it says that nobody knows the zone
        return f"{name};TZID={_quoted(zone)}:{instant:%Y%m%dT%H%M%S}"
    local = instant.astimezone(known or UTC)
    if known in {None, UTC} or local.fold:  # the second of two equal wall times has no other form
        return f"{name}:{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    return f"{name};TZID={_quoted(zone)}:{local:%Y%m%dT%H%M%S}"


def _instant(text: str) -> datetime:
    """RFC 3339. Without an offset it is taken as UTC."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _length(event: Mapping[str, Any]) -> int:
    """Seconds; 0 for all-day events, which last a day where nothing is said."""
    start, end = event.get("start") or {}, event.get("end") or {}
    if "dateTime" not in start or "dateTime" not in end:
        return 0
    return int((_instant(str(end["dateTime"])) - _instant(str(start["dateTime"]))).total_seconds())


def _words(event: Mapping[str, Any]) -> Iterator[str]:
    for name, key in (("SUMMARY", "summary"), ("DESCRIPTION", "description"), ("LOCATION", "location")):
        if text := event.get(key):
            yield f"{name}:{_text(str(text))}"
    if link := event.get("htmlLink"):
        yield f"URL:{_one_line(str(link))}"
    if link := _conference(event):
        yield f"X-GOOGLE-CONFERENCE:{_one_line(link)}"
    if event.get("transparency") == "transparent":
        yield "TRANSP:TRANSPARENT"
    if event.get("visibility") in _PRIVATE:
        yield "CLASS:PRIVATE"


def _conference(event: Mapping[str, Any]) -> str:
    points = (event.get("conferenceData") or {}).get("entryPoints") or ()
    video = next((str(p.get("uri", "")) for p in points if p.get("entryPointType") == "video"), "")
    return video or str(event.get("hangoutLink") or "")


def _people(event: Mapping[str, Any]) -> Iterator[str]:
    organizer = event.get("organizer") or {}
    if str(organizer.get("email", "")).endswith(_GROUP):
        organizer = event.get("creator") or {}
    if email := organizer.get("email"):
        yield f"ORGANIZER{_name(organizer)}:mailto:{_one_line(str(email))}"
    for one in event.get("attendees") or ():
        if email := one.get("email"):
            yield f"ATTENDEE{_name(one)}{''.join(_standing(one))}:mailto:{_one_line(str(email))}"


def _standing(attendee: Mapping[str, Any]) -> Iterator[str]:
    if reply := _REPLIES.get(str(attendee.get("responseStatus", ""))):
        yield f";PARTSTAT={reply}"
    if attendee.get("optional") is True:
        yield ";ROLE=OPT-PARTICIPANT"
    if attendee.get("resource") is True:
        yield ";CUTYPE=RESOURCE"


def _name(person: Mapping[str, Any]) -> str:
    return f";CN={_quoted(str(person['displayName']))}" if person.get("displayName") else ""


def _quoted(text: str) -> str:
    return '"' + _one_line(text).replace('"', "'") + '"'


def _one_line(text: str) -> str:
    """Nothing in it can end its line and begin another."""
    return _CONTROL.sub(" ", text)


def _text(text: str) -> str:
    """RFC 5545 section 3.3.11."""
    text = text.replace("\r\n", "\n").replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
    return _one_line(text)
