"""Everything a morning looks at, read once: each question to the store is asked a single time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import chain
from zoneinfo import ZoneInfo

from service.briefing.attendees import label_of
from service.briefing.conversations import Conversation, gather
from service.briefing.kinds import Kind, kind
from service.briefing.wording import clean, clip
from service.domain.items import Contact, Deal, Task, Thread
from service.domain.ledger import Occurrence
from service.domain.people import Address, Person
from service.domain.sync import Account
from service.domain.verdicts import Category, Judged, Relation
from service.people import is_external, short_names
from service.ports import Items

LOOK_BACK = timedelta(days=21)
"""As far as anything open is followed; requests to the person count for two weeks of it."""
CHAT_BACK = timedelta(days=7)
_OPEN = frozenset({Category.URGENT, Category.NEEDS_REPLY})
MOST_PEOPLE = 300
"""Whose relation and card are looked up; the newest first."""


@dataclass(frozen=True)
class Desk:
    person: Person
    cadence: str
    due_at: datetime
    as_of: datetime
    since_at: datetime
    received: tuple[Judged, ...]  # newest first, as far back as LOOK_BACK
    sent: tuple[Judged, ...]
    conversations: tuple[Conversation, ...]
    thread_of: Mapping[str, str]  # message id → conversation id
    kinds: Mapping[str, Kind]  # by message id, of all that was received or sent
    relations: Mapping[str, Relation]
    contacts: Mapping[str, Contact]
    deals: tuple[Deal, ...]  # open ones
    chats: tuple[Thread, ...]
    tasks: tuple[Task, ...]
    told: Mapping[str, str]
    accounts: tuple[Account, ...]
    missed: tuple[Occurrence, ...]

    @property
    def zone(self) -> ZoneInfo:
        return self.person.zone

    @property
    def today(self) -> date:
        return self.as_of.astimezone(self.zone).date()

    @cached_property
    def fresh(self) -> tuple[Judged, ...]:
        """What came in since the last briefing, also where it was written before that and on its way."""
        return tuple(j for j in self.received if j.message.new_at >= self.since_at)

    def name(self, address: Address) -> str:
        """What a person calls them, the same in every section."""
        return label_of(address, self.contacts.get(address.email)) or "somebody"

    def introduction(self, address: Address) -> str:
        """A colleague by first name; others with their company where it is known, and not the person's own."""
        card = self.contacts.get(address.email)
        company = clip(clean(card.company), 40) if card and is_external(self.person, address.email) else ""
        return f"{self.name(address)}, {company}" if company and company not in self.houses else self.called(address)

    def called(self, address: Address) -> str:
        """As `name`, but a colleague by first name, unless two share it."""
        name = self.name(address)
        return name if is_external(self.person, address.email) else self.first_names.get(name, name)

    @cached_property
    def houses(self) -> frozenset[str]:
        """What colleagues' cards call the person's own company."""
        return frozenset(clip(clean(c.company), 40) for e, c in self.contacts.items() if not is_external(self.person, e))

    @cached_property
    def first_names(self) -> Mapping[str, str]:
        """Of colleagues who write, by whole name."""
        authors = (p.author for t in self.chats for p in t.posts)
        people = {
            self.name(a)
            for a in chain(authors, (j.message.sender for j in self.received))
            if a.email and not is_external(self.person, a.email)
        }
        return short_names({*people, self.person.name})

    def deal_with(self, email: str) -> Deal | None:
        """An open deal with somebody outside, by the person or their company."""
        card = self.contacts.get(email)
        company = card.company.casefold() if card else ""
        return next((d for d in self.deals if email in d.people or (company and d.company.casefold() == company)), None)


def read(
    person: Person, items: Items, due_at: datetime, as_of: datetime, cadence: str, told_before: datetime | None = None
) -> Desk:
    """`told_before` bounds the earlier briefings that count as told; None: all that were due before this one."""
    earlier = told_before or due_at
    back = as_of - LOOK_BACK
    received, sent = tuple(items.received(back, as_of)), tuple(items.sent(back, as_of))
    since_at = _since(person, items.last_told_at(cadence, earlier), as_of)
    chats = tuple(items.chats(as_of - CHAT_BACK, as_of))
    conversations = gather(received, sent)
    kinds = {j.message.id: kind(j, person) for j in (*received, *sent)}
    matter = [j for j in received if kinds[j.message.id] is Kind.PERSON and _may_matter(j, since_at)]
    people = _people(person, matter, [c.newest for c in conversations if c.mine_is_newest], chats)
    return Desk(
        person=person,
        cadence=cadence,
        due_at=due_at,
        as_of=as_of,
        since_at=since_at,
        received=received,
        sent=sent,
        conversations=conversations,
        thread_of={j.message.id: c.id for c in conversations for j in c.messages},
        kinds=kinds,
        relations=items.relations(people) if people else {},
        contacts=items.contacts(people) if people else {},
        deals=tuple(items.open_deals()),
        chats=chats,
        tasks=tuple(items.tasks()),
        told=items.told(cadence, earlier),
        accounts=tuple(items.accounts()),
        missed=tuple(items.missed(since_at, as_of)),
    )


def _since(person: Person, last_told_at: datetime | None, as_of: datetime) -> datetime:
    """The previous briefing; without one the last day, over a weekend since Friday. Never further back than requests count."""
    if last_told_at and last_told_at < as_of:
        return max(last_told_at, as_of - timedelta(days=14))
    weekday = as_of.astimezone(person.zone).weekday()
    return as_of - timedelta(days={0: 3, 6: 2}.get(weekday, 1))


def _may_matter(one: Judged, since_at: datetime) -> bool:
    """New, or with something in it that may still be open."""
    said = one.verdict
    return one.message.new_at >= since_at or bool(said.requests or said.commitments) or said.category in _OPEN


def _people(person: Person, received: Sequence[Judged], sent: Sequence[Judged], chats: Sequence[Thread]) -> tuple[str, ...]:
    """Addresses worth looking up, newest first: who wrote, whom the person wrote to last, who chats."""
    mail: Iterable[str] = chain(
        (j.message.sender.email for j in received),
        (a.email for j in sent for a in j.message.to),
        (t.posts[-1].author.email for t in chats),
    )
    found = dict.fromkeys(email for email in mail if email and not person.is_me(email))
    return tuple(found)[:MOST_PEOPLE]
