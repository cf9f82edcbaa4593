"""From a mail that a rule wants answered to the answer, or to why no template can say it honestly.

Nothing of the mail's own words goes into the answer: what it says can't make the person say anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from service.answering import templates
from service.answering.slots import DAYS, Holiday, free
from service.domain.answers import Answer, Answering, Declined, Template
from service.domain.items import Message, Provenance
from service.domain.people import Person
from service.domain.rules import Rule
from service.domain.sync import Health
from service.domain.verdicts import Category, Judged
from service.people import is_machine
from service.people.languages import language_of
from service.people.style import Style, styles
from service.ports import Items

CALENDARS = frozenset(("ics", "caldav", "google_calendar", "outlook_calendar"))
CALENDAR_FRESH = timedelta(hours=12)
HAND = timedelta(days=365)
"""How far back the person's own mail shows their hand."""
LETTERS = 200
_MEETING = re.compile(
    r"\b(?:meet(?:ing|up)?|call|chat|zoom|coffee|lunch|appointment|slot|availab\w+|free (?:time|for)|treffen|termin\w*|telefonat|telefonieren|besprech\w+"
    r"|rendez-vous|rdv|réunion|appel|disponib\w+|reunión|reunirnos|llamada|cita|quedar)\b",
    re.IGNORECASE,
)
_GENDERED = re.compile(
    r"\b(?:geehrte|liebe|werte|ch(?:è|e)r|estimad|querid|herr|frau|monsieur|madame|mrs?|ms|dear (?:sir|madam))", re.IGNORECASE
)
_REPLY = re.compile(r"^(?:re|aw|sv|rv|ref)\s*:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Desk:
    """What answering needs to look at."""

    person: Person
    items: Items
    holiday: Holiday


def answer(desk: Desk, one: Judged, rules: Sequence[Rule], now: datetime) -> Answer | Declined | None:
    """By the first of the verdict's rules that asks for one; None where none does."""
    for rule in rules:
        if rule.name in one.verdict.rules and rule.then.answer is not None:
            return by(desk, one, rule.name, rule.then.answer, now, named(rule))
    return None


def by(desk: Desk, one: Judged, rule: str, wanted: Answering, now: datetime, only: str = "") -> Answer | Declined:
    """`only` is the one sender that the rule names, "" where it holds for more."""
    why_not = next(_obstacles(desk, one, wanted, now), None)
    if why_not is not None:
        return Declined(rule, why_not)
    message = one.message
    style = _hand(desk, message, wanted, now)
    if style is None:
        return Declined(rule, "its language is none that the templates speak")
    body = _body(desk, one, wanted, style, now)
    if isinstance(body, _Not):
        return Declined(rule, body.because)
    authentic = "fail" not in (message.authentication.spf, message.authentication.dmarc)
    is_named = only != "" and only == message.sender.email
    stands = wanted.by_itself and authentic and is_named
    subject = " ".join(message.subject.split())
    return Answer(
        item=message.id,
        account=message.account,
        rule=rule,
        template=wanted.template,
        to=message.sender.email,
        subject=subject if _REPLY.match(subject) else f"Re: {subject}",
        text=templates.letter(style, body, message.sender.name, desk.person),
        answers=message.message_id,
        why=f"rule {rule}: {wanted.template}",
        named=only if is_named else "",
        by_itself=stands,
        a_day=wanted.a_day if stands else 0,
    )


@dataclass(frozen=True, slots=True)
class _Not:
    because: str


def _obstacles(desk: Desk, one: Judged, wanted: Answering, now: datetime) -> Iterator[str]:
    """RFC 3834 is the measure: nothing that a program sent is answered, and nobody twice."""
    message, verdict = one.message, one.verdict
    if message.provenance is Provenance.OWN or not message.sender.email or desk.person.is_me(message.sender.email):
        yield "it is the person's own"
    if verdict.spam or verdict.phishing:
        yield "it may be junk or bait"
    if message.bulk.is_automated or message.bulk.is_list or message.bulk.unsubscribe or is_machine(message.sender):
        yield "a program sent it, or it went to many"
    if message.reply_to is not None and message.reply_to.email != message.sender.email:
        yield "its answers would go to another address than it came from"
    if not any(desk.person.is_me(a.email) for a in message.to):
        yield "it is not addressed to the person"
    later = (j.message for j in desk.items.conversations({message.thread_id}, now).get(message.thread_id, ()))
    if any(m.provenance is Provenance.OWN and m.at > message.at for m in later):
        yield "the person has answered already"
    asked = [r for r in verdict.requests if r.of_me]
    if wanted.template is Template.RECEIPT and (asked or verdict.category in (Category.URGENT, Category.NEEDS_REPLY)):
        yield "it asks for more than to hear that it has arrived"
    if wanted.template is Template.SCHEDULE and not _MEETING.search(f"{message.subject}\n{message.reply_text}"):
        yield "it says nothing of a meeting"


def _hand(desk: Desk, message: Message, wanted: Answering, now: datetime) -> Style | None:
    """How the person writes to them in their language; else how they write in it to others, without what may not fit."""
    language = language_of(message.reply_text) or language_of(message.subject)
    if not language and wanted.template is Template.TEXT:
        language = language_of(wanted.text) or (desk.person.language if desk.person.language in templates.LANGUAGES else "en")
    if not language:
        return None
    email = message.sender.email
    theirs = [j.message for j in desk.items.correspondence([email], now, LETTERS)]
    to_them = next((s for s in styles(desk.person, theirs, email) if s.language == language), None)
    if to_them is not None:
        return to_them
    sent = [j.message for j in desk.items.sent(now - HAND, now)][:LETTERS]
    at_large = next((s for s in styles(desk.person, sent) if s.language == language), Style(language, 0))
    keeps = at_large.greeting if not _GENDERED.search(at_large.greeting) else ""
    return replace(at_large, greeting=keeps, formality="")


def _body(desk: Desk, one: Judged, wanted: Answering, style: Style, now: datetime) -> str | _Not:
    if wanted.template is Template.TEXT:
        return wanted.text.strip()
    if wanted.template is Template.RECEIPT:
        return templates.receipt(style, len(one.message.attachments))
    calendars = [a for a in desk.items.accounts() if a.kind in CALENDARS]
    if not calendars:
        return _Not("no calendar is connected, so nobody knows when the person is free")
    if any(a.health is not Health.OK or a.read_at is None or a.read_at < now - CALENDAR_FRESH for a in calendars):
        return _Not("a calendar could not be read lately, so nobody knows for sure when the person is free")
    events = desk.items.events(now, now + timedelta(days=DAYS + 1))
    slots = free(desk.person, events, now, timedelta(minutes=wanted.minutes), desk.holiday)
    return templates.offer(style, slots, desk.person) if slots else _Not(f"nothing is free in the next {DAYS} days")


def named(rule: Rule) -> str:
    """The one address that a rule's `from` is, where it is no pattern."""
    sender = rule.when.sender
    return sender.lower() if "@" in sender and not any(c in sender for c in "*?[/ ") else ""
