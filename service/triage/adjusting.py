"""A verdict bent to the person's ways, within bounds: by what they said of the message themselves, else by what was learned."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from service.domain.learning import NOT_URGENT, Hints
from service.domain.verdicts import Category, Relation
from service.triage.brain import Opinion
from service.triage.learned_words import MEANT, reason
from service.triage.learning import BASE, moved, telling
from service.triage.lessons import less

BUILTIN, LEARNED, PERSON = "builtin", "learned", "you"


def adjusted(
    found: Opinion, hints: Hints, relation: Relation, zone: ZoneInfo, now: datetime, *, asked: bool, deceives: bool
) -> tuple[Opinion, str]:
    """The opinion, and who holds it. `deceives`: spam or phishing, which no habit makes more of; nor does a forged sender gain by one."""
    if hints.corrected:
        return _as_said(found, hints.corrected, asked=asked), PERSON
    if deceives or not hints.patterns:
        return found, BUILTIN
    pattern = telling(hints.patterns, found.category, relation, now)
    if pattern is None:
        return found, BUILTIN
    category, urgency = moved(found.category, found.urgency, pattern, relation, asked=asked)
    if (category, urgency) == (found.category, found.urgency):
        return found, BUILTIN
    return replace(found, category=category, urgency=urgency, reasons=(reason(pattern, zone), *found.reasons)), LEARNED


def _as_said(found: Opinion, corrected: str, *, asked: bool) -> Opinion:
    category = less(found.category, asked=asked) if corrected == NOT_URGENT else Category(corrected)
    words = "not urgent" if corrected == NOT_URGENT else MEANT[category]
    urgency = found.urgency if category is found.category and corrected != NOT_URGENT else BASE[category]
    if corrected == NOT_URGENT:
        urgency = min(found.urgency, urgency, 0.4)
    return replace(found, category=category, urgency=urgency, reasons=(f"you marked it {words}", *found.reasons))
