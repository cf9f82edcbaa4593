"""What the sources hold about the people of some meetings: asked for once, in bulk, then looked up by meeting."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import islice

from service.briefing import conversations
from service.briefing.attendees import Guest, emails_of, guests
from service.briefing.conversations import Conversation
from service.briefing.engagements import title_of
from service.briefing.quoting import READ, words_of
from service.domain.items import Contact, Deal, Event, Note, Provenance, Thread
from service.domain.people import Person
from service.domain.verdicts import Category, Judged, Relation
from service.people import company_of, first_name, is_external, organisation
from service.ports import Items

CROWD = 12
"""From this many guests on, only those from outside are looked up: nobody prepares for a hundred colleagues one by one."""
EVERYBODY = 300
MAILS, NOTES, CHATS = 150, 30, 30
LATELY = timedelta(days=7)
_GENERIC = words_of(
    "meeting call sync weekly daily monthly catch catchup with and the for about from zoom teams discussion session update status "
    "quick chat intro introduction follow followup new our your into via termin besprechung mit und für von zum zur réunion avec les "
    "des reunión con los las una internal external video invitation re fwd"
)
_PLAIN = words_of(
    "review demo interview prep preparation kickoff kick workshop planning session report reporting forum checkpoint round"
)
"""Words of a title that say little beside others, and all there is without them."""
_INVITATION = re.compile(
    r"(?i)^\s*(updated invitation|invitation|accepted|declined|tentative(ly accepted)?|cancell?ed( event)?|einladung|zugesagt|abgesagt|zusage|absage)\s*:"
)


@dataclass(frozen=True, slots=True)
class Encounter:
    """A meeting, who comes and the words that say what it is about."""

    event: Event
    guests: tuple[Guest, ...]
    topic: frozenset[str]

    @property
    def emails(self) -> frozenset[str]:
        return frozenset(g.email for g in self.guests if g.email)

    @property
    def external(self) -> tuple[Guest, ...]:
        return tuple(g for g in self.guests if g.external)

    @property
    def companies(self) -> frozenset[str]:
        return frozenset(g.company.casefold() for g in self.external if g.company)

    @property
    def domains(self) -> frozenset[str]:
        """Of those from outside who write from an organisation's."""
        return frozenset(d for g in self.external for d in _domains(g.email))

    def bears_on(self, deal: Deal) -> bool:
        """Whether it names one of the people or, of those from outside, their companies."""
        return bool(
            self.emails & set(deal.people) or deal.company.casefold() in self.companies or self.domains & set(deal.domains)
        )

    def is_about(self, words: frozenset[str]) -> bool:
        """Most of what the title names is named: both of two words, two of three."""
        return bool(self.topic) and len(self.topic & words) >= 0.6 * len(self.topic)

    def is_touched_by(self, text: str) -> bool:
        """The same of a longer text; most are told apart without taking them to pieces."""
        low = text[:READ].casefold()
        return self.is_about(frozenset(w for w in self.topic if w in low)) and self.is_about(words_of(low))

    def guest(self, email: str) -> Guest | None:
        return next((g for g in self.guests if g.email and g.email == email), None)

    def called(self, guest: Guest) -> str:
        """The first name, unless two share it."""
        first = first_name(guest.name)
        return first if first and sum(first_name(g.name) == first for g in self.guests) == 1 else guest.name


@dataclass(frozen=True)
class Background:
    """`mail` is newest first and holds only what a person wrote to a person; the rest as `Items` orders it."""

    person: Person
    as_of: datetime
    contacts: Mapping[str, Contact]
    relations: Mapping[str, Relation]
    mail: Sequence[Judged]
    deals: Sequence[Deal]
    notes: Sequence[Note]
    chats: Sequence[Thread]
    conversations: Mapping[str, Conversation]  # by the id of each of their messages

    def encounter(self, event: Event) -> Encounter:
        return encounter(self.person, event, self.contacts)

    def later(self, one: Judged) -> list[Judged]:
        """What was written after it in its conversation, by whomever."""
        held = self.conversations.get(one.message.id)
        return [j for j in held.messages if j.message.at > one.message.at] if held else []

    def mail_with(self, meeting: Encounter) -> list[Judged]:
        return [j for j, people in self._written if meeting.emails & people]

    @cached_property
    def _written(self) -> list[tuple[Judged, frozenset[str]]]:
        """Each mail with all who wrote or got it: every meeting of the day looks through them twice."""
        return [(j, frozenset([a.email for a in j.message.people])) for j in self.mail]

    def deals_of(self, meeting: Encounter) -> list[Deal]:
        """Open deals with the people or, of those from outside, their companies."""
        return [d for d in self.deals if d.open and meeting.bears_on(d)]


def gather(items: Items, person: Person, events: Sequence[Event], as_of: datetime, *, whole: bool = False) -> Background:
    """Seven questions to the store, however many meetings there are. `whole` asks one more: for the conversations of all that was
    written with these people, so that what others answered in them counts too.
    """
    emails = _worth_asking(person, events)
    contacts = items.contacts(emails)
    outside = [e for e in emails if is_external(person, e)]
    companies = {c for e in outside if (c := contacts[e].company if e in contacts and contacts[e].company else company_of(e))}
    known = [contacts[e].name for e in emails if e in contacts]
    written = {
        a.address.name for event in events for a in event.attendees if "@" not in a.address.name and a.address.email in emails
    }
    titles = {w for e in events for w in (title_of(e), *_telling_words(title_of(e, 200))) if words_of(w) - _GENERIC - _PLAIN}
    words = list(dict.fromkeys(filter(None, (*emails, *known, *sorted(written), *sorted(companies), *sorted(titles)))))
    mail = [j for j in items.correspondence(emails, as_of, MAILS) if is_personal(j)]
    held = (
        [j for some in items.conversations({j.message.thread_id for j in mail}, as_of).values() for j in some] if whole else mail
    )
    return Background(
        person,
        as_of,
        contacts,
        items.relations(emails),
        mail,
        items.deals(emails, sorted(companies.union(*map(_domains, outside)))),
        items.notes(words, as_of, NOTES),
        _chats(items, emails, as_of),
        {j.message.id: c for c in conversations.gather(held, ()) for j in c.messages},
    )


def _domains(email: str) -> frozenset[str]:
    """None where anybody may write from it."""
    domain = email.rpartition("@")[2].lower()
    return frozenset({domain, organisation(domain)}) if company_of(email) else frozenset()


def _chats(items: Items, emails: Sequence[str], as_of: datetime) -> Sequence[Thread]:
    """Where these people wrote, and what anybody wrote lately: it may be about the same thing."""
    found = {t.id: t for t in (*items.chats_with(emails, as_of, CHATS), *items.chats(as_of - LATELY, as_of))}
    return sorted(found.values(), key=lambda t: t.at, reverse=True)


def _telling_words(title: str) -> Iterator[str]:
    """What names the matter of a title by itself: "Atlas" of "Weekly Atlas sync"."""
    yield from (w for w in words_of(title) - _GENERIC - _PLAIN if len(w) > 3 and not w.isdigit())


def encounter(person: Person, event: Event, contacts: Mapping[str, Contact]) -> Encounter:
    some = guests(person, event, contacts)
    named: frozenset[str] = frozenset().union(*(words_of(g.name) for g in some), words_of(person.name))
    topic = frozenset(w for w in words_of(title_of(event, 200)) - _GENERIC - named if len(w) > 2 and not w.isdigit())
    return Encounter(event, some, topic - _PLAIN or topic)


def is_personal(one: Judged) -> bool:
    """Written by somebody to somebody: no junk, no bulk, no calendar's own mail. Only this is ever quoted."""
    message, verdict = one.message, one.verdict
    if verdict.spam or verdict.phishing or verdict.muted or verdict.category is Category.PROMOTION or message.own_briefing:
        return False
    if message.bulk.is_automated or _INVITATION.match(message.subject):
        return False
    return "draft" not in message.flags and bool((message.reply_text or message.text).strip())


def is_own(one: Judged) -> bool:
    return one.message.provenance is Provenance.OWN


def partner(one: Judged, meeting: Encounter) -> Guest | None:
    """The guest who wrote it, or to whom the person wrote it."""
    addresses = one.message.to if is_own(one) else (one.message.sender,)
    return next((g for a in addresses if (g := meeting.guest(a.email))), None)


def _worth_asking(person: Person, events: Iterable[Event]) -> tuple[str, ...]:
    asked: dict[str, None] = {}
    for event in events:
        here = emails_of(person, [event])
        worth = (e for e in here if len(here) <= CROWD or is_external(person, e))
        asked.update(dict.fromkeys(islice(worth, CROWD * 3)))
    return tuple(islice(asked, EVERYBODY))
