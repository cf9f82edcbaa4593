"""Who comes to a meeting, as a person would introduce them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from service.briefing.lines import one_line
from service.briefing.wording import listed
from service.domain.items import Attendee, Contact, Event, Reply
from service.domain.people import Address, Person
from service.people import company_of, is_external, is_machine, organisation, short_names

_FIRST_LAST = re.compile(r"[a-z]{2,}(?:[._][a-z]{2,}){1,2}")
_CALENDARS = ("calendar.google.com", "resource.calendar.google.com")


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody other than the person: never a room, never a machine."""

    email: str
    name: str
    reply: Reply
    external: bool
    company: str = ""
    title: str = ""
    optional: bool = False
    organizer: bool = False

    @property
    def declined(self) -> bool:
        return self.reply is Reply.DECLINED

    @property
    def role(self) -> str:
        """For example "CFO, Atlas AG"; of colleagues only what they do."""
        return ", ".join(filter(None, (self.title, self.company if self.external else "")))

    @property
    def introduced(self) -> str:
        return f"{self.name} ({self.role})" if self.role else self.name


def everybody(event: Event) -> Iterable[Attendee]:
    """Attendees, and the organizer where the list leaves them out."""
    yield from event.attendees
    if event.organizer and event.organizer.email not in {a.address.email for a in event.attendees}:
        yield Attendee(event.organizer, organizer=True)


def emails_of(person: Person, events: Iterable[Event]) -> tuple[str, ...]:
    """Addresses of all others, each once, in order."""
    found = (a.address.email for e in events for a in everybody(e) if _is_guest(person, a))
    return tuple(dict.fromkeys(filter(None, found)))


def guests(person: Person, event: Event, contacts: Mapping[str, Contact]) -> tuple[Guest, ...]:
    """Who is not the person: those from outside first, then the organizer, then as listed; who declined comes last."""
    found: dict[str, Guest] = {}
    for one in everybody(event):
        if _is_guest(person, one):
            guest = _guest(person, event, one, contacts)
            found.setdefault(guest.email or guest.name.casefold(), guest)
    return tuple(sorted(found.values(), key=lambda g: (g.declined, g.optional, not g.external, not g.organizer)))


def roster(some: Sequence[Guest], limit: int = 3) -> str:
    """For example "Dana Whitfield, Tom Reed (Atlas AG), Jonas"; of many "… and 6 others".

    A company is said once, after the last of a row; a title only where no company says who somebody is; colleagues go by first name.
    """
    shown = list(some if len(some) <= limit + 1 else some[:limit])
    colleagues = short_names(g.name for g in some if not g.external)
    said = []
    for guest, following in zip(shown, [*shown[1:], None], strict=True):
        what = (guest.company or guest.title) if guest.external else ""
        again = following and following.external and guest.company and following.company == guest.company
        called = guest.name if guest.external else colleagues.get(guest.name, guest.name)
        said.append(f"{called} ({what})" if what and not again else called)
    rest = len(some) - len(shown)
    return ", ".join(said) + (f" … and {rest} others" if rest else "")


def names(some: Sequence[Guest], limit: int = 3) -> str:
    shown = [g.name for g in (some if len(some) <= limit + 1 else some[:limit])]
    rest = len(some) - len(shown)
    return ", ".join(shown) + (f" and {rest} others" if rest else "")


def spoken(some: Sequence[Guest], limit: int = 2) -> str:
    """For example "Dana Whitfield, CFO of Atlas AG", "Dana Whitfield and Tom Reed of Atlas AG": an ear holds little more."""
    shown = list(some if len(some) <= limit + 1 else some[:limit])
    rest = len(some) - len(shown)
    if len(shown) == 1 and shown[0].external and shown[0].title and shown[0].company:
        return f"{shown[0].name}, {shown[0].title} of {shown[0].company}"
    of_one = len({g.company for g in shown}) == 1 and all(g.external for g in shown)
    said = [g.name if of_one or not (g.external and g.company) else f"{g.name} of {g.company}" for g in shown]
    if rest:
        return f"{', '.join(said)} and {rest} others"
    return listed(said) + (f" of {shown[0].company}" if of_one and shown[0].company else "")


def label_of(address: Address, contact: Contact | None = None) -> str:
    """A name a person recognises. An address that spells one ("tom.reed@…") is read so; else the address itself."""
    written = one_line(address.name, 60).strip("'\"")
    if written and "@" not in written:
        return written
    if contact and contact.name:
        return one_line(contact.name, 60)
    local = address.email.partition("@")[0]
    if _FIRST_LAST.fullmatch(local):
        return " ".join(part.capitalize() for part in re.split(r"[._]", local))
    return one_line(address.email or written, 60)


def _is_guest(person: Person, one: Attendee) -> bool:
    address = one.address
    if one.resource or not (address.email or address.name) or person.is_me(address.email):
        return False
    return not (address.email and (is_machine(address) or address.domain.endswith(_CALENDARS)))


def _company(address: Address, contact: Contact | None, contacts: Mapping[str, Contact]) -> str:
    """As the card says, else that of somebody known at the same organisation, else what the domain says; none where it may be a home's."""
    if contact and contact.company:
        return one_line(contact.company, 50)
    guess = company_of(address.email)
    if not guess or _is_their_own(guess, label_of(address, contact)):
        return ""
    house = organisation(address.domain)
    beside = {c.company for e, c in contacts.items() if c.company and organisation(e.rpartition("@")[2]) == house}
    return one_line(beside.pop(), 50) if len(beside) == 1 else guess


def _is_their_own(company: str, name: str) -> bool:
    """A domain called after its owner: "tom@reed.example"."""
    return bool({w.casefold() for w in company.split()} & {w.casefold() for w in name.split()})


def _guest(person: Person, event: Event, one: Attendee, contacts: Mapping[str, Contact]) -> Guest:
    contact = contacts.get(one.address.email)
    email = one.address.email
    external = bool(email) and is_external(person, email)
    organizer = one.organizer or bool(event.organizer and event.organizer.email and event.organizer.email == email)
    company = _company(one.address, contact, contacts) if external or contact else ""
    title = one_line(contact.title, 50) if contact else ""
    return Guest(email, label_of(one.address, contact), one.reply, external, company, title, one.optional, organizer)
