"""How much a message resembles junk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp

from service.domain.items import Message
from service.domain.people import Person
from service.domain.verdicts import Relation
from service.triage.marks import marks
from service.triage.words.junk import TABLES

_COUNTED = (*TABLES, "private_life", "work")
_I = frozenset(("i", "i'm", "i've", "i'd", "i'll"))
_YOU = frozenset(("you", "your"))

# Logistic regression on the SpamAssassin public corpus and the spam of amd/gaia's mails, over the features below. What that
# old corpus gets wrong about mail of today (a nameless sender, no name in a reply) and what it has too little of ("labelled",
# "lewd", "lure") was set by hand.
_BIAS = -2.64
_WEIGHTS = {
    "bait_domain": 1.51, "capitals": 0.47, "cheap_domain": 1.73, "cheap_link": 0.56, "clicks": -0.11, "clicks+": 0.29,
    "clicks++": 0.87, "empty": 0.28, "exclaims": 1.23, "foreign": 0.74, "fortune": 0.38, "fortune+": 0.18, "fortune++":
    -0.15, "free_mail": 0.73, "hidden": 0.4, "hype": 1.07, "hype+": 0.56, "hype++": 0.42, "labelled": 3.0, "link_to_number": 0.87, "list":
    -0.31, "loans": 0.9, "loans+": 0.37, "loans++": 0.26, "lewd": 1.6, "lewd+": 0.8, "long": -0.38, "lure": 1.4, "lure+": 0.8, "mailers": -0.41, "mailers+": 0.43, "mailers++":
    0.18, "many_links": -0.83, "money": 0.57, "nameless": 0.97, "news": -0.57, "news+": -1.26, "news++": -0.79, "no_links":
    -0.12, "numbered_sender": 0.35, "percent": 0.84, "pills": 0.57, "pills+": 0.57, "pills++": 0.08, "private_life": -0.45,
    "private_life+": -0.07, "private_life++": -0.95, "removal+": 0.91, "removal++": 1.05, "reply": -2.27, "reply_elsewhere":
    0.12, "riches": 0.81, "riches+": 0.49, "riches++": 0.33, "sex": 0.38, "sex+": 0.99, "sex++": 0.6, "short": -0.05,
    "shouting": 1.09, "spaced_out": 1.17, "subject!": 0.96, "subject$": 0.49, "subject?": -0.25, "subject_odd": 0.34,
    "tagged": -0.12, "talk": 0.38, "talk+": -1.04, "talk++": -1.08, "threat": 0.7, "to_nobody": 0.55, "worded_links": 1.07,
    "you": 0.58, "you+": 1.17,
}  # fmt: skip

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
        return self.likely >= 0.55


def evidence(message: Message, person: Person, tokens: tuple[str, ...], counts: Mapping[str, int]) -> set[str]:
    """Features by name. `counts` says how often each meaning of the word list occurs; + and ++ mark how densely."""
    found = set(marks(message, person))
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


def weigh(found: set[str], relation: Relation, *, colleague: bool) -> Junk:
    weight = _BIAS + sum(_WEIGHTS.get(f, 0.0) for f in found)
    if colleague:
        weight -= 3.0
    if relation.sent or relation.answered or relation.known:
        weight -= 4.0  # the person writes to them
    elif relation.received > 5:
        weight -= 0.5
    said = sorted(
        (f for f in found if f in _IN_WORDS and _WEIGHTS.get(f, 0) > 0),
        key=lambda f: -sum(_WEIGHTS.get(g, 0) for g in (f, f + "+", f + "++") if g in found),
    )
    return Junk(1 / (1 + exp(-weight)), tuple(_IN_WORDS[f] for f in said[:5]))
