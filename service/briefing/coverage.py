"""What this briefing saw and what it could not see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

from service.briefing import rest
from service.briefing.desk import Desk
from service.briefing.due import since_words
from service.briefing.wording import clean, clip, count, listed
from service.domain.facts import Coverage, SourceCoverage
from service.domain.ledger import Occurrence
from service.domain.sync import Account, Health

LATE = timedelta(minutes=5)
STALE = timedelta(hours=12)
_FLOWING = frozenset({"maildir", "mbox", "eml", "imap", "gmail", "graph_mail", "slack", "slack_export"})
"""Kinds of which only the window counts."""


def coverage(desk: Desk) -> Coverage:
    seen = _seen(desk)
    late = late_note(desk.due_at, desk.as_of)
    return Coverage(
        sources=tuple(_source(a, seen[a.name]) for a in desk.accounts),
        since_at=desk.since_at,
        until_at=desk.as_of,
        suppressed=rest.suppressed(desk),
        missed=missed_words(desk, desk.missed),
        notes=(late,) if late else (),
    )


def late_note(due_at: datetime, now: datetime) -> str:
    """Says "This briefing is 40 minutes late."; "" up to five minutes."""
    late = now - due_at
    if late <= LATE:
        return ""
    minutes = round(late.total_seconds() / 60)
    return f"This briefing is {count(minutes, 'minute') if minutes < 120 else count(round(minutes / 60), 'hour')} late."


def unseen(said: Coverage, as_of: datetime, zone: ZoneInfo) -> str:
    """The sources that could not be read, in words: "Mail has been unreachable since 05:10"; "" where all could."""
    if not said.sources:
        return "no source is connected"
    return listed(list(filter(None, (_trouble(s, as_of, zone) for s in said.sources))))


def missed_words(desk: Desk, missed: Iterable[Occurrence]) -> tuple[str, ...]:
    """One line for each briefing that did not come; many of one cadence and fate in one line."""
    groups: dict[tuple[str, str, str], list[Occurrence]] = {}
    for one in missed:
        groups.setdefault((one.cadence, one.outcome.value if one.outcome else "lost", one.reason), []).append(one)
    return tuple(_missed(desk, *key, some) for key, some in groups.items())


def _missed(desk: Desk, cadence: str, outcome: str, reason: str, some: list[Occurrence]) -> str:
    because = f" ({clip(clean(reason), 120)})" if reason else ""
    number = sum(o.count for o in some)
    newest = max(some, key=lambda o: o.due_at)
    when = since_words(newest.due_at, desk.as_of, desk.zone)
    fate = {"skipped": "skipped", "failed": "failed", "unknown": "may not have arrived"}.get(outcome, "lost")
    name = clip(clean(cadence), 40)
    if number > 1:
        return f"{name}: {number} times {fate}, last {when}{because}"
    return f"{name} of {when}: {fate}{because}"


def _seen(desk: Desk) -> Counter[str]:
    """Mail and chat of the window by account; of every other source all that it holds."""
    seen = Counter({a.name: a.items for a in desk.accounts if a.kind not in _FLOWING})
    mail, since = chain(desk.received, desk.sent), desk.since_at
    seen.update(j.message.account for j in mail if j.message.new_at >= since)
    seen.update(t.account for t in desk.chats if t.at >= since)
    return seen


def _source(account: Account, seen: int) -> SourceCoverage:
    return SourceCoverage(
        account=account.name,
        kind=account.kind,
        health=account.health.value,
        read_at=account.read_at,
        failing_since=account.failing_since,
        error=clip(clean(account.error), 160),
        items=seen,
        problems=len(account.problems),
        examples=tuple(clip(clean(f"{p.where}: {p.what}"), 140) for p in account.problems[:3]),
    )


def _trouble(source: SourceCoverage, as_of: datetime, zone: ZoneInfo) -> str:
    name = clip(clean(source.account.removeprefix(f"{source.kind} ")), 40)
    since = source.failing_since or source.read_at
    at = f" since {since_words(since, as_of, zone)}" if since else ""
    match source.health:
        case Health.NEW:
            return f"{name} has not been read yet"
        case Health.NO_ACCESS:
            return f"{name} has refused access{at}"
        case Health.UNREACHABLE:
            return f"{name} has been unreachable{at}"
    if source.read_at and as_of - source.read_at > STALE:
        return f"{name} was last read {_when(source.read_at, as_of, zone)}"
    return ""


def _when(moment: datetime, as_of: datetime, zone: ZoneInfo) -> str:
    words = since_words(moment, as_of, zone)
    return f"at {words}" if words[0].isdigit() and ":" in words else f"on {words}" if not words.startswith("yesterday") else words
