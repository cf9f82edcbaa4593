"""Answers that rules want, as drafts to propose. Only to a sender whom the rule names word for word: nobody else's address may be a target."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from service.actions.tools import DRAFT
from service.answering import answer, named
from service.answering.answers import Desk
from service.domain.answers import Answer
from service.domain.items import Message
from service.domain.proposals import Fixed, Given, Outside, StandingApproval
from service.domain.rules import Rule
from service.domain.verdicts import Judged, Verdict


def standing(rules: Sequence[Rule]) -> Iterator[StandingApproval]:
    """A rule's yes to drafts of its template for the one sender that it names."""
    for rule in rules:
        wish = rule.then.answer
        if wish is not None and wish.by_itself and (address := named(rule)):
            yield StandingApproval(rule.name, DRAFT.name, {"to": [address]}, wish.a_day)


def drafted(desk: Desk, rules: Sequence[Rule], item: Message, verdict: Verdict, now: datetime) -> Answer | None:
    """None where no rule that fired wants one, names whom it goes to, or has a template that answers honestly."""
    found = answer(desk, Judged(item, verdict), rules, now)
    return found if isinstance(found, Answer) and found.named else None


def arguments(found: Answer) -> Mapping[str, Given]:
    """The subject and the greeting's name are the sender's own words, so the text counts as outside text as well."""
    of = (found.item,)
    return {
        "to": Fixed((found.named,)),
        "subject": Outside(found.subject, of),
        "text": Outside(found.text, of),
        "answers": Outside(found.item, of),
    }
