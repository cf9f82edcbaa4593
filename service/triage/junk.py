"""How much a message resembles junk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp

from service.domain.items import Message
from service.domain.people import Person
from service.domain.verdicts import Relation
from service.triage.identity import identity
from service.triage.linear import Linear, load
from service.triage.marks import marks
from service.triage.words.junk import TABLES

_COUNTED = (*TABLES, "private_life", "work", "leaving", "selling")
_I = frozenset(("i", "i'm", "i've", "i'd", "i'll"))
_YOU = frozenset(("you", "your"))

_IN_WORDS = {
    "pills": "sells medicine", "sex": "sexual content", "lewd": "sexual content", "lure": "a stranger's offer of money", "loans": "offers loans or insurance", "riches": "promises income",
    "fortune": "promises a fortune", "hype": "sales talk", "removal": "mass-mail wording", "mailers": "typical junk goods",
    "threat": "threatens with a deadline", "cheap_domain": "comes from a domain ending common in junk", "bait_domain": "the sender's domain is bait",
    "cheap_link": "links to a domain ending common in junk", "link_to_number": "links to a bare IP address", "shouting": "the subject shouts",
    "exclaims": "many exclamation marks", "capitals": "written in capitals", "spaced_out": "torn apart spelling",
    "labelled": "is labelled as advertising", "hidden": "hides text from the reader", "numbered_sender": "a numbered sender address", "empty": "has no text", "money": "sums of money",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Junk:
    """`likely` from 0 to 1, and what speaks for it in words, strongest first."""

    likely: float
    reasons: tuple[str, ...] = ()

    @property
    def spam(self) -> bool:
        return self.likely >= 0.5


_LABELLED = 1.0
"""Advertising that says so in its subject, as laws want of it, needs no statistics."""


def evidence(message: Message, person: Person, tokens: tuple[str, ...], counts: Mapping[str, int]) -> set[str]:
    """Features by name. `counts` says how often each meaning of the word list occurs; + and ++ mark how densely."""
    found = {*marks(message, person), *identity(message)}
    size = max(100.0, len(tokens))
    for name in _COUNTED:
        count = counts.get(name, 0)
        if count:
            rate = count / size * 200
            found.add(name)
            if rate >= 2:
                found.add(name + "+")
            if rate >= 5:
                found.add(name + "++")
    mine = sum(map(_I.__contains__, tokens)) / size
    yours = sum(map(_YOU.__contains__, tokens)) / size
    checks = {
        "i": mine > 0.01, "i+": mine > 0.03, "you": yours > 0.015, "you+": yours > 0.035,
        "short": len(tokens) < 40, "long": len(tokens) > 600, "no_links": not message.links,
    }  # fmt: skip
    found.update(name for name, holds in checks.items() if holds)
    return found


def weigh(found: set[str], wording: Sequence[int], relation: Relation, model: Linear | None = None, *, colleague: bool) -> Junk:
    model = model or load("junk")
    in_order = sorted(found)  # a set's order differs from start to start, and with it the last digit of a sum
    (weight,) = model.scores(dict.fromkeys(in_order, 1.0), wording)
    if "labelled" in found:
        weight = max(weight, _LABELLED)
    if colleague:
        weight -= 3.0
    if relation.sent or relation.answered or relation.known:
        weight -= 4.0  # the person writes to them
    elif relation.received > 5:
        weight -= 0.5
    said = {f: _together(model, f, found) for f in in_order if f in _IN_WORDS}
    reasons = sorted((f for f, speaks in said.items() if speaks > 0), key=lambda f: (-said[f], f))
    return Junk(1 / (1 + exp(-max(-30.0, min(30.0, weight)))), tuple(dict.fromkeys(_IN_WORDS[f] for f in reasons[:5])))


def _together(model: Linear, mark: str, found: set[str]) -> float:
    """What a mark and its stronger forms say for junk."""
    return sum(model.named[f][0] for f in (mark, mark + "+", mark + "++") if f in found and f in model.named)
