"""`ports.Items` over the tables: what the store holds of one person, bounded by a moment."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Select

from service.domain.items import Contact, Deal, Event, Item, Message, Note, Series, Task, Thread
from service.domain.ledger import Occurrence, Outcome
from service.domain.people import Person
from service.domain.sync import Account
from service.domain.verdicts import Category, Judged, Relation, Verdict
from service.ports import Ahead, CalendarReader
from service.store import marks, terms
from service.store import questions as q
from service.store.accounts import Accounts
from service.store.asking import Asked
from service.store.codec import Codec
from service.store.database import Database
from service.store.deliveries import Deliveries
from service.store.expansion import Expansion
from service.store.items import KINDS, thread_key
from service.store.ledger import Ledger
from service.store.marks import Mark
from service.store.remembered import Remembered

I = TypeVar("I", bound=Item)  # noqa: E741 - an item
NEAR = timedelta(days=7)
"""How far an instance that was moved is looked for from its original start."""
UNJUDGED = Verdict(Category.FYI, 0.0, ("not judged yet",), brain="none")
OUT_OF_SIGHT = frozenset({"draft", "trashed"})
MOST_REMEMBERED = 4 << 20
"""Packed bytes: some weeks of a busy mailbox, about 20 MB once unpacked."""
MOST_TERMS = 400
"""How many terms go into one query: SQLite takes 32,766 parameters, and nobody meets more people in a day."""


class PersonItems:
    """Reads for one person only: every query names them."""

    def __init__(
        self,
        person: Person,
        database: Database,
        codec: Codec,
        *,
        accounts: Accounts,
        deliveries: Deliveries,
        ledger: Ledger,
        calendar: CalendarReader,
    ) -> None:
        self._person, self._database, self._codec = person, database, codec
        self._accounts, self._deliveries, self._ledger = accounts, deliveries, ledger
        self._calendar = calendar
        self._unpacked = Remembered(codec.unpack, MOST_REMEMBERED)

    def at_once(self, ahead: Ahead | None = None) -> AbstractContextManager[None]:
        return self._database.at_once(self._asked(ahead) if ahead else ())

    def _asked(self, ahead: Ahead) -> list[Asked]:
        me, until = {"person": self._person.id}, {"until": ahead.until}
        told = me | {"cadence": ahead.cadence, "before": ahead.told_before}
        return [
            (q.RECEIVED, me | {"since": ahead.mail_since} | until),
            (q.SENT, me | {"since": ahead.mail_since} | until),
            (q.ACTIVE_CHATS, me | {"since": ahead.chats_since}),
            (q.OVERLAPPING, me | {"start": ahead.start, "end": ahead.end}),
            (q.DEALS, me),
            (q.TASKS, me),
            (q.ACCOUNTS, me),
            (q.LAST, told | {"outcome": Outcome.SENT.value}),
            (q.TOLD, told | {"besides": ""}),
        ]

    def mark(self, as_of: datetime) -> Mark:
        held = self._database.snapshot()
        return marks.mark(list(held.known.values()), as_of) if held else {}

    def unchanged(self, mark: Mark, as_of: datetime) -> bool:
        try:
            asked = marks.asked_again(mark, self._person.id, as_of)
        except KeyError:
            return False
        with self._database.at_once(asked):
            return bool(mark["digest"] == marks.digest(self._database.ask(question, **values) for question, values in asked))

    # --- mail ----------------------------------------------------------------------------------------------------------

    def received(self, since: datetime, until: datetime) -> Sequence[Judged]:
        return self._messages(q.RECEIVED, since=since, until=until)

    def sent(self, since: datetime, until: datetime) -> Sequence[Judged]:
        return self._messages(q.SENT, since=since, until=until)

    def conversations(self, thread_ids: Iterable[str], until: datetime) -> Mapping[str, Sequence[Judged]]:
        wanted = sorted({thread_key(id) for id in thread_ids})
        found: dict[str, list[Judged]] = defaultdict(list)
        for part in _parts(wanted):
            for judged in reversed(self._messages(q.THREADS, threads=part, until=until)):
                found[judged.message.thread_id].append(judged)
        return dict(found)

    def correspondence(self, emails: Iterable[str], until: datetime, limit: int) -> Sequence[Judged]:
        wanted = [prefix + email.lower() for email in emails for prefix in (terms.FROM, terms.TO)]
        return self._messages(q.MESSAGES, ids=self._newest("message", wanted, until, limit))

    def relations(self, emails: Iterable[str]) -> Mapping[str, Relation]:
        facts: dict[str, dict[str, Any]] = defaultdict(dict)
        prefixes = (terms.FROM, terms.TO, terms.ANSWERED, terms.ABOUT)
        by_term = {
            self._codec.term(prefix + email): (prefix, email)
            for email in {email.lower() for email in emails if email}
            for prefix in prefixes
        }
        for part in _parts(list(by_term)):
            for kind, term, number, at in self._rows(q.DEALINGS, terms=part):
                prefix, email = by_term[term]
                if (kind == "contact") == (prefix == terms.ABOUT):
                    facts[email] |= _dealings(prefix, number, at)
        return {email: Relation(**values) for email, values in facts.items()}

    # --- calendar ------------------------------------------------------------------------------------------------------

    def events(self, start: datetime, end: datetime) -> Sequence[Event]:
        in_rows = self._accounts.expanded(self._person.id).values()
        if all(Expansion.parse(name).covers(start, end) for name in in_rows):
            return sorted(self._documents(q.OVERLAPPING, Event, start=start, end=end), key=lambda e: (e.start_at, e.id))
        series = self._documents(q.RECURRING, Series, start=start, end=end)
        expanded, _ = self._calendar.expand(series, start, end, frozenset(self._person.emails), self._person.timezone)
        loose = self._documents(q.SINGLE_EVENTS, Event, start=start, end=end)
        return sorted((*expanded, *loose), key=lambda e: (e.start_at, e.id))

    def event(self, id: str) -> Event | None:
        found = self._documents(q.EVENT, Event, id=id)
        return found[0] if found else self._beyond(id)

    def _beyond(self, id: str) -> Event | None:
        """Outside the days that stand in rows: looked for around the start that the id of an instance names."""
        written = re.search(r"/(\d{8})(?:T\d{6}Z?)?$", id)
        try:
            around = datetime.strptime(written[1], "%Y%m%d").replace(tzinfo=UTC) if written else None
        except ValueError:
            around = None
        if around is None or all(
            Expansion.parse(n).covers(around, around) for n in self._accounts.expanded(self._person.id).values()
        ):
            return None
        return next((e for e in self.events(around - NEAR, around + NEAR) if e.id == id), None)

    # --- chat ----------------------------------------------------------------------------------------------------------

    def chats(self, since: datetime, until: datetime) -> Sequence[Thread]:
        threads = (_until(thread, until) for thread in self._documents(q.ACTIVE_CHATS, Thread, since=since))
        return sorted((c for c in threads if c and c.at >= since), key=lambda c: c.at, reverse=True)

    def chats_with(self, emails: Iterable[str], until: datetime, limit: int) -> Sequence[Thread]:
        wanted = {email.lower() for email in emails}
        ids = self._newest("thread", [terms.FROM + email for email in wanted], FOREVER, limit * 4)
        threads = (_until(thread, until) for thread in self._documents(q.CHATS, Thread, ids=ids))
        by_then = (c for c in threads if c and any(post.author.email in wanted for post in c.posts))
        return sorted(by_then, key=lambda c: c.at, reverse=True)[:limit]

    # --- people, deals, tasks, notes -----------------------------------------------------------------------------------

    def contacts(self, emails: Iterable[str]) -> Mapping[str, Contact]:
        wanted = {email.lower() for email in emails if email}
        found = self._naming(q.CONTACTS, [terms.ABOUT + email for email in wanted], Contact)
        merged: dict[str, Contact] = {}
        for contact in sorted(found, key=lambda c: c.updated_at or _LONG_AGO):
            for email in {e.lower() for e in contact.emails} & wanted:
                merged[email] = _merged(merged.get(email), contact)
        return merged

    def deals(self, emails: Iterable[str], companies: Iterable[str]) -> Sequence[Deal]:
        wanted = [terms.ABOUT + e.lower() for e in emails if e] + [terms.COMPANY + terms.company(c) for c in companies if c]
        return _open_first(self._naming(q.DEALS_NAMING, wanted, Deal))

    def open_deals(self) -> Sequence[Deal]:
        return _open_first(d for d in self._documents(q.DEALS, Deal) if d.open)

    def tasks(self) -> Sequence[Task]:
        undone = (task for task in self._documents(q.TASKS, Task) if not task.done)
        return sorted(undone, key=lambda task: (task.due_on or date.max, task.title))

    def notes(self, words: Iterable[str], until: datetime, limit: int) -> Sequence[Note]:
        wanted = [self._codec.term(terms.WORD + word) for word in terms.words(words)][:MOST_TERMS]
        ids = [row.item for row in self._rows(q.NOTES_NAMING, terms=wanted, until=until, most=limit)] if wanted else []
        found = {note.id: note for note in self._documents(q.NOTES, Note, ids=ids)} if ids else {}
        return [found[id] for id in ids if id in found]

    # --- what was said before ------------------------------------------------------------------------------------------

    def told(self, cadence: str, before: datetime, besides: str = "") -> Mapping[str, str]:
        return self._deliveries.told(self._person.id, cadence, before, besides)

    def last_told_at(self, cadence: str, before: datetime) -> datetime | None:
        last = self._ledger.last(self._person.id, cadence, Outcome.SENT, before)
        return (last.prepared_at or last.due_at) if last else None

    def accounts(self) -> Sequence[Account]:
        return self._accounts.all(self._person.id)

    def missed(self, since: datetime, until: datetime) -> Sequence[Occurrence]:
        return self._ledger.missed(self._person.id, since, until)

    # --- rows to documents ---------------------------------------------------------------------------------------------

    def _messages(self, query: Select[Any], **values: Any) -> Sequence[Judged]:
        """Newest first, without drafts and what was thrown away."""
        # Put in order here: asked for by id and in order, SQLite would go through the whole mailbox to save itself the sorting.
        judged = []
        for sealed, verdict in self._rows(query, **values):
            message = self._unpacked(sealed, Message)
            if not message.flags & OUT_OF_SIGHT:
                judged.append(Judged(message, self._unpacked(verdict, Verdict) if verdict else UNJUDGED))
        judged.sort(key=lambda j: j.message.id)
        judged.sort(key=lambda j: j.message.at, reverse=True)
        return judged

    def _documents(self, query: Select[Any], shape: type[I], **values: Any) -> list[I]:
        assert shape in KINDS
        return [self._unpacked(row.sealed, shape) for row in self._rows(query, **values)]

    def _rows(self, query: Select[Any], **values: Any) -> Sequence[Any]:
        return self._database.ask(query, person=self._person.id, **values)

    def _naming(self, query: Select[Any], wanted: Sequence[str], shape: type[I]) -> Sequence[I]:
        """Items that carry any of these terms, each once, by id."""
        found: dict[str, I] = {}
        for part in _parts([self._codec.term(term) for term in wanted]):
            found |= {item.id: item for item in self._documents(query, shape, terms=part)}
        return [found[id] for id in sorted(found)]

    def _newest(self, kind: str, wanted: Sequence[str], until: datetime, limit: int) -> Sequence[str]:
        """Ids of items that carry any of these terms, newest first."""
        newest: Counter[str] = Counter()
        for part in _parts([self._codec.term(term) for term in wanted]):
            for item, at in self._rows(q.NEWEST_NAMING, kind=kind, terms=part, until=until, most=limit):
                newest[item] = max(newest[item], int(at.timestamp()))
        return [item for item, _ in newest.most_common(limit)]


def _dealings(prefix: str, number: int, at: datetime | None) -> dict[str, Any]:
    match prefix:
        case terms.FROM:
            return {"received": number, "last_received_at": at}
        case terms.TO:
            return {"sent": number, "last_sent_at": at}
        case terms.ANSWERED:
            return {"answered": number}
        case _:
            return {"known": True}


_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
FOREVER = datetime(9999, 1, 1, tzinfo=UTC)


def _parts(terms_: Sequence[str]) -> Iterable[Sequence[str]]:
    return (terms_[start : start + MOST_TERMS] for start in range(0, len(terms_), MOST_TERMS))


def _until(thread: Thread, until: datetime) -> Thread | None:
    posts = tuple(post for post in thread.posts if post.at < until)
    return replace(thread, posts=posts) if posts else None


def _merged(older: Contact | None, newer: Contact) -> Contact:
    if older is None:
        return newer
    filled = {name: getattr(newer, name) or getattr(older, name) for name in Contact.__slots__}
    return replace(newer, **filled)


def _open_first(deals: Iterable[Deal]) -> Sequence[Deal]:
    newest = sorted(deals, key=lambda d: d.updated_at or _LONG_AGO, reverse=True)
    return sorted(newest, key=lambda d: not d.open)
