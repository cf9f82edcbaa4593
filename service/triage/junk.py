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

_I = frozenset(("i", "i'm", "i've", "i'd", "i'll"))
_YOU = frozenset(("you", "your"))

# Logistic regression on the SpamAssassin public corpus and the spam of amd/gaia's mails, over the features below. What that
# old corpus gets wrong about mail of today (a nameless sender, no name in a reply) was set by hand.
_BIAS = -2.64
_WEIGHTS = {
    "bait_domain": 1.64, "capitals": 0.76, "cheap_domain": 1.58, "cheap_link": 0.33, "clicks": 0.12, "clicks+": -0.06,
    "clicks++": 0.88, "empty": 1.75, "exclaims": 1.0, "foreign": 1.18, "fortune": 0.36, "fortune+": 0.29, "fortune++":
    -0.27, "free_mail": 0.69, "hype": 0.95, "hype+": 0.86, "hype++": 0.42, "link_to_number": 0.86, "list": -0.44, "loans":
    1.18, "loans+": 0.72, "loans++": 0.3, "long": -0.41, "mailers": -0.38, "mailers+": 0.61, "mailers++": 0.38,
    "many_links": -1.52, "money": 0.65, "nameless": 0.7, "news": -0.58, "news+": -1.02, "news++": -0.67, "no_links": -0.19,
    "numbered_sender": 0.35, "percent": 0.79, "pills": 0.45, "pills+": 0.71, "pills++": 0.13, "removal": 0.27, "removal+":
    0.66, "removal++": 1.29, "reply": -2.08, "reply_elsewhere": 0.05, "riches": 1.18, "riches+": 0.34, "riches++": 0.54,
    "sex": 0.5, "sex+": 1.12, "sex++": 0.51, "short": 0.35, "shouting": 1.28, "spaced_out": 1.28, "subject!": 0.93,
    "subject$": 0.8, "subject?": -0.13, "subject_odd": 0.57, "talk": 0.08, "talk+": -0.91, "talk++": -1.05, "threat": 0.67,
    "to_nobody": 0.36, "worded_links": 1.75, "you": 0.79, "you+": 0.96,
}  # fmt: skip

_IN_WORDS = {
    "pills": "sells medicine", "sex": "sexual content", "loans": "offers loans or insurance", "riches": "promises income",
    "fortune": "promises a fortune", "hype": "sales talk", "removal": "mass-mail wording", "mailers": "typical junk goods",
    "threat": "threatens with a deadline", "cheap_domain": "comes from a domain ending common in junk", "bait_domain": "the sender's domain is bait",
    "cheap_link": "links to a domain ending common in junk", "link_to_number": "links to a bare IP address", "shouting": "the subject shouts",
    "exclaims": "many exclamation marks", "capitals": "written in capitals", "mangled": "disguised spellings", "spaced_out": "torn apart spelling",
    "hidden": "hides text from the reader", "numbered_sender": "a numbered sender address", "empty": "has no text", "money": "sums of money",
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
    for name in TABLES:
        count = counts.get(name, 0)
        if count:
            rate = count / size * 200
            found.add(name)
            if rate >= 2:
                found.add(name + "+")
            if rate >= 5:
                found.add(name + "++")
    mine = sum(t in _I for t in tokens) / size
    yours = sum(t in _YOU for t in tokens) / size
    checks = {
        "i": mine > 0.01, "i+": mine > 0.03, "you": yours > 0.015, "you+": yours > 0.035,
        "short": len(tokens) < 40, "long": len(tokens) > 600, "no_links": not message.links,
    }  # fmt: skip
    found.update(name for name, holds in checks.items() if holds)
    return found


def weigh(found: set[str], relation: Relation) -> Junk:
    weight = _BIAS + sum(_WEIGHTS.get(f, 0.0) for f in found)
    if relation.sent or relation.answered or relation.known:
        weight -= 4.0  # the person writes to them
    elif relation.received > 5:
        weight -= 0.5
    said = sorted((f for f in found if f in _IN_WORDS and _WEIGHTS.get(f, 0) > 0), key=lambda f: -sum(_WEIGHTS.get(g, 0) for g in (f, f + "+", f + "++") if g in found))
    return Junk(1 / (1 + exp(-weight)), tuple(_IN_WORDS[f] for f in said[:3]))
