"""Whether a sentence asks something of its reader."""

from __future__ import annotations

import re
from itertools import pairwise
from math import exp

from service.triage.lexicon import phrases
from service.triage.sentences import Sentence, sentence
from service.triage.words import asking as said

_TURNS = frozenset(said.TABLES)
_IMPERATIVES = frozenset(phrases(said.IMPERATIVES))
_QUESTION_STARTS = frozenset(phrases(said.QUESTION_STARTS))
_YOU = frozenset(phrases(said.YOU))
_THEY = frozenset(phrases(said.THEY))
_POLITE = frozenset(phrases(said.POLITE))
_CLAUSE = re.compile(
    r"(?:[,;:–—-]|\bthen|\bso|\band|\bbut|\.\.)\s+(?:(?:please|pls|just|simply|also|then|maybe|so|kindly) )*([^\W\d_]+)"
)
"""Where a second thing may be asked: "…, then call me"."""

# Logistic regression on ParakweetLabs/EmailIntentDataSet (Apache-2.0) over the features below; F1 0.81 in ten folds.
_BIAS = -2.49
_WEIGHTS = {
    "any": 0.21, "attention": -0.23, "broadcast": -1.12, "can": 0.72, "colon": 0.55, "contact": 0.65, "courtesy": -1.11,
    "dealing": 0.69, "discuss": 1.84, "dot": 0.38, "duty": 0.52, "has_if": 0.65, "imperative": 1.43, "imperative_clause": 0.96,
    "imperative_not": 0.25, "invites": 1.0, "len1": -0.44, "len2": 0.3, "len3": 0.47, "len5": -0.35, "let_me_know": 1.23,
    "lets": 1.49, "link": 0.25, "me": 0.27, "meet": 1.07, "modal": 1.8, "need": 1.5, "negated": -0.34, "not_asking": 1.58,
    "offer": -0.33, "opinion": 0.28, "please": 2.66, "please_verb": -1.23, "question_end": 1.93, "question_start": 0.51,
    "soon": 0.6, "starts_if": -0.64, "starts_they": -1.06, "thanks": -1.32, "told": -0.23, "waiting": 0.35, "we_should": 0.55,
    "you": 0.44,
}  # fmt: skip


def features(of: Sentence) -> set[str]:
    """What speaks for or against an ask, by name."""
    tokens = of.words
    found = set(of.meanings & _TURNS)
    body = _without_lead(of)
    first = body[0] if body else ""
    if first in _IMPERATIVES and not _names_a_thing(body) and not _lets_me(body):
        found.add("imperative")
        if body[1:2] in _TO_ME:
            found.add("to_me")
    elif "please" in found and _after_please(tokens) in _IMPERATIVES:
        found.add("please_verb")
    if first in ("don't", "dont", "do", "never") and len(tokens) > 2 and (body[1:2] == ("not",) or body[1] in _IMPERATIVES):
        found.add("imperative_not")
    if "duty" in found and first in _REMINDING:
        found.add("reminds")
    if not _lets_me(body) and any(verb in _IMPERATIVES for verb in _CLAUSE.findall(of.text.lower())):
        found.add("imperative_clause")
    if "not_asking" in found:
        found -= {"please", "please_verb"}
    found |= _shape(of.text, tokens, first)
    return found


_TO_ME = (("me",), ("us",))
_REMINDING = frozenset(("make", "be", "don't", "dont", "do", "remember", "ensure"))
_FINITE = frozenset(
    ("is", "are", "was", "were", "has", "have", "had", "will", "rose", "fell", "went", "grew", "remains", "remain")
)
_NO_SUBJECT = frozenset(
    (
        *(
            "me",
            "us",
            "it",
            "them",
            "him",
            "her",
            "you",
            "your",
            "my",
            "our",
            "his",
            "their",
            "its",
            "the",
            "a",
            "an",
            "this",
            "that",
        ),
        *(
            "these",
            "those",
            "all",
            "any",
            "some",
            "each",
            "every",
            "both",
            "what",
            "which",
            "who",
            "whether",
            "if",
            "when",
            "where",
        ),
        *(
            "how",
            "why",
            "as",
            "to",
            "for",
            "in",
            "on",
            "at",
            "by",
            "with",
            "from",
            "about",
            "out",
            "up",
            "over",
            "into",
            "back",
            "not",
        ),
    )
)


def _names_a_thing(body: tuple[str, ...]) -> bool:
    """As "Call volume rose", "Review meetings are on Mondays": a verb's form, but the head of a statement's subject."""
    ahead = body[1:5]
    verb = next((i for i, word in enumerate(ahead) if word in _FINITE), 0)
    return verb > 0 and _NO_SUBJECT.isdisjoint(ahead[:verb])


def _lets_me(body: tuple[str, ...]) -> bool:
    """As "Let me check": the writer will; "let me know" and "let me have" ask."""
    return body[:2] == ("let", "me") and body[2:3] not in (("know",), ("have",), ("see",))


def _shape(text: str, tokens: tuple[str, ...], first: str) -> set[str]:
    count = len(tokens)
    checks = {
        "question_start": first in _QUESTION_STARTS,
        "question_end": bool(tokens) and tokens[-1] == "?",
        "you": not _YOU.isdisjoint(tokens),
        "starts_they": first in _THEY,
        "starts_if": tokens[:1] == ("if",),
        "has_if": "if" in tokens,
        "me": "me" in tokens or "us" in tokens,
        "len1": count < 4,
        "len2": 4 <= count < 8,
        "len3": 8 <= count < 15,
        "len5": count > 30,
        "link": "http" in text or "www." in text,
        "colon": text.endswith(":"),
        "dot": text.endswith("."),
    }
    return {name for name, holds in checks.items() if holds}


def _after_please(tokens: tuple[str, ...]) -> str:
    return next((after for word, after in pairwise(tokens) if word in _POLITE), "")


def plainly(of: Sentence) -> bool:
    """A cheap first look: whether the sentence has a question mark, a turn of asking or an imperative at its head."""
    return "?" in of.words or not of.meanings.isdisjoint(_PLAIN) or next(iter(_without_lead(of)), "") in _IMPERATIVES


_PLAIN = frozenset(("please", "let_me_know", "need", "modal", "lets", "duty", "demand"))


def _without_lead(of: Sentence) -> tuple[str, ...]:
    """Without "Also", "quick question", "please" and what else stands before the verb."""
    tokens = of.words
    leads = {i: length for meaning, i, length in of.hits if meaning == "filler"} if "filler" in of.meanings else {}
    cut = 0
    while cut < len(tokens):
        if cut in leads:
            cut += leads[cut]
        elif tokens[cut] in _POLITE or tokens[cut].isdigit():
            cut += 1
        else:
            break
    return tokens[cut:]


def weigh(found: set[str]) -> float:
    """How sure these features are, 0 to 1."""
    return 1 / (1 + exp(-_BIAS - sum(_WEIGHTS.get(f, 0.0) for f in found)))


def asks(text: str) -> float:
    """How sure it is that the sentence asks something of its reader, 0 to 1; 0.5 and above is a yes."""
    return weigh(features(sentence(text, 0)))
