"""Which of the requests in a message are really open this morning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from service.briefing.conversations import bare_subject
from service.briefing.due import deadline
from service.briefing.hurry import hurries
from service.domain.items import Message
from service.domain.verdicts import Judged, Request, Span
from service.triage.closing import is_courtesy

_MORE = 160
"""Characters of the list that a request may announce."""
READ = 8000
"""Characters of a message that are looked at."""


def open_requests(one: Judged, now: datetime, zone: ZoneInfo) -> list[Request]:
    """What is due first, then what the text says before its subject does, then as written."""
    message = one.message
    is_reply = bare_subject(message.subject) != message.subject.strip()
    asked = [r for r in one.verdict.requests if not (is_reply and r.span.offset < 0)]
    still = [r for r in asked if r.due or not (is_courtesy(r.span.text) or _is_past(one, r, now, zone))]
    return sorted(_with_their_deadline(message, still), key=lambda r: (r.due is None, r.span.offset < 0, r.span.offset))


def last_question(text: str, before: int | None = None) -> Span | None:
    """The sentence or line that ends in the last question mark; None where there is none."""
    end = text.rfind("?", 0, min(READ, len(text) if before is None else before)) + 1
    start = max((text.rfind(mark, 0, end - 1) for mark in ".!?\n"), default=-1) + 1 if end else 0
    words = text[start:end].strip()
    return Span(words, text.find(words, start)) if any(c.isalpha() for c in words) else None


def _with_their_deadline(message: Message, asked: Sequence[Request]) -> list[Request]:
    """A sentence that only hurries gives its time to the ask it hurries: another request, else the question before it."""
    hurry = next((r for r in asked if r.span.offset >= 0 and hurries(r.span.text)), None)
    if hurry is None:
        return list(asked)
    others = [r for r in asked if not hurries(r.span.text) and r.of_me == hurry.of_me]
    meant = next((r for r in others if r.question), others[0] if others else _question_before(message, hurry))
    if meant is None:
        return list(asked)
    timed = replace(meant, due=meant.due or hurry.due)
    return [timed, *(r for r in asked if r not in (hurry, meant))]


def _question_before(message: Message, hurry: Request) -> Request | None:
    span = last_question(message.text, hurry.span.offset)
    return replace(hurry, span=span, what=span.text, question=True) if span and not is_courtesy(span.text) else None


def words_of(message: Message, request: Request) -> str:
    """The exact words; where they end in a colon, with the beginning of what they announce."""
    span = request.span
    if not span.text.rstrip().endswith(":") or span.offset < 0:
        return span.text
    end = span.offset + len(span.text)
    if message.text[span.offset : end] != span.text:
        return span.text
    return message.text[span.offset : end + _MORE].rstrip()


def _is_past(one: Judged, request: Request, now: datetime, zone: ZoneInfo) -> bool:
    """It is about a day that is over: "Let us meet on Saturday"."""
    span = request.span
    inside = [d for d in one.verdict.dates if span.offset <= d.span.offset < span.offset + len(span.text)]
    days = [found for d in inside if (found := deadline(d.when, now, zone))]
    return bool(days) and all(d.moment < now - timedelta(hours=12) for d in days)
