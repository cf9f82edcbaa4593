"""Which of the requests in a message are really open this morning."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from service.briefing.closing import is_courtesy
from service.briefing.conversations import bare_subject
from service.briefing.due import deadline
from service.domain.items import Message
from service.domain.verdicts import Judged, Request

_MORE = 160
"""Characters of the list that a request may announce."""


def open_requests(one: Judged, now: datetime, zone: ZoneInfo) -> list[Request]:
    """What is due first, then what the text says before its subject does, then as written."""
    message = one.message
    is_reply = bare_subject(message.subject) != message.subject.strip()
    asked = [r for r in one.verdict.requests if not (is_reply and r.span.offset < 0)]
    still = [r for r in asked if r.due or not (is_courtesy(r.span.text) or _is_past(one, r, now, zone))]
    return sorted(still, key=lambda r: (r.due is None, r.span.offset < 0, r.span.offset))


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
