"""The person's model: decayed counts under sender, list, domain and topic, updated by one lesson at a time, and what follows from them.

A pattern speaks of mails that the built-in brain judged alike: that three of Dana's "needs a reply" were for information says nothing
about the next that is urgent.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from service.domain.learning import Act, Key, KeyKind, Lesson, Pattern, Tally
from service.domain.verdicts import Category, Relation
from service.triage.lessons import RANK

HALF_LIFE = timedelta(days=60)
"""After which a case counts half."""
CASES = 3
"""Consistent cases that it takes at least."""
CASES_OF_A_WORD = 5
"""A word in a subject says less than who wrote it."""
SENDERS = 2
"""From whom at least what is learned of a domain or a word must come; of one sender alone, it says nothing of others."""
SHARE = 0.75
"""Of the weight of all cases under a key, how much must say the same."""
LEAST_WEIGHT = 0.75
"""What must be left of it: three inferred cases are forgotten after some weeks, three of the person's word after months."""
STEP = 0.15
"""How far urgency moves at most within a category."""
BASE = {Category.URGENT: 0.8, Category.NEEDS_REPLY: 0.5, Category.PERSONAL: 0.35, Category.FYI: 0.2, Category.PROMOTION: 0.05}
"""The urgency of what has become another category."""
_CEILING = {Category.URGENT: 1.0, Category.NEEDS_REPLY: 0.75, Category.PERSONAL: 0.7, Category.FYI: 0.4, Category.PROMOTION: 0.12}
_RECENT = 5
_ORDER = {kind: n for n, kind in enumerate(KeyKind)}
_NO_TIME = timedelta()
_LESS = 1e-9
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Learned:
    """What a pattern says of mails that look like `said`. Counts are of cases; `total` are all under its key that looked so."""

    pattern: Pattern
    said: Category
    meant: Category
    nudge: int
    cases: int
    total: int
    since: datetime
    acts: tuple[tuple[Act, int], ...]
    by_word: bool  # the person said so themselves in enough cases

    @property
    def id(self) -> str:
        return self.pattern.id

    @property
    def lowers(self) -> bool:
        return self.nudge < 0 or RANK[self.meant] < RANK[self.said]


def _left(age: timedelta) -> float:
    """How much of a case counts after a time."""
    return float(0.5 ** (age / HALF_LIFE)) if age > _NO_TIME else 1.0


def taught(pattern: Pattern | None, key: Key, lesson: Lesson, sender: str, times: int = 1) -> Pattern:
    """The pattern after one lesson more, or (`times` is -1) as if that lesson had never been."""
    pattern = pattern or Pattern(key, lesson.at)
    if pattern.forgotten_at is not None and lesson.at <= pattern.forgotten_at:
        return pattern
    now = max(pattern.at, lesson.at)
    left, weight = _left(now - pattern.at), lesson.weight * _left(now - lesson.at) * times
    tallies, met = [], False
    for t in pattern.tallies:
        if not met and t.said is lesson.said and t.meant is lesson.meant and t.nudge == lesson.nudge and t.act is lesson.act:
            met = True
            if t.cases + times > 0:
                both = max(0.0, t.weight * left + weight)
                first, last = min(t.first_at, lesson.at), max(t.last_at, lesson.at)
                tallies.append(Tally(t.said, t.meant, t.nudge, t.act, both, t.cases + times, first, last))
        else:
            tallies.append(Tally(t.said, t.meant, t.nudge, t.act, t.weight * left, t.cases, t.first_at, t.last_at))
    if not met and times > 0:
        tallies.append(Tally(lesson.said, lesson.meant, lesson.nudge, lesson.act, weight, 1, lesson.at, lesson.at))
    senders, recent = pattern.senders, list(pattern.recent)
    pair = (lesson.said, lesson.meant)
    if times > 0:
        senders = tuple(dict.fromkeys((*senders, _digest(sender))))[: SENDERS + 1]
        recent = [*recent, pair][-_RECENT:]
    elif pair in recent:
        recent.reverse()
        recent.remove(pair)
        recent.reverse()
    return Pattern(key, now, tuple(tallies), senders, tuple(recent), pattern.forgotten_at)


def learned(pattern: Pattern, said: Category, now: datetime) -> Learned | None:
    """What it has to say of mails that look like `said`; None while its cases are too few, too old or of two minds."""
    if pattern.key.kind in (KeyKind.DOMAIN, KeyKind.WORD) and len(pattern.senders) < SENDERS:
        return None
    looked = [t for t in pattern.tallies if t.said is said]
    if not looked:
        return None
    left = _left(now - pattern.at)
    here = [(t, t.weight * left) for t in looked]
    least = CASES_OF_A_WORD if pattern.key.kind is KeyKind.WORD else CASES
    whole = sum(weight for _, weight in here)
    if sum(t.cases for t, _ in here) < least or whole < LEAST_WEIGHT:
        return None
    meant = _agreed([(t.meant, t.cases, weight) for t, weight in here], least, whole, said)
    if meant is not None and _lately_otherwise(pattern, said, meant):
        meant = None
    nudge = _agreed([(t.nudge, t.cases, weight) for t, weight in here], least, whole, 0)
    if (meant is None or meant is said) and not nudge:
        return None
    meant = meant or said
    telling = [t for t, _ in here if (t.meant == meant if meant is not said else t.nudge == nudge)]
    acts = tuple((act, sum(t.cases for t in telling if t.act is act)) for act in Act if any(t.act is act for t in telling))
    return Learned(
        pattern,
        said,
        meant,
        nudge or 0,
        sum(t.cases for t in telling),
        sum(t.cases for t, _ in here),
        min(t.first_at for t in telling),
        acts,
        sum(t.cases for t in telling if t.act is Act.CORRECTED) >= least,
    )


def everything(pattern: Pattern, now: datetime) -> list[Learned]:
    """All that a pattern says, of whatever mails look like."""
    return [found for said in Category if (found := learned(pattern, said, now)) is not None]


def telling(patterns: Iterable[Pattern], said: Category, relation: Relation, now: datetime) -> Learned | None:
    """The most specific that has something to say and may say it."""
    for pattern in sorted(patterns, key=lambda p: _ORDER[p.key.kind]):
        found = learned(pattern, said, now)
        if found is not None and (not found.lowers or _may_lower(found, relation)):
            return found
    return None


def moved(said: Category, urgency: float, found: Learned, relation: Relation, *, asked: bool) -> tuple[Category, float]:
    """Category and urgency as the person would have it."""
    meant = found.meant
    if found.lowers and relation.answered:  # whom the person answers is never taken for less than somebody to answer
        meant = Category.NEEDS_REPLY if asked or said is Category.NEEDS_REPLY else meant
        meant = said if meant is Category.PROMOTION else meant
    if meant is not said:
        return meant, BASE[meant]
    floor = 0.3 if relation.answered and said is Category.NEEDS_REPLY else 0.0
    return said, round(min(_CEILING[said], max(floor, urgency + STEP * found.nudge)), 2)


def _may_lower(found: Learned, relation: Relation) -> bool:
    """Whom the person answers is taken for less only by the person's own word about that sender."""
    return not relation.answered or (found.by_word and found.pattern.key.kind is KeyKind.SENDER)


def _agreed(some: Sequence[tuple[T, int, float]], least: int, whole: float, otherwise: T) -> T | None:
    """What enough cases, and enough of their weight, say; None where they don't."""
    for value in dict.fromkeys(v for v, _, _ in some if v != otherwise):
        cases = sum(n for v, n, _ in some if v == value)
        weight = sum(w for v, _, w in some if v == value)
        if cases >= least and weight >= max(SHARE * whole, LEAST_WEIGHT) - _LESS:
            return value
    return None


def _lately_otherwise(pattern: Pattern, said: Category, meant: Category) -> bool:
    """The person has changed their mind: their last two say something else."""
    last = [m for s, m in pattern.recent if s == said][-2:]
    return len(last) == 2 and meant not in last


def _digest(sender: str) -> str:
    return hashlib.sha256(sender.encode()).hexdigest()[:8]
