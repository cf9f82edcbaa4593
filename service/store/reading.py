"""`ports.Items` over the tables: what the store holds of one person, bounded by a moment."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Row, Select, and_, func, or_, select

from service.domain.items import Contact, Deal, Event, Item, Message, Note, Series, Task, Thread
from service.domain.ledger import Occurrence, Outcome
from service.domain.people import Person
from service.domain.sync import Account
from service.domain.verdicts import Category, Judged, Relation, Verdict
from service.ports import CalendarReader
from service.store import tables, terms
from service.store.accounts import Accounts
from service.store.codec import Codec
from service.store.database import Database
from service.store.deliveries import Deliveries
from service.store.expansion import Expansion
from service.store.items import KINDS, thread_key
from service.store.ledger import Ledger
from service.store.remembered import Remembered

I = TypeVar("I", bound=Item)  # noqa: E741 - an item
t, w = tables.item, tables.term
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

    # --- mail ----------------------------------------------------------------------------------------------------------

    def received(self, since: datetime, until: datetime) -> Sequence[Judged]:
        return self._messages(t.c.own.is_(False), t.c.at >= since, t.c.at < until)

    def sent(self, since: datetime, until: datetime) -> Sequence[Judged]:
        return self._messages(t.c.own.is_(True), t.c.at >= since, t.c.at < until)

    def conversations(self, thread_ids: Iterable[str], until: datetime) -> Mapping[str, Sequence[Judged]]:
        wanted = sorted({thread_key(id) for id in thread_ids})
        found: dict[str, list[Judged]] = defaultdict(list)
        for start in range(0, len(wanted), MOST_TERMS):
            part = wanted[start : start + MOST_TERMS]
            for judged in reversed(self._messages(t.c.thread.in_(part), t.c.at < until)):
                found[judged.message.thread_id].append(judged)
        return dict(found)

    def correspondence(self, emails: Iterable[str], until: datetime, limit: int) -> Sequence[Judged]:
        wanted = [prefix + email.lower() for email in emails for prefix in (terms.FROM, terms.TO)]
        ids = self._found("message", wanted, until, limit)
        return self._messages(t.c.id.in_(ids))

    def relations(self, emails: Iterable[str]) -> Mapping[str, Relation]:
        wanted = {email.lower() for email in emails if email}
        facts: dict[str, dict[str, Any]] = defaultdict(dict)
        for kind, prefixes in (("message", (terms.FROM, terms.TO, terms.ANSWERED)), ("contact", (terms.ABOUT,))):
            for prefix, email, number, at in self._counted(kind, prefixes, wanted):
                facts[email] |= _dealings(prefix, number, at)
        return {email: Relation(**values) for email, values in facts.items()}

    def _counted(
        self, kind: str, prefixes: Sequence[str], emails: Iterable[str]
    ) -> Iterable[tuple[str, str, int, datetime | None]]:
        by_term = {self._codec.term(prefix + email): (prefix, email) for email in emails for prefix in prefixes}
        for part in _parts(list(by_term)):
            query = (
                select(w.c.term, func.count(), func.max(w.c.at))
                .where(w.c.person == self._person.id, w.c.kind == kind, w.c.term.in_(part))
                .group_by(w.c.term)
            )
            with self._database.read() as on:
                for term, number, at in on.execute(query).all():
                    yield *by_term[term], number, at

    # --- calendar ------------------------------------------------------------------------------------------------------

    def events(self, start: datetime, end: datetime) -> Sequence[Event]:
        in_rows = self._accounts.expanded(self._person.id).values()
        if all(Expansion.parse(name).covers(start, end) for name in in_rows):
            overlapping = self._every("event", t.c.at < end, or_(t.c.end_at > start, and_(t.c.at == t.c.end_at, t.c.at >= start)))
            return sorted(self._documents(overlapping, Event), key=lambda e: (e.start_at, e.id))
        series = self._documents(self._every("series", t.c.at < end, or_(t.c.end_at.is_(None), t.c.end_at >= start)), Series)
        expanded, _ = self._calendar.expand(series, start, end, frozenset(self._person.emails), self._person.timezone)
        loose = self._documents(self._every("event", t.c.thread == "", t.c.at < end, t.c.end_at > start), Event)
        return sorted((*expanded, *loose), key=lambda e: (e.start_at, e.id))

    def event(self, id: str) -> Event | None:
        found = self._documents(self._every("event", t.c.id == id), Event)
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
        threads = (_until(thread, until) for thread in self._documents(self._every("thread", t.c.at >= since), Thread))
        return sorted((c for c in threads if c and c.at >= since), key=lambda c: c.at, reverse=True)

    def chats_with(self, emails: Iterable[str], until: datetime, limit: int) -> Sequence[Thread]:
        wanted = {email.lower() for email in emails}
        ids = self._found("thread", [terms.FROM + email for email in wanted], None, limit * 4)
        threads = (_until(thread, until) for thread in self._documents(self._every("thread", t.c.id.in_(ids)), Thread))
        by_then = (c for c in threads if c and any(post.author.email in wanted for post in c.posts))
        return sorted(by_then, key=lambda c: c.at, reverse=True)[:limit]

    # --- people, deals, tasks, notes -----------------------------------------------------------------------------------

    def contacts(self, emails: Iterable[str]) -> Mapping[str, Contact]:
        wanted = {email.lower() for email in emails if email}
        ids = self._found("contact", [terms.ABOUT + email for email in wanted], None, None)
        merged: dict[str, Contact] = {}
        oldest_first = sorted(
            self._documents(self._every("contact", t.c.id.in_(ids)), Contact), key=lambda c: c.updated_at or _LONG_AGO
        )
        for contact in oldest_first:
            for email in {e.lower() for e in contact.emails} & wanted:
                merged[email] = _merged(merged.get(email), contact)
        return merged

    def deals(self, emails: Iterable[str], companies: Iterable[str]) -> Sequence[Deal]:
        wanted = [terms.ABOUT + e.lower() for e in emails if e] + [terms.COMPANY + terms.company(c) for c in companies if c]
        ids = self._found("deal", wanted, None, None)
        return _open_first(self._documents(self._every("deal", t.c.id.in_(ids)), Deal))

    def open_deals(self) -> Sequence[Deal]:
        return _open_first(d for d in self._documents(self._every("deal"), Deal) if d.open)

    def tasks(self) -> Sequence[Task]:
        undone = (task for task in self._documents(self._every("task"), Task) if not task.done)
        return sorted(undone, key=lambda task: (task.due_on or date.max, task.title))

    def notes(self, words: Iterable[str], until: datetime, limit: int) -> Sequence[Note]:
        wanted = [self._codec.term(terms.WORD + word) for word in terms.words(words)][:MOST_TERMS]
        if not wanted:
            return []
        query = (
            select(w.c.item)
            .where(w.c.person == self._person.id, w.c.kind == "note", w.c.term.in_(wanted), w.c.at < until)
            .group_by(w.c.item)
            .order_by(func.count().desc(), func.max(w.c.at).desc())
            .limit(limit)
        )
        with self._database.read() as on:
            ids = list(on.execute(query).scalars())
        found = {note.id: note for note in self._documents(self._every("note", t.c.id.in_(ids)), Note)}
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

    def _messages(self, *where: Any) -> Sequence[Judged]:
        """Newest first, without drafts and what was thrown away."""
        # Put in order here: asked for by id and in order, SQLite would go through the whole mailbox to save itself the sorting.
        judged = []
        rows: Sequence[Any] = self._rows(self._every("message", *where, columns=(t.c.sealed, t.c.verdict)))
        for sealed, verdict in rows:
            message = self._unpacked(sealed, Message)
            if not message.flags & OUT_OF_SIGHT:
                judged.append(Judged(message, self._unpacked(verdict, Verdict) if verdict else UNJUDGED))
        judged.sort(key=lambda j: j.message.id)
        judged.sort(key=lambda j: j.message.at, reverse=True)
        return judged

    def _every(self, kind: str, *where: Any, columns: tuple[Any, ...] = (t.c.sealed,)) -> Select[Any]:
        return select(*columns).where(t.c.person == self._person.id, t.c.kind == kind, *where)

    def _documents(self, query: Select[Any], shape: type[I]) -> list[I]:
        assert shape in KINDS
        return [self._unpacked(row.sealed, shape) for row in self._rows(query)]

    def _rows(self, query: Select[Any]) -> Sequence[Row[Any]]:
        with self._database.read() as on:
            return on.execute(query).all()

    def _found(self, kind: str, wanted: Sequence[str], until: datetime | None, limit: int | None) -> Sequence[str]:
        """Ids of items that carry any of these terms, newest first."""
        newest: Counter[str] = Counter()
        for part in _parts([self._codec.term(term) for term in wanted]):
            # DISTINCT, not GROUP BY: SQLite would go through every item of the kind to have them in order.
            query = select(w.c.item, w.c.at).where(w.c.person == self._person.id, w.c.kind == kind, w.c.term.in_(part))
            query = query.where(w.c.at < until) if until else query
            query = query.distinct().order_by(w.c.at.desc()).limit(limit)
            with self._database.read() as on:
                for item, at in on.execute(query).all():
                    newest[item] = max(newest[item], int(at.timestamp()) if at else 0)
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
