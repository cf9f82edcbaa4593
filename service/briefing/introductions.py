"""Who comes to one meeting: what they do, whether they come, and when the person last dealt with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from service.briefing.attendees import Guest
from service.briefing.changes import Before, who_key, who_version
from service.briefing.due import past_day
from service.briefing.lines import cite, line, one_line
from service.briefing.preparation import Background, Encounter
from service.domain.facts import Basis, Fact, SourceRef
from service.domain.items import Reply

PEOPLE = 6


def introductions(meeting: Encounter, known: Background, before: Before) -> Iterator[Fact]:
    shown = meeting.guests if len(meeting.guests) <= PEOPLE + 1 else meeting.guests[:PEOPLE]
    for number, guest in enumerate(shown):
        yield _person(guest, meeting, known, 0.9 - number * 0.04 - 0.2 * guest.declined, before)
    rest = meeting.guests[len(shown) :]
    if rest:
        outside = sum(g.external for g in rest)
        said = f"And {len(rest)} others" + (f", {outside} from outside." if outside else ", all colleagues.")
        yield line(
            f"brief:{meeting.event.id}:others", said, cite(meeting.event), importance=0.5, topic="people", basis=Basis.DERIVED
        )


def _person(guest: Guest, meeting: Encounter, known: Background, importance: float, before: Before) -> Fact:
    contact = known.contacts.get(guest.email)
    touch = _last_contact(guest, known, before)
    deals = [d for d in known.deals_of(meeting) if guest.email in d.people][:1]
    what = guest.role or ("colleague" if guest.email and not guest.external else guest.email)
    met = f"last contact {past_day(touch.at, known.as_of, known.person.zone)}" if touch and touch.at else _unknown(guest)
    said = filter(None, (what, _reply(guest), met, *(f"open deal {one_line(d.name, 50)}" for d in deals)))
    sources = [cite(contact)] if contact else []
    sources += [touch] if touch and touch.kind != "contact" else []
    return line(
        who_key(meeting.event, guest),
        f"{'; '.join(said)}.",
        *(*sources, *map(cite, deals)) or (touch or cite(meeting.event),),
        version=who_version(guest),
        label=guest.name,
        people=(guest.name,),
        importance=importance,
        topic="people",
        at=touch.at if touch else None,
    )


def _reply(guest: Guest) -> str:
    said = {
        Reply.ACCEPTED: "accepted",
        Reply.DECLINED: "declined",
        Reply.TENTATIVE: "tentative",
        Reply.NEEDS_ACTION: "has not replied",
    }
    return (
        "called the meeting"
        if guest.organizer and guest.reply in {Reply.NONE, Reply.ACCEPTED, Reply.NEEDS_ACTION}
        else said.get(guest.reply, "")
    )


def _unknown(guest: Guest) -> str:
    return "no earlier contact found" if guest.external else ""


def _last_contact(guest: Guest, known: Background, before: Before) -> SourceRef | None:
    """The newest of mail either way, a chat post, a meeting of the series and what the CRM says, that is past."""
    found: list[SourceRef] = [cite(j.message) for j in known.mail if guest.email in {a.email for a in j.message.people}][:1]
    found += [cite(t) for t in known.chats if any(p.author.email == guest.email for p in t.posts)][:1]
    if before.last and guest.email in {a.address.email for a in before.last.attendees}:
        found.append(cite(before.last))
    contact, relation = known.contacts.get(guest.email), known.relations.get(guest.email)
    if contact and contact.last_contact_at:
        found.append(replace(cite(contact), at=contact.last_contact_at))
    if relation:
        seen = cite(contact) if contact else SourceRef("contact", guest.email, guest.name)
        found += [replace(seen, at=at) for at in (relation.last_received_at, relation.last_sent_at)]
    past = [ref for ref in found if ref.at and ref.at <= known.as_of and guest.email]
    return max(past, key=lambda ref: ref.at or known.as_of, default=None)
