"""How much something matters this morning, 0 to 1, and why in words. Plain sums, so that an order can be explained."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import exp

from service.briefing.desk import Desk
from service.briefing.due import Deadline
from service.briefing.wording import clean, clip

_WORD = re.compile(r"[^\W_]{3,}")
_EVERYDAY = frozenset(
    {
        "all",
        "and",
        "are",
        "build",
        "close",
        "find",
        "finish",
        "first",
        "for",
        "from",
        "get",
        "grow",
        "half",
        "head",
        "hire",
        "into",
    }
    | {"keep", "launch", "less", "make", "month", "more", "new", "next", "our", "out", "plan", "quarter", "run", "second", "sell"}
    | {"start", "than", "that", "the", "this", "week", "win", "with", "year"}
)
"""Words of a priority that say nothing of what it is about."""
_BY_RULE = {"urgent": 0.35, "high": 0.2, "low": -0.3}


@dataclass(frozen=True, slots=True)
class Weight:
    importance: float
    why: tuple[str, ...]
    topic: str = ""


def weigh(
    desk: Desk, base: float, *, due: Deadline | None = None, email: str = "", text: str = "", priority: str = "", met: str = ""
) -> Weight:
    """`met`: when the person meets them today, in words; "" if they do not."""
    parts = [
        (base, ""),
        _due(due),
        (_BY_RULE.get(priority, 0.0), f"a rule says {priority}" if priority in _BY_RULE else ""),
        *_relation(desk, email),
        (0.06 if met else 0.0, met),
    ]
    topic = touched(desk.person.priorities, text) or touched(desk.person.goals, text)
    if topic:
        parts.append((0.1, f"touches your priority “{clip(clean(topic), 60)}”"))
    total = sum(points for points, _ in parts)
    return Weight(round(_bounded(total), 3), tuple(words for _, words in parts if words), topic)


def _bounded(total: float) -> float:
    """Within 0 and 1, bent near the top so that the most pressing things still differ."""
    return max(0.0, total) if total <= 0.7 else 1 - 0.3 * exp((0.7 - total) / 0.3)


def touched(priorities: Iterable[str], text: str) -> str:
    """The priority that a text is about: one of its names, or two of its other words; "" where it is about none."""
    said = _words(text[:6000])
    for priority in priorities:
        words = [w for w in _WORD.findall(priority) if w.casefold() not in _EVERYDAY]
        hits = [w for w in words if w.casefold() in said]
        if hits and (len(hits) > 1 or len(words) == 1 or hits[0][0].isupper()):
            return priority
    return ""


@lru_cache(maxsize=256)
def _words(text: str) -> frozenset[str]:
    """Of a mail: asked for the person's priorities, then for their goals."""
    return frozenset(w.casefold() for w in _WORD.findall(text))


def _due(due: Deadline | None) -> tuple[float, str]:
    if due is None:
        return 0.0, ""
    if due.overdue:
        return (0.22 if due.days >= -7 else 0.05), due.words
    return {0: 0.28, 1: 0.16, 2: 0.08}.get(due.days, 0.02), due.words


def _relation(desk: Desk, email: str) -> Iterable[tuple[float, str]]:
    relation = desk.relations.get(email)
    deal = desk.deal_with(email) if email else None
    if deal:
        yield 0.08, f"open deal “{clip(clean(deal.name), 50)}”"
    if relation is None:
        return
    if relation.known:
        yield 0.04, ""
    if relation.sent:
        yield 0.04, ""
    if relation.received >= 3:
        yield 0.08 * min(1.0, relation.answered / relation.received), ""
    if relation.received <= 1 and not relation.sent and not relation.known:
        yield -0.05, "their first message to you"
