"""Queries made once: to put one together costs SQLAlchemy more than to run it. Those behind `reading` ask of one `person`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, and_, bindparam, func, or_, select

from service.domain.delivery import DeliveryState
from service.domain.ledger import Outcome, State
from service.store import tables

t, w = tables.item, tables.term


def _given(name: str) -> Any:
    return bindparam(name)


def _any_of(name: str) -> Any:
    return bindparam(name, expanding=True)


_PERSON, _KIND, _MOST = _given("person"), _given("kind"), _given("most")
_SINCE, _UNTIL, _START, _END = _given("since"), _given("until"), _given("start"), _given("end")
_IDS, _TERMS = _any_of("ids"), _any_of("terms")


def _every(kind: str, *where: Any) -> Select[Any]:
    return select(t.c.sealed).where(t.c.person == _PERSON, t.c.kind == kind, *where)


def _messages(*where: Any) -> Select[Any]:
    return select(t.c.sealed, t.c.verdict).where(t.c.person == _PERSON, t.c.kind == "message", *where)


def _naming(kind: str) -> Select[Any]:
    items = select(w.c.item).where(w.c.person == _PERSON, w.c.kind == kind, w.c.term.in_(_TERMS))
    return _every(kind, t.c.id.in_(items))


# --- mail --------------------------------------------------------------------------------------------------------------

RECEIVED = _messages(t.c.own.is_(False), t.c.at >= _SINCE, t.c.at < _UNTIL)
SENT = _messages(t.c.own.is_(True), t.c.at >= _SINCE, t.c.at < _UNTIL)
THREADS = _messages(t.c.thread.in_(_any_of("threads")), t.c.at < _UNTIL)
MESSAGES = _messages(t.c.id.in_(_IDS))
DEALINGS = (
    select(w.c.kind, w.c.term, func.count(), func.max(w.c.at))
    .where(w.c.person == _PERSON, w.c.kind.in_(("message", "contact")), w.c.term.in_(_TERMS))
    .group_by(w.c.kind, w.c.term)
)

# --- calendar ----------------------------------------------------------------------------------------------------------

OVERLAPPING = _every("event", t.c.at < _END, or_(t.c.end_at > _START, and_(t.c.at == t.c.end_at, t.c.at >= _START)))
RECURRING = _every("series", t.c.at < _END, or_(t.c.end_at.is_(None), t.c.end_at >= _START))
SINGLE_EVENTS = _every("event", t.c.thread == "", t.c.at < _END, t.c.end_at > _START)
EVENT = _every("event", t.c.id == _given("id"))

# --- chat, people, deals, tasks, notes ---------------------------------------------------------------------------------

ACTIVE_CHATS = _every("thread", t.c.at >= _SINCE)
CHATS = _every("thread", t.c.id.in_(_IDS))
CONTACTS = _naming("contact")
DEALS = _every("deal")
DEALS_NAMING = _naming("deal")
TASKS = _every("task")
NOTES = _every("note", t.c.id.in_(_IDS))
NOTES_NAMING = (
    select(w.c.item)
    .where(w.c.person == _PERSON, w.c.kind == "note", w.c.term.in_(_TERMS), w.c.at < _UNTIL)
    .group_by(w.c.item)
    .order_by(func.count().desc(), func.max(w.c.at).desc())
    .limit(_MOST)
)
NEWEST_NAMING = (  # DISTINCT, not GROUP BY: SQLite would go through every item of the kind to have them in order
    select(w.c.item, w.c.at)
    .where(w.c.person == _PERSON, w.c.kind == _KIND, w.c.term.in_(_TERMS), w.c.at < _UNTIL)
    .distinct()
    .order_by(w.c.at.desc())
    .limit(_MOST)
)

# --- what was said before, what was missed, what could be read ---------------------------------------------------------

a, bell = tables.account, tables.doorbell
o, d, told, artefact = tables.occurrence, tables.delivery, tables.told, tables.artefact
_CADENCE, _BEFORE = _given("cadence"), _given("before")

LAST = (
    select(o)
    .where(o.c.person == _PERSON, o.c.cadence == _CADENCE, o.c.outcome == _given("outcome"), o.c.due_at < _BEFORE)
    .order_by(o.c.due_at.desc())
    .limit(1)
)
TOLD = (
    select(told.c.key, told.c.version)
    .join(o, o.c.id == told.c.occurrence)
    .where(told.c.person == _PERSON, told.c.cadence == _CADENCE, told.c.due_at < _BEFORE, o.c.id != _given("besides"))
    .where(or_(o.c.outcome.in_((Outcome.SENT, Outcome.UNKNOWN)), o.c.state.in_((State.PREPARED, State.DELIVERING))))
    .order_by(told.c.due_at)
)
_BAD = or_(
    o.c.outcome.in_((Outcome.FAILED, Outcome.UNKNOWN)),
    and_(o.c.outcome == Outcome.SKIPPED, or_(o.c.reason.like("expired%"), o.c.reason.like("superseded%"))),
)
MISSED = (
    select(o).where(o.c.person == _PERSON, o.c.ended_at >= _SINCE, o.c.ended_at < _UNTIL, _BAD).order_by(o.c.due_at).limit(200)
)
_BELL = tuple(bell.c[name].label(f"bell_{name}") for name in ("state", "since", "held_until", "said"))
ACCOUNTS = (
    select(a, *_BELL)
    .select_from(a.outerjoin(bell, and_(bell.c.person == a.c.person, bell.c.account == a.c.name)))
    .where(a.c.person == _PERSON)
    .order_by(a.c.name)
)

# --- one occurrence, its notices and deliveries -------------------------------------------------------------------------

_ID, _OCCURRENCE = _given("id"), _given("occurrence")
_TOUCHED = sorted(set(DeliveryState) - {DeliveryState.PENDING, DeliveryState.SKIPPED})

OCCURRENCE = select(o).where(o.c.id == _ID)
DRAFT = select(o.c.sealed).where(o.c.id == _ID)
DELIVERIES = select(d).where(d.c.occurrence == _OCCURRENCE).order_by(d.c.channel)
BEGUN = select(d.c.id).where(d.c.occurrence == _OCCURRENCE, or_(d.c.state.in_(_TOUCHED), d.c.doubtful)).limit(1)
NOTICE = select(tables.notice.c.sealed).where(tables.notice.c.id == _ID)
FILES = select(artefact).where(artefact.c.notice == _ID)
