"""One rich day by hand, as every rendering is shown it: all sections, details, a source that could not be read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from service.domain.facts import Basis, Briefing, Coverage, Fact, Sensitivity, SourceCoverage, SourceRef

SEVEN = datetime(2026, 5, 12, 5, 0, tzinfo=UTC)
"""Tuesday 12 May 2026, 07:00 in Zurich."""


def a_ref(**fields: Any) -> SourceRef:
    defaults = {
        "kind": "message",
        "id": "m1",
        "title": "Term sheet",
        "url": "mid:m1@atlas.example",
        "at": SEVEN - timedelta(hours=15),
    }
    return SourceRef(**defaults | fields)


def a_fact(text: str = "Dana Whitfield asks: “Could you send the signed term sheet by Friday?”", **fields: Any) -> Fact:
    return Fact(**{"key": f"k:{text[:24]}", "version": "1", "text": text, "sources": (a_ref(),), "importance": 0.5} | fields)


def a_source(**fields: Any) -> SourceCoverage:
    return SourceCoverage(
        **{"account": "mail", "kind": "imap", "health": "ok", "read_at": SEVEN - timedelta(minutes=4), "items": 47} | fields
    )


def a_briefing(**fields: Any) -> Briefing:
    """A quiet morning unless told otherwise."""
    defaults = {
        "kind": "morning",
        "person": "mara",
        "title": "Tuesday 12 May",
        "subject": "Tue 12 May · a quiet day",
        "bottom_line": "Nothing needs you today.",
        "made_at": SEVEN,
        "timezone": "Europe/Zurich",
        "sections": (),
        "coverage": Coverage(sources=(a_source(),), since_at=SEVEN - timedelta(days=1), until_at=SEVEN),
    }
    return Briefing(**defaults | fields)


def _at(hour: int, minute: int = 0) -> datetime:
    return SEVEN.replace(hour=hour - 2, minute=minute)


def _slack(id: str, title: str, hours: int) -> SourceRef:
    url = f"https://keller.slack.example/archives/C1/{id}"
    return SourceRef("thread", id, title, url, at=SEVEN - timedelta(hours=hours))


def _event(id: str, title: str, at: datetime) -> SourceRef:
    return SourceRef("event", id, title, "https://cal.keller.example/e/" + id, at=at)


def _needs_you() -> tuple[Fact, ...]:
    return (
        a_fact(
            importance=0.96,
            why="She asks you directly, and Atlas is a priority",
            people=("Dana Whitfield",),
        ),
        a_fact(
            "Approve the Basel lease or let the option lapse: it ends today at 17:00, CHF 2.5m over five years.",
            importance=0.92,
            basis=Basis.DERIVED,
            why="The deadline is today",
            sources=(a_ref(id="m2", title="Lease option, last day", at=SEVEN - timedelta(hours=11)),),
        ),
        a_fact(
            "Jonas Brandt has waited three days for your answer on the Q3 hiring plan.",
            importance=0.8,
            basis=Basis.INFERRED,
            why="He wrote twice",
            sources=(a_ref(id="m3", title="Hiring plan Q3", at=SEVEN - timedelta(days=3)),),
        ),
    )


def _meetings() -> tuple[Fact, ...]:
    atlas = _event("e1", "Atlas round", _at(9, 30))
    return (
        a_fact(
            "Atlas round with Dana Whitfield (CFO, Atlas AG) and two others, Room Limmat.",
            label="09:30",
            at=_at(9, 30),
            importance=0.9,
            sources=(atlas,),
            details=(
                a_fact(
                    "Deal at term sheet, CHF 2.5m, closes 29 May.",
                    importance=0.7,
                    sources=(SourceRef("deal", "d1", "Atlas round", at=SEVEN - timedelta(days=2)),),
                ),
                a_fact(
                    "Last call: Dana wants the notice period cut from 90 to 30 days.",
                    importance=0.75,
                    sources=(
                        SourceRef("note", "n1", "Atlas call", "file:///home/mara/Notes/atlas.md", at=SEVEN - timedelta(days=5)),
                    ),
                ),
            ),
        ),
        a_fact(
            "Hiring review with Jonas Brandt.",
            label="11:00",
            at=_at(11),
            importance=0.6,
            sources=(_event("e2", "Hiring review", _at(11)),),
            details=(
                a_fact(
                    "Overlaps with “Basel site visit” by 30 minutes.",
                    basis=Basis.DERIVED,
                    importance=0.8,
                    sources=(_event("e3", "Basel site visit", _at(11, 30)),),
                ),
            ),
        ),
        a_fact(
            "Basel site visit, Elisabethenstrasse 12.",
            label="11:30",
            at=_at(11, 30),
            importance=0.5,
            sources=(_event("e3", "Basel site visit", _at(11, 30)),),
        ),
        a_fact(
            "Dentist.",
            label="16:15",
            at=_at(16, 15),
            importance=0.3,
            sensitivity=Sensitivity.PRIVATE,
            sources=(_event("e4", "Dentist", _at(16, 15)),),
        ),
    )


def _others() -> tuple[tuple[str, tuple[Fact, ...]], ...]:
    return (
        (
            "waiting",
            (
                a_fact(
                    "Priya Nair owes you the revised cap table, asked Thu 7 May.",
                    importance=0.6,
                    sources=(a_ref(id="m5", title="Cap table", at=SEVEN - timedelta(days=5)),),
                ),
                a_fact(
                    "No answer from Northwind Legal on the side letter for 6 days.",
                    importance=0.5,
                    sources=(a_ref(id="m6", title="Side letter", at=SEVEN - timedelta(days=6)),),
                ),
            ),
        ),
        (
            "commitments",
            (
                a_fact(
                    "You told Tom Okafor you would send the board deck by Wed 13 May.",
                    importance=0.7,
                    sources=(a_ref(id="m7", title="Board deck", at=SEVEN - timedelta(days=4)),),
                ),
                a_fact(
                    "Lena Vogt promised the audit draft for today.",
                    importance=0.5,
                    sources=(a_ref(id="m8", title="Audit", at=SEVEN - timedelta(days=2)),),
                ),
            ),
        ),
        (
            "slack",
            (
                a_fact(
                    "#proj-atlas: launch moved to Mon 18 May; ACME-231 still blocks the data room (14 replies).",
                    importance=0.6,
                    sources=(_slack("t1", "#proj-atlas", 9),),
                ),
                a_fact(
                    "Sven Aalto asks you in #support whether the SLA credit of 4.5% stands.",
                    importance=0.65,
                    sources=(_slack("t2", "#support", 13),),
                ),
            ),
        ),
        (
            "rest",
            (a_fact("41 more: 31 newsletters, 6 notifications, 4 for your information.", importance=0.1, sources=()),),
        ),
    )


def a_rich_morning(**fields: Any) -> Briefing:
    coverage = Coverage(
        sources=(
            a_source(items=89),
            a_source(account="calendar", kind="ics", items=12),
            a_source(account="notes", kind="notes", items=140, problems=1, examples=("old.md is not text",)),
            a_source(
                account="crm",
                kind="csv",
                health="unreachable",
                read_at=SEVEN - timedelta(hours=26),
                failing_since=SEVEN - timedelta(hours=13),
                error="The folder /srv/crm is not there. Mount it",
            ),
        ),
        since_at=SEVEN - timedelta(hours=24),
        until_at=SEVEN,
        suppressed=(("newsletters", 31), ("muted", 7)),
        missed=("Monday’s evening summary was skipped: it expired while the machine was off.",),
    )
    defaults = {
        "subject": "Tue 12 May · 3 need you · 4 meetings",
        "bottom_line": "Decide on the Basel lease before 17:00, and bring Dana the signed term sheet at 09:30.",
        "sections": (("needs_you", _needs_you()), ("meetings", _meetings()), *_others()),
        "coverage": coverage,
    }
    return a_briefing(**defaults | fields)


def a_meeting_brief(**fields: Any) -> Briefing:
    atlas = _event("e1", "Atlas round", _at(9, 30))
    sections = (
        ("when_where", (a_fact("09:30 to 10:15, Room Limmat.", at=_at(9, 30), sources=(atlas,)),)),
        (
            "people",
            (
                a_fact("CFO at Atlas AG; last mail Mon 11 May; open deal CHF 2.5m.", label="Dana Whitfield"),
                a_fact("not in your contacts.", label="r.lowe@atlas.example", sources=(atlas,)),
            ),
        ),
        ("last_said", (a_fact("Dana wrote: “We can close on 29 May if the notice period moves.”"),)),
        ("open", (a_fact("You owe the signed term sheet, due Fri 15 May."),)),
        ("changed", (a_fact("The meeting moved from 10:00 to 09:30.", sources=(atlas,)),)),
    )
    defaults = {
        "kind": "meeting",
        "title": "Atlas round",
        "subject": "09:30 Atlas round · Dana Whitfield",
        "bottom_line": "Bring the signed term sheet.",
        "sections": sections,
    }
    return a_briefing(**defaults | fields)


def an_alert(text: str = "Sven Aalto asks you in #support whether the outage is over.", **fields: Any) -> Briefing:
    fact = a_fact(text, key="alert:t9", sources=(_slack("t9", "#support", 0),))
    defaults = {
        "kind": "alert",
        "title": "#support needs you",
        "subject": "#support needs you",
        "bottom_line": "",
        "sections": (("alert", (fact,)),),
    }
    return a_briefing(**defaults | fields)


def hostile(text: str) -> Briefing:
    """The same outside string in every place where one can stand."""
    ref = SourceRef("message", text, text, text, quote=text, at=SEVEN)
    inner = Fact(text, text, text, (ref,), (text,), label=text, why=text)
    fact = replace(inner, details=(inner,))
    coverage = Coverage(
        sources=(a_source(account=text, error=text, health="unreachable", problems=1, examples=(text,)),),
        suppressed=((text, 3),),
        missed=(text,),
        notes=(text,),
    )
    return a_briefing(
        title=text,
        subject=text,
        bottom_line=text,
        sections=(("needs_you", (fact, fact)), ("meetings", (fact,))),
        coverage=coverage,
    )
