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
# old corpus gets wrong about mail of today (a nameless sender, no name in a reply) was set by hand.
_BIAS = -2.31
_WEIGHTS = {
    "account": -0.45, "account+": -0.79, "account++": -0.28, "bait_domain": 1.74, "capitals": 0.55, "cheap_domain": 1.68,
    "cheap_link": 0.42, "clicks": 0.08, "clicks+": -0.05, "clicks++": 0.66, "empty": 1.37, "exclaims": 1.08, "false_reply":
    -1.43, "foreign": 0.72, "fortune": 0.41, "fortune+": 0.3, "fortune++": -0.27, "free_mail": 0.7, "hype": 0.98, "hype+":
    0.71, "hype++": 0.42, "i": -0.11, "i+": 0.17, "link_to_number": 0.77, "links_elsewhere": -0.32, "list": -0.33, "loans":
    1.16, "loans+": 0.63, "loans++": 0.27, "long": -0.55, "mailers": -0.18, "mailers+": 0.48, "mailers++": 0.23, "mangled":
    -0.28, "many_links": -1.17, "money": 0.54, "nameless": 1.42, "news": -0.65, "news+": -0.98, "news++": -0.82, "no_links":
    -0.34, "not_to_me": 0.44, "numbered_sender": 0.32, "payment": -0.38, "payment+": -0.09, "percent": 0.85, "pills": 0.48,
    "pills+": 0.6, "pills++": 0.1, "private_life": -0.47, "private_life+": 0.07, "private_life++": -0.69, "removal": 0.27,
    "removal+": 0.75, "removal++": 1.11, "reply": -2.25, "reply_elsewhere": 0.28, "riches": 1.2, "riches+": 0.34,
    "riches++": 0.41, "sex": 0.58, "sex+": 1.16, "sex++": 0.51, "short": 0.13, "shouting": 1.13, "software": -0.73,
    "software+": 0.3, "software++": 0.17, "spaced_out": 1.12, "subject!": 0.86, "subject$": 0.55, "subject?": -0.18,
    "subject_odd": 0.29, "tagged": -0.24, "talk": 0.1, "talk+": -0.69, "talk++": -1.19, "threat": 0.71, "threat+": -0.08,
    "to_nobody": 0.25, "worded_links": 1.61, "work": 0.15, "work++": -0.44, "you": 0.73, "you+": 1.02,
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
    for name in _COUNTED:
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


def weigh(found: set[str], relation: Relation, *, colleague: bool) -> Junk:
    weight = _BIAS + sum(_WEIGHTS.get(f, 0.0) for f in found)
    if colleague:
        weight -= 3.0
    if relation.sent or relation.answered or relation.known:
        weight -= 4.0  # the person writes to them
    elif relation.received > 5:
        weight -= 0.5
    said = sorted((f for f in found if f in _IN_WORDS and _WEIGHTS.get(f, 0) > 0), key=lambda f: -sum(_WEIGHTS.get(g, 0) for g in (f, f + "+", f + "++") if g in found))
    return Junk(1 / (1 + exp(-weight)), tuple(_IN_WORDS[f] for f in said[:3]))
