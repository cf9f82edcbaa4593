"""The in-memory twin of what the store says of one person: kept honest by the contract in `tests/integration/items_contract.py`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from service.domain.facts import Fact
from service.domain.items import Contact, Deal, Event, Item, Message, Note, Provenance, Task, Thread
from service.domain.ledger import Occurrence, Outcome
from service.domain.people import Person
from service.domain.sync import Account
from service.domain.verdicts import Category, Judged, Relation, Verdict
from service.ports import Ahead

UNREMARKABLE = Verdict(Category.FYI, 0.1, ())
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Told:
    cadence: str
    due_at: datetime
    made_at: datetime
    versions: Mapping[str, str]


@dataclass
class World:
    """`World(person).with_(judged(...), an_event(), an_account())`; a bare message is judged as unremarkable."""

    person: Person
    messages: list[Judged] = field(default_factory=list)
    instances: list[Event] = field(default_factory=list)
    threads: list[Thread] = field(default_factory=list)
    people: list[Contact] = field(default_factory=list)
    crm: list[Deal] = field(default_factory=list)
    documents: list[Note] = field(default_factory=list)
    to_do: list[Task] = field(default_factory=list)
    connected: list[Account] = field(default_factory=list)
    ledger: list[Occurrence] = field(default_factory=list)
    said: list[Told] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    def with_(self, *things: Item | Judged | Account | Occurrence) -> World:
        for thing in things:
            self._shelf(thing).append(Judged(thing, UNREMARKABLE) if isinstance(thing, Message) else thing)
        return self

    def at_once(self, ahead: Ahead | None = None) -> AbstractContextManager[None]:
        return nullcontext()

    def mark(self, as_of: datetime) -> Mapping[str, Any]:
        return {}

    def unchanged(self, mark: Mapping[str, Any], as_of: datetime) -> bool:
        return False

    def _shelf(self, thing: object) -> list:
        shelves = {
            Judged: self.messages,
            Message: self.messages,
            Event: self.instances,
            Thread: self.threads,
            Contact: self.people,
            Deal: self.crm,
            Note: self.documents,
            Task: self.to_do,
            Account: self.connected,
            Occurrence: self.ledger,
        }
        return shelves[type(thing)]

    def tell(self, cadence: str, due_at: datetime, facts: Iterable[Fact], made_at: datetime | None = None) -> World:
        """As if a briefing with these facts had been delivered."""
        self.said.append(Told(cadence, due_at, made_at or due_at, {f.key: f.version for f in facts}))
        return self

    # what `ports.Items` promises

    def received(self, since: datetime, until: datetime) -> Sequence[Judged]:
        self.calls.append("received")
        return self._newest(j for j in self._mail(until) if not _own(j) and j.message.at >= since)

    def sent(self, since: datetime, until: datetime) -> Sequence[Judged]:
        self.calls.append("sent")
        return self._newest(j for j in self._mail(until) if _own(j) and j.message.at >= since)

    def conversations(self, thread_ids: Iterable[str], until: datetime) -> Mapping[str, Sequence[Judged]]:
        self.calls.append("conversations")
        wanted = set(thread_ids)
        found: dict[str, list[Judged]] = {}
        for one in reversed(self._newest(self._mail(until))):
            if one.message.thread_id in wanted:
                found.setdefault(one.message.thread_id, []).append(one)
        return found

    def correspondence(self, emails: Iterable[str], until: datetime, limit: int) -> Sequence[Judged]:
        self.calls.append("correspondence")
        wanted = set(emails)
        return self._newest(j for j in self._mail(until) if wanted & _partners(j))[:limit]

    def relations(self, emails: Iterable[str]) -> Mapping[str, Relation]:
        self.calls.append("relations")
        found = ((email, self._relation(email)) for email in set(emails))
        return {email: relation for email, relation in found if relation != Relation()}

    def events(self, start: datetime, end: datetime) -> Sequence[Event]:
        self.calls.append("events")
        return sorted((e for e in self.instances if _overlaps(e, start, end)), key=lambda e: (e.start_at, e.id))

    def event(self, id: str) -> Event | None:
        self.calls.append("event")
        return next((e for e in self.instances if e.id == id), None)

    def chats(self, since: datetime, until: datetime) -> Sequence[Thread]:
        self.calls.append("chats")
        cut = (_until(t, until) for t in self.threads)
        return _newest_chats(t for t in cut if any(p.at >= since for p in t.posts))

    def chats_with(self, emails: Iterable[str], until: datetime, limit: int) -> Sequence[Thread]:
        self.calls.append("chats_with")
        wanted = set(emails)
        cut = (_until(t, until) for t in self.threads)
        return _newest_chats(t for t in cut if any(p.author.email in wanted for p in t.posts))[:limit]

    def contacts(self, emails: Iterable[str]) -> Mapping[str, Contact]:
        self.calls.append("contacts")
        found = {email: [c for c in self.people if email in c.emails] for email in set(emails)}
        return {email: _merged(some) for email, some in found.items() if some}

    def deals(self, emails: Iterable[str], companies: Iterable[str]) -> Sequence[Deal]:
        self.calls.append("deals")
        who, firms = set(emails), {c.casefold() for c in companies if c}
        return _ordered_deals(d for d in self.crm if who & set(d.people) or firms & {d.company.casefold(), *d.domains})

    def open_deals(self) -> Sequence[Deal]:
        self.calls.append("open_deals")
        return _ordered_deals(d for d in self.crm if d.open)

    def tasks(self) -> Sequence[Task]:
        self.calls.append("tasks")
        return sorted((t for t in self.to_do if not t.done), key=lambda t: (t.due_on or date.max, t.id))

    def notes(self, words: Iterable[str], until: datetime, limit: int) -> Sequence[Note]:
        self.calls.append("notes")
        wanted = {w.casefold() for w in words if w}
        hits = [(_mentions(n, wanted), n) for n in self.documents if n.at < until]
        hits = sorted((h for h in hits if h[0]), key=lambda h: (h[0], h[1].at), reverse=True)
        return [note for _, note in hits[:limit]]

    def told(self, cadence: str, before: datetime, besides: str = "") -> Mapping[str, str]:
        self.calls.append("told")
        earlier = sorted((t for t in self.said if t.cadence == cadence and t.due_at < before), key=lambda t: t.due_at)
        return {key: version for told in earlier for key, version in told.versions.items()}

    def last_told_at(self, cadence: str, before: datetime) -> datetime | None:
        self.calls.append("last_told_at")
        return max((t.made_at for t in self.said if t.cadence == cadence and t.due_at < before), default=None)

    def accounts(self) -> Sequence[Account]:
        self.calls.append("accounts")
        return tuple(self.connected)

    def missed(self, since: datetime, until: datetime) -> Sequence[Occurrence]:
        self.calls.append("missed")
        ended = (o for o in self.ledger if o.ended_at and since <= o.ended_at < until)
        return [o for o in ended if _is_missed(o)]

    def _mail(self, until: datetime) -> Iterable[Judged]:
        """Reveille's own briefings never become items; drafts and what was thrown away are out of sight."""
        seen = (j for j in self.messages if not j.message.own_briefing and not j.message.flags & {"draft", "trashed"})
        return (j for j in seen if j.message.at < until)

    @staticmethod
    def _newest(some: Iterable[Judged]) -> list[Judged]:
        return sorted(some, key=lambda j: (j.message.at, j.message.id), reverse=True)

    def _relation(self, email: str) -> Relation:
        theirs = [j.message for j in self.messages if not _own(j) and j.message.sender.email == email]
        mine = [j.message for j in self.messages if _own(j) and email in {a.email for a in (*j.message.to, *j.message.cc)}]
        replied_to = {m.in_reply_to for m in mine}
        card = next((c for c in self.people if email in c.emails), None)
        return Relation(
            received=len(theirs),
            sent=len(mine),
            answered=sum("answered" in m.flags or m.message_id in replied_to for m in theirs),
            last_received_at=max((m.at for m in theirs), default=None),
            last_sent_at=max((m.at for m in mine), default=None),
            known=card is not None or any(email in d.people for d in self.crm),
            name=card.name if card else next((m.sender.name for m in theirs if m.sender.name), ""),
        )


def _own(one: Judged) -> bool:
    return one.message.provenance is Provenance.OWN


def _partners(one: Judged) -> set[str]:
    """With whom the person writes here: the sender, or whom they wrote to. Others in copy are no partners."""
    message = one.message
    return {a.email for a in (*message.to, *message.cc)} if _own(one) else {message.sender.email}


def _overlaps(event: Event, start: datetime, end: datetime) -> bool:
    """An instance without length overlaps where it begins."""
    return event.start_at < end and (event.end_at > start or event.start_at >= start)


def _until(thread: Thread, until: datetime) -> Thread:
    return replace(thread, posts=tuple(p for p in thread.posts if p.at < until))


def _newest_chats(threads: Iterable[Thread]) -> list[Thread]:
    return sorted(threads, key=lambda t: (t.at, t.id), reverse=True)


def _merged(cards: list[Contact]) -> Contact:
    by_age = sorted(cards, key=lambda c: c.updated_at or _LONG_AGO, reverse=True)
    values = {name: next((v for c in by_age if (v := getattr(c, name))), getattr(by_age[0], name)) for name in Contact.__slots__}
    return Contact(**values)


def _ordered_deals(deals: Iterable[Deal]) -> list[Deal]:
    newest = sorted(deals, key=lambda d: d.updated_at or _LONG_AGO, reverse=True)
    return sorted(newest, key=lambda d: not d.open)


def _mentions(note: Note, words: set[str]) -> int:
    text = " ".join((note.title, note.text, *note.people)).casefold()
    return sum(w in text for w in words)


def _is_missed(occurrence: Occurrence) -> bool:
    if occurrence.outcome is Outcome.SKIPPED:
        return occurrence.reason.startswith(("expired", "superseded"))
    return occurrence.outcome in {Outcome.FAILED, Outcome.UNKNOWN}
