"""How soon a message wants its reader, 0 to 1. A category has its range; what a person would name moves it within."""

from __future__ import annotations

from datetime import timedelta

from service.domain.verdicts import Category
from service.triage.pressure import hours_left
from service.triage.reading import Reading
from service.triage.traits import Considered

_BASE = {Category.URGENT: 0.75, Category.NEEDS_REPLY: 0.45, Category.PERSONAL: 0.33, Category.FYI: 0.18, Category.PROMOTION: 0.05}
_RANGE = {
    Category.URGENT: (0.7, 1.0),
    Category.NEEDS_REPLY: (0.3, 0.75),
    Category.PERSONAL: (0.15, 0.7),
    Category.FYI: (0.05, 0.4),
    Category.PROMOTION: (0.0, 0.12),
}
_MEETING_SOON = timedelta(hours=18)


def urgency(case: Considered, category: Category, pressing: float) -> float:
    """`pressing` is how likely the classifier finds it urgent."""
    reading = case.reading
    value = _BASE[category] + 0.1 * pressing
    left = hours_left(case.due, reading.message.sent_at, reading.person.zone)
    if left is not None:
        value += 0.15 if left < 12 else 0.1 if left < 36 else 0.05 if left < 96 else 0
    value += 0.02 * min(3, reading.distinct("pressing"))
    if any(r.of_me for r in case.asked):
        value += 0.05
    value += _relation(reading)
    if reading.machine or reading.newsletter:
        value -= 0.1
    if reading.distinct("no_action"):
        value -= 0.1
    low, high = _RANGE[category]
    return min(high, max(low, value))


def _relation(reading: Reading) -> float:
    """Who it's from: somebody the person answers, and quickly, meets today or sells to."""
    relation = reading.relation
    value = 0.0
    if relation.answered and relation.answered * 2 > relation.received:
        value += 0.05
    elif not (relation.received or relation.sent or relation.known):
        value -= 0.02
    if relation.answers_in is not None and relation.answers_in < timedelta(hours=2):
        value += 0.03
    if meets_soon(reading):
        value += 0.08
    if relation.deal:
        value += 0.04
    return value


def meets_soon(reading: Reading) -> bool:
    """Whether the person meets the sender in the hours after the message."""
    meets_at = reading.relation.meets_at
    return meets_at is not None and timedelta(0) < meets_at - reading.message.sent_at < _MEETING_SOON
