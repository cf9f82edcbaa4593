"""Domain values with everything filled in; a test names only what it is about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from service.domain.items import Attendee, Contact, Deal, Event, Message, Note, Post, Provenance, Reply, Task, Thread
from service.domain.people import Address, Person
from service.domain.verdicts import Category, Judged, Verdict

_numbers = count(1)
NOON = datetime(2026, 5, 12, 10, 0, tzinfo=UTC)
"""Tuesday 12 May 2026, 12:00 in Zurich."""
MARA = Address("mara@keller.example", "Mara Keller")
DANA = Address("dana@atlas.example", "Dana Whitfield")


def a_person(**fields: Any) -> Person:
    return Person(
        **{"id": "mara", "name": "Mara Keller", "emails": ("mara@keller.example",), "timezone": "Europe/Zurich"} | fields
    )


def a_message(**fields: Any) -> Message:
    n = next(_numbers)
    sender = fields.get("sender", DANA)
    text = fields.get("text", "Could you send me the signed term sheet by Friday?")
    defaults = {
        "id": f"m{n}",
        "account": "mail",
        "message_id": f"m{n}@example",
        "thread_id": f"m{n}@example",
        "sent_at": NOON - timedelta(hours=4),
        "sender": sender,
        "subject": "Term sheet",
        "text": text,
        "reply_text": text,
        "to": (MARA,),
        "provenance": Provenance.OWN if sender == MARA else Provenance.OUTSIDE,
    }
    return Message(**defaults | fields)


def a_verdict(**fields: Any) -> Verdict:
    return Verdict(
        **{"category": Category.NEEDS_REPLY, "urgency": 0.6, "reasons": ("Dana Whitfield asks you directly",)} | fields
    )


def judged(message: Message | None = None, verdict: Verdict | None = None) -> Judged:
    return Judged(message or a_message(), verdict or a_verdict())


def an_event(**fields: Any) -> Event:
    n = next(_numbers)
    defaults = {
        "id": f"e{n}/20260512T120000Z",
        "account": "calendar",
        "uid": f"e{n}",
        "start_at": NOON + timedelta(hours=2),
        "end_at": NOON + timedelta(hours=3),
        "title": "Atlas round",
        "attendees": (Attendee(DANA, Reply.ACCEPTED), Attendee(MARA, Reply.ACCEPTED)),
        "timezone": "Europe/Zurich",
    }
    return Event(**defaults | fields)


def a_thread(*texts: str, **fields: Any) -> Thread:
    n = next(_numbers)
    posts = tuple(
        Post(id=f"p{n}.{i}", at=NOON - timedelta(hours=3, minutes=-i), author=DANA, text=text)
        for i, text in enumerate(texts or ("hello",))
    )
    return Thread(**{"id": f"t{n}", "account": "slack", "channel": "proj-atlas", "posts": posts} | fields)


def a_contact(**fields: Any) -> Contact:
    n = next(_numbers)
    return Contact(
        **{
            "id": f"c{n}",
            "account": "crm",
            "name": "Dana Whitfield",
            "emails": (DANA.email,),
            "company": "Atlas AG",
            "title": "CFO",
        }
        | fields
    )


def a_deal(**fields: Any) -> Deal:
    n = next(_numbers)
    defaults = {
        "id": f"d{n}",
        "account": "crm",
        "name": "Atlas round",
        "company": "Atlas AG",
        "stage": "Term sheet",
        "people": (DANA.email,),
    }
    return Deal(**defaults | fields)


def a_note(**fields: Any) -> Note:
    n = next(_numbers)
    return Note(
        **{"id": f"n{n}", "account": "notes", "title": "Atlas call", "text": "Dana wants the shorter notice period.", "at": NOON}
        | fields
    )


def a_task(**fields: Any) -> Task:
    n = next(_numbers)
    return Task(**{"id": f"k{n}", "account": "tasks", "title": "Send term sheet"} | fields)
