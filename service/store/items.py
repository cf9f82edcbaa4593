"""Writing items: each in one row with its document sealed, and the terms it is found by."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, exists, insert, select, update

from service.domain.items import Contact, Deal, Event, Item, Message, Note, Provenance, Series, Task, Thread
from service.domain.verdicts import Verdict
from service.store import tables, terms
from service.store.codec import Codec
from service.store.database import Database

KINDS: Mapping[type, str] = {
    Message: "message",
    Event: "event",
    Series: "series",
    Thread: "thread",
    Contact: "contact",
    Deal: "deal",
    Note: "note",
    Task: "task",
}
t, w, h = tables.item, tables.term, tables.held


OWN_BRIEFING = "briefing"
_MESSAGES = t.c.kind == "message"
_THIS = and_(_MESSAGES, t.c.person == bindparam("_person"), t.c.id == bindparam("_id"))
_RESEAL = update(t).where(_THIS).values(sealed=bindparam("_sealed"))
_REJUDGE = update(t).where(_THIS).values(verdict=bindparam("_verdict"))


def kind_of(item: Item) -> str:
    return OWN_BRIEFING if isinstance(item, Message) and item.own_briefing else KINDS[type(item)]


class ItemWriter:
    """Works inside its caller's transaction."""

    def __init__(self, codec: Codec, database: Database) -> None:
        self._codec, self._database = codec, database

    def put(self, on: Connection, person: str, items: Sequence[Item], verdicts: Mapping[str, Verdict]) -> None:
        """The last of several items with one id counts."""
        newest = {(kind_of(item), item.id): item for item in items}
        for kind in {kind for kind, _ in newest}:
            ids = [id for k, id in newest if k == kind]
            self._erase(on, person, kind, ids)
        rows = [self._row(person, item, verdicts.get(item.id)) for item in newest.values()]
        found = [
            {"person": person, "kind": kind, "item": id, "term": self._codec.term(term), "at": item.at}
            for (kind, id), item in newest.items()
            for term in terms.of(item)
        ]
        if rows:
            on.execute(insert(t), rows)
        if found:
            on.execute(insert(w).prefix_with("OR IGNORE", dialect="sqlite"), found)

    def replace_events(self, on: Connection, person: str, series: Sequence[Series], events: Sequence[Event]) -> None:
        """The expanded instances of these series, all of them. An event's `thread` is its series."""
        self._erase_events(on, person, [s.id for s in series])
        home = {(s.account, s.uid): s.id for s in series}
        rows = {e.id: self._row(person, e, None) | {"thread": home.get((e.account, e.uid), "")} for e in events}
        for start in range(0, len(rows), 500):
            ids = list(rows)[start : start + 500]
            self._erase(on, person, "event", ids)
            on.execute(insert(t), [rows[id] for id in ids])

    def _erase_events(self, on: Connection, person: str, series: Iterable[str]) -> None:
        for id in series:
            on.execute(delete(t).where(t.c.person == person, t.c.kind == "event", t.c.thread == id))

    def alter_messages(self, on: Connection, person: str, changes: Mapping[str, Callable[[Message], Message]]) -> None:
        """By id. Of those that are not there nothing is changed."""
        ids = list(changes)
        for start in range(0, len(ids), 500):
            query = select(t.c.id, t.c.sealed).where(_MESSAGES, t.c.person == person, t.c.id.in_(ids[start : start + 500]))
            found = on.execute(query).all()
            if found:
                on.execute(
                    _RESEAL,
                    [
                        {
                            "_person": person,
                            "_id": id,
                            "_sealed": self._codec.pack(changes[id](self._codec.unpack(sealed, Message))),
                        }
                        for id, sealed in found
                    ],
                )

    def set_verdicts(self, on: Connection, person: str, verdicts: Mapping[str, Verdict]) -> None:
        if verdicts:
            rows = [{"_person": person, "_id": id, "_verdict": self._codec.pack(v)} for id, v in verdicts.items()]
            on.execute(_REJUDGE, rows)

    def drop_unheld(self, on: Connection, person: str, which: Iterable[tuple[str, str]]) -> None:
        for kind, id in which:
            holds = exists().where(h.c.person == person, h.c.kind == kind, h.c.item == id)
            if not on.execute(select(holds)).scalar():
                self._erase(on, person, kind, [id])
                if kind == "series":
                    self._erase_events(on, person, [id])

    def _erase(self, on: Connection, person: str, kind: str, ids: Sequence[str]) -> None:
        on.execute(delete(t).where(t.c.person == person, t.c.kind == kind, t.c.id.in_(ids)))
        on.execute(delete(w).where(w.c.person == person, w.c.kind == kind, w.c.item.in_(ids)))

    def _row(self, person: str, item: Item, verdict: Verdict | None) -> dict[str, Any]:
        return {
            "person": person,
            "kind": kind_of(item),
            "id": item.id,
            "account": item.account,
            "at": item.at,
            "end_at": _end(item),
            "own": getattr(item, "provenance", None) == Provenance.OWN,
            "thread": _thread(item),
            "sealed": self._codec.pack(item),
            "verdict": self._codec.pack(verdict) if verdict else None,
        }


def thread_key(thread_id: str) -> str:
    """Thread ids come from headers and may be of any length; the index wants short ones."""
    return thread_id if len(thread_id) <= 200 else hashlib.sha256(thread_id.encode()).hexdigest()


def _thread(item: Item) -> str:
    return thread_key(item.thread_id) if isinstance(item, Message) else ""


def _end(item: Item) -> datetime | None:
    match item:
        case Event():
            return item.end_at
        case Series():
            return item.last_at
        case _:
            return None
