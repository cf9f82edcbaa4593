"""What surrounds a message and can't be read in it: who the sender is to the person, its thread, the CRM. Asked for only where a rule asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from service.domain.items import Contact, Deal, Event, Message, Provenance
from service.domain.people import Person
from service.domain.rules import Condition, Rule
from service.domain.verdicts import Judged, Relation
from service.people import is_external
from service.ports import Items

MEETS_WITHIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """In the words that conditions use. `crm` has a value a field of each contact and each open deal."""

    relation: frozenset[str] = frozenset()
    thread: frozenset[str] = frozenset()
    crm: tuple[tuple[str, str], ...] = ()


NONE = Circumstances()


@dataclass(frozen=True, slots=True)
class Asked:
    """What the rules of a config need to know besides the message."""

    relation: bool = False
    meeting: bool = False
    thread: bool = False
    crm: bool = False

    @classmethod
    def by(cls, rules: Iterable[Rule]) -> Asked:
        conditions = [c for rule in rules for c in every(rule.when)]
        return cls(
            relation=any(c.relation for c in conditions),
            meeting=any("meeting" in c.relation for c in conditions),
            thread=any(c.thread for c in conditions),
            crm=any(c.crm for c in conditions),
        )


def every(when: Condition) -> Iterator[Condition]:
    """The condition and all that are in it."""
    yield when
    for inner in (*when.all, *when.any, *when.none):
        yield from every(inner)


def around(
    messages: Sequence[Message],
    relations: Mapping[str, Relation],
    rules: Sequence[Rule],
    person: Person,
    items: Items,
    now: datetime,
) -> list[Circumstances]:
    """Of each message, in order. The store is asked once for all of them, and for nothing where no rule needs it."""
    asked = Asked.by(rules)
    if asked == Asked():
        return [NONE] * len(messages)
    senders = {m.sender.email for m in messages if m.sender.email}
    met = _met(items.events(now, now + MEETS_WITHIN), person) if asked.meeting else frozenset()
    threads = items.conversations({m.thread_id for m in messages}, now + MEETS_WITHIN) if asked.thread else {}
    crm = _crm(senders, items) if asked.crm else lambda _: ()
    found = []
    for message in messages:
        email = message.sender.email
        relation = relation_words(relations.get(email, Relation()), person, email) if asked.relation else frozenset()
        found.append(
            Circumstances(
                relation | {"meeting"} if email in met else relation,
                thread_words(message, threads.get(message.thread_id, ())) if asked.thread else frozenset(),
                crm(email),
            )
        )
    return found


def relation_words(relation: Relation, person: Person, email: str) -> frozenset[str]:
    said = {
        "known": relation.known,
        "answered": relation.answered > 0,
        "written": relation.sent > 0,
        "stranger": not (relation.known or relation.answered or relation.sent),
        "external": is_external(person, email),
        "colleague": not is_external(person, email) and not person.is_me(email),
    }
    return frozenset(word for word, holds in said.items() if holds)


def thread_words(message: Message, thread: Iterable[Judged]) -> frozenset[str]:
    """`thread` is its whole thread as far as it is known, oldest first, with or without the message itself."""
    others = [j.message for j in thread if j.message.id != message.id]
    before = [m for m in others if m.at < message.at]
    mine_after = any(m.at > message.at and m.provenance is Provenance.OWN for m in others)
    words = {"answered" if mine_after else "open"}
    if not before:
        words.add("new")
    if any(m.provenance is Provenance.OWN for m in before):
        words.add("joined")
    if before and before[-1].provenance is Provenance.OWN:
        words.add("answer")
    return frozenset(words)


def _met(events: Iterable[Event], person: Person) -> frozenset[str]:
    going = (e for e in events if e.status != "cancelled" and not e.all_day)
    people = (a.address.email for e in going for a in e.attendees)
    return frozenset(email for email in people if email and not person.is_me(email))


def _crm(emails: set[str], items: Items) -> Callable[[str], tuple[tuple[str, str], ...]]:
    contacts = items.contacts(emails)
    deals: dict[str, list[Deal]] = {}
    if emails:
        for deal in items.deals(emails, {email.rpartition("@")[2] for email in emails}):
            if deal.open:
                for email in emails:
                    if email in deal.people or email.rpartition("@")[2] in deal.domains:
                        deals.setdefault(email, []).append(deal)
    return lambda email: tuple(_fields(contacts.get(email), deals.get(email, ())))


def _fields(contact: Contact | None, deals: Iterable[Deal]) -> Iterator[tuple[str, str]]:
    if contact is not None:
        for name in ("company", "title", "lifecycle", "owner"):
            if value := getattr(contact, name):
                yield name, value
    for deal in deals:
        yield "deal", deal.name
        for name in ("stage", "amount", "company", "owner"):
            if value := getattr(deal, name):
                yield name, value
