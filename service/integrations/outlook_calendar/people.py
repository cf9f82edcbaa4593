"""Who is invited, by whom, and what they answered (https://learn.microsoft.com/graph/api/resources/responsestatus)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from service.domain.items import Attendee, Reply
from service.domain.people import Address, Person

_REPLIES = {
    "accepted": Reply.ACCEPTED,
    "declined": Reply.DECLINED,
    "tentativelyaccepted": Reply.TENTATIVE,
    "notresponded": Reply.NEEDS_ACTION,
}
_MOST = 500  # of one event: a list longer than this is no meeting


def organizer(item: Mapping[str, Any]) -> Address | None:
    address = _address(item.get("organizer"))
    return address if address.label else None


def attendees(item: Mapping[str, Any], leader: Address | None, person: Person) -> tuple[Attendee, ...]:
    """Each once, an organiser who isn't in the list first. What the person themself answered is said by the event: in the list of their own
    copy it often isn't.
    """
    listed = item.get("attendees")
    found: dict[str, Attendee] = {}
    for one in (listed if isinstance(listed, list) else [])[:_MOST]:
        attendee = _attendee(one, leader)
        if attendee.address.label:
            found.setdefault(attendee.address.email or attendee.address.name, attendee)
    mine, own = _reply(item.get("responseStatus")), next((email for email in found if person.is_me(email)), "")
    if own and mine is not Reply.NONE:
        found[own] = replace(found[own], reply=mine)
    elif not own and mine is not Reply.NONE and person.emails:  # invited by a list that they are on
        found[person.emails[0]] = Attendee(Address(person.emails[0], person.name), mine)
    if leader and found and not any(a.organizer for a in found.values()):
        return (Attendee(leader, organizer=True), *found.values())
    return tuple(found.values())


def _attendee(said: Any, leader: Address | None) -> Attendee:
    said = said if isinstance(said, dict) else {}
    address, type_ = _address(said), str(said.get("type") or "").lower()
    leads = leader is not None and bool(address.email) and address.email == leader.email
    return Attendee(
        address, _reply(said.get("status")), optional=type_ == "optional", organizer=leads, resource=type_ == "resource"
    )


def _reply(said: Any) -> Reply:
    return _REPLIES.get(str(said.get("response") or "").lower(), Reply.NONE) if isinstance(said, dict) else Reply.NONE


def _address(said: Any) -> Address:
    """A recipient; Exchange names who is not on the internet by a path (/O=…), which is no address."""
    mail = said.get("emailAddress") if isinstance(said, dict) else None
    mail = mail if isinstance(mail, dict) else {}
    email, name = str(mail.get("address") or "").strip().lower(), " ".join(str(mail.get("name") or "").split())
    email = email if "@" in email else ""
    return Address(email, "" if name.lower() == email else name)
