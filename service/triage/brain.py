"""The built-in brain: from a message's traits and wording to a category, an urgency and reasons."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp

from service.domain.verdicts import Category
from service.triage.linear import Linear, load
from service.triage.programs import answer
from service.triage.reading import Reading
from service.triage.reasons import reasons
from service.triage.traits import Considered, considered
from service.triage.urgency import urgency

_ALL = tuple(Category)
_TO_NOBODY = frozenset((Category.FYI, Category.PROMOTION))
_SOME_JUNK = 0.03
_WRITES_TO_THEM = 3.0
"""Off the score of a promotion: whom the person writes to doesn't advertise. No public data says how much; it is a choice."""


@dataclass(frozen=True, slots=True)
class Opinion:
    category: Category
    urgency: float
    reasons: tuple[str, ...]


def opinion(reading: Reading, model: Linear | None = None) -> Opinion:
    """By the trained classifier, or by another one that is given."""
    if reading.own:
        return Opinion(Category.FYI, 0.1, ("you wrote this",))
    if (told := answer(reading.message)) and not (reading.junk.spam or reading.phishing):
        return Opinion(Category.FYI, told[0], (told[1],))
    model = model or load("category")
    case = considered(reading)
    scores = _scores(case, model)
    open_to = _possible(reading)
    category, *others = sorted(open_to, key=lambda c: (-scores[c], _ALL.index(c)))
    chances = _chances(scores)
    return Opinion(
        category,
        round(urgency(case, category, chances[Category.URGENT]), 2),
        reasons(case, model, category, others[0] if others else None),
    )


def _scores(case: Considered, model: Linear) -> dict[Category, float]:
    scores = dict(zip(map(Category, model.classes), model.scores(case.traits, case.reading.words), strict=True))
    relation = case.reading.relation
    if relation.sent or relation.answered:
        scores[Category.PROMOTION] -= _WRITES_TO_THEM
    return scores


def _possible(reading: Reading) -> tuple[Category, ...]:
    """What no wording talks away: junk is advertising at best, a program's own answer informs, a newsletter asks nobody, and who
    sells nothing does not advertise.
    """
    if reading.junk.spam or (reading.phishing and reading.junk.likely > 0.2):
        return (Category.PROMOTION,)
    if reading.automatic:
        return (Category.FYI,)
    if reading.impersonal:
        return tuple(c for c in _ALL if c in _TO_NOBODY)
    sells = reading.distinct("selling") or reading.distinct("trade") or reading.phishing or reading.junk.likely > _SOME_JUNK
    return _ALL if sells else tuple(c for c in _ALL if c is not Category.PROMOTION)


def _chances(scores: dict[Category, float]) -> dict[Category, float]:
    most = max(scores.values())
    parts = {c: exp(s - most) for c, s in scores.items()}
    whole = sum(parts.values())
    return {c: p / whole for c, p in parts.items()}
