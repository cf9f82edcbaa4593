"""A second opinion on a verdict, from a model: who is asked what, and how much of the reply may count.

Only what is uncertain or worth words goes out. The built-in verdict travels along; the reply is held against it and against the mail.
What a rule or the person said stays as it is; junk stays junk; nothing in a reply can reach an action.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from service.domain.verdicts import Category, Judged, Verdict
from service.errors import BudgetExceeded, ExternalError
from service.ports import Opinions, Question
from service.triage.learning import BASE

UNSURE = (0.3, 0.75)
"""Urgency between which what needs a reply may as well be urgent or for information."""
LONGEST_SUMMARY = 280
FURTHEST = 0.2
"""How far a model may move urgency where it keeps the category."""
_UP_TO = {Category.PROMOTION: 0.12, Category.FYI: 0.4, Category.PERSONAL: 0.7, Category.NEEDS_REPLY: 0.75, Category.URGENT: 1.0}
_DECIDED = frozenset(("rules", "you", "none"))


@dataclass(frozen=True, slots=True)
class Reply:
    """A model's, once it is known to be well formed."""

    category: Category
    urgency: float
    summary: str
    because: str


def worth_asking(one: Judged) -> bool:
    """Whether a model could add anything: not what is decided, private, junk, bait, or plainly nothing."""
    verdict = one.verdict
    if verdict.brain in _DECIDED or verdict.private or verdict.muted or verdict.spam or verdict.phishing:
        return False
    if verdict.category in (Category.PROMOTION, Category.FYI):
        return False
    low, high = UNSURE
    return low <= verdict.urgency <= high or bool(verdict.requests)


def question(one: Judged) -> Question:
    """What a model is given: the mail as a person sees it, and what was made of it so far."""
    message, verdict = one.message, one.verdict
    return Question(
        item=message.id,
        sender=message.sender.label,
        subject=message.subject,
        text=message.reply_text or message.text,
        verdict={
            "category": verdict.category.value,
            "urgency": verdict.urgency,
            "reasons": list(verdict.reasons),
            "requests": [r.span.text for r in verdict.requests],
        },
    )


def second(some: Sequence[Judged], model: Opinions) -> dict[str, Verdict]:
    """By item, those verdicts that a model changed. A model that is away, too dear or talks nonsense changes nothing."""
    changed = {}
    for one in some:
        if not worth_asking(one):
            continue
        try:
            said = model.consider(question(one))
        except BudgetExceeded:
            break
        except ExternalError:
            continue
        reply = read(said)
        if reply is not None and (verdict := weighed(one.verdict, reply, model.name)) != one.verdict:
            changed[one.message.id] = verdict
    return changed


def read(said: Mapping[str, Any]) -> Reply | None:
    """None where it is not of the form that was asked for: no field is guessed. Fields that nobody asked for are not looked at."""
    category, urgency = said.get("category"), said.get("urgency")
    summary, because = said.get("summary", ""), said.get("because", "")
    if category not in list(Category) or isinstance(urgency, bool) or not isinstance(urgency, (int, float)):
        return None
    if not 0 <= urgency <= 1 or not isinstance(summary, str) or not isinstance(because, str):
        return None
    return Reply(Category(category), float(urgency), _line(summary), _line(because))


def weighed(verdict: Verdict, reply: Reply, model: str) -> Verdict:
    """The verdict with what the reply may change: the category by one step, urgency within its bounds, one reason more."""
    if verdict.brain in _DECIDED or verdict.priority or verdict.spam or verdict.phishing:
        return verdict
    category = reply.category if reply.category in _NEXT[verdict.category] else verdict.category
    if category is verdict.category:
        urgency = min(verdict.urgency + FURTHEST, max(verdict.urgency - FURTHEST, reply.urgency))
    else:
        urgency = reply.urgency if abs(reply.urgency - BASE[category]) <= FURTHEST else BASE[category]
    urgency = round(min(urgency, _UP_TO[category]), 2)
    if (category, urgency) == (verdict.category, verdict.urgency):
        return verdict
    reason = (f"{model}: {reply.because}",) if reply.because else (f"{model} sees it so",)
    return replace(verdict, category=category, urgency=urgency, reasons=(*reason, *verdict.reasons), brain=model)


_NEXT = {
    Category.URGENT: {Category.NEEDS_REPLY},
    Category.NEEDS_REPLY: {Category.URGENT, Category.FYI, Category.PERSONAL},
    Category.PERSONAL: {Category.NEEDS_REPLY, Category.FYI},
    Category.FYI: {Category.NEEDS_REPLY, Category.PROMOTION},
    Category.PROMOTION: {Category.FYI},
}
"""What a verdict may become: a model that was talked into anything moves it by one step and no more."""


def _line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:LONGEST_SUMMARY]
