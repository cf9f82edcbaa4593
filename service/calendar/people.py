"""Who is invited, and by whom (RFC 5545 sections 3.8.4.1 and 3.8.4.3)."""

from __future__ import annotations

from dataclasses import replace

from service.calendar.properties import Properties, Property
from service.domain.items import Attendee, Reply
from service.domain.people import Address

_REPLIES = {reply.value.upper(): reply for reply in Reply if reply}
_MOST = 500  # of one event: a list longer than this is no meeting


def read_organizer(said: Properties) -> Address | None:
    prop = said.first("ORGANIZER")
    address = _address(prop) if prop else None
    return address if address and (address.email or address.name) else None


def read_attendees(said: Properties, organizer: Address | None) -> tuple[Attendee, ...]:
    """In the order of the calendar, each once. An organizer who isn't in the list comes first, without a reply."""
    found: dict[str, Attendee] = {}
    for prop in said.all("ATTENDEE")[:_MOST]:
        attendee = _attendee(prop, organizer)
        if attendee.address.label:
            found.setdefault(attendee.address.email or attendee.address.name, attendee)
    if organizer and found and not any(a.organizer for a in found.values()):
        return (Attendee(organizer, organizer=True), *found.values())
    return tuple(found.values())


def _attendee(prop: Property, organizer: Address | None) -> Attendee:
    address = _address(prop)
    leads = organizer is not None and bool(address.email) and address.email == organizer.email
    return Attendee(
        replace(address, name=address.name or organizer.name) if leads and organizer else address,
        reply=_REPLIES.get(prop.parameter("PARTSTAT").upper(), Reply.NONE),
        optional=prop.parameter("ROLE").upper() in {"OPT-PARTICIPANT", "NON-PARTICIPANT"},
        organizer=leads or prop.parameter("ROLE").upper() == "CHAIR",
        resource=prop.parameter("CUTYPE").upper() in {"ROOM", "RESOURCE"},
    )


def _address(prop: Property) -> Address:
    """CalDAV servers write a path or a urn where the address should be, and the address in EMAIL."""
    value = prop.value.strip()
    scheme, colon, rest = value.partition(":")
    email = rest if colon and scheme.lower() == "mailto" else value if not colon else ""
    email = email.strip().strip("<>") if "@" in email else prop.parameter("EMAIL").strip()
    name = " ".join(prop.parameter("CN").strip().strip("'").split())
    return Address(email.lower(), "" if name.lower() == email.lower() else name)
