"""Whether a sentence asks something of its reader."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import pairwise

from service.triage.lexicon import phrases
from service.triage.likelihood import likelihood
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


def features(of: Sentence) -> set[str]:
    """What speaks for or against an ask, by name: turns of phrase, what stands at the head, how the sentence is built."""
    tokens = of.words
    found = set(of.meanings & _TURNS)
    body = without_lead(of)
    first = body[0] if body else ""
    if first in _IMPERATIVES and not _names_a_thing(body) and not _lets_me(body):
        found.add("imperative")
        if body[1:2] in _TO_ME:
            found.add("to_me")
    elif _WITH_PRONOUN.fullmatch(first):
        found |= {"imperative", "to_me"}
    elif "please" in found and _after_please(tokens) in _IMPERATIVES:
        found.add("please_verb")
    if first in _FORBIDDING and len(tokens) > 2 and (body[1:2] == ("not",) or body[1] in _IMPERATIVES):
        found.add("imperative_not")
    if "duty" in found and first in _REMINDING:
        found.add("reminds")
    if (
        not _IMPERATIVES.isdisjoint(tokens[1:])
        and not _lets_me(body)
        and any(v in _IMPERATIVES for v in _CLAUSE.findall(of.text.lower()))
    ):
        found.add("imperative_clause")
    if "not_asking" in found:
        found -= {"please", "please_verb"}
    _add_shape(found, of.text, tokens, first)
    return found


_WITH_PRONOUN = re.compile(r"[^\W\d_]*[áéíóú][^\W\d_]*(?:me|nos|te|lo|la|los|las|le|les)|d[ií](?:me|nos|le|game|ganos)")
"""A Spanish imperative carries whom it is for: "llámame", "avísanos", "acuérdate"."""
_FORBIDDING = frozenset(("don't", "dont", "do", "never"))
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


_LENGTHS = tuple(f"length{bisect_right((1, 2, 3, 5, 7, 10, 14, 20, 30), count)}" for count in range(64))
"""By the number of words, in steps that widen."""


def _add_shape(found: set[str], text: str, tokens: tuple[str, ...], first: str) -> None:
    count = len(tokens)
    found.add(_LENGTHS[min(count, 63)])
    if first in _QUESTION_STARTS:
        found.add("question_start")
    if tokens and tokens[-1] == "?":
        found.add("question_end")
    if not _YOU.isdisjoint(tokens):
        found.add("you")
    if first in _THEY:
        found.add("starts_they")
    if "if" in tokens:
        found.add("starts_if" if tokens[0] == "if" else "has_if")
    if "me" in tokens or "us" in tokens:
        found.add("me")
    if count < 4:
        found.add("len1")
    if "http" in text or "www." in text or "$LINK" in text:
        found.add("link")
    if "!" in tokens:
        found.add("exclaims")
    last = text[-1:]
    if last in _ENDS:
        found.add(_ENDS[last])
    elif last not in "?!":
        found.add("unended")
    if text[:1].islower():
        found.add("lower_case")
    if _CALLS.match(text):
        found.add("calls_by_name")


_ENDS = {":": "colon", ".": "dot"}
_CALLS = re.compile(r"(?:(?:[Hh]i|[Hh]ey|[Hh]ello|[Dd]ear) )?[^\W\d_a-z][^\W\d_]+(?: [^\W\d_a-z][^\W\d_]+)?\s?[,:–—-]")


def _after_please(tokens: tuple[str, ...]) -> str:
    return next((after for word, after in pairwise(tokens) if word in _POLITE), "")


def plainly(of: Sentence) -> bool:
    """A cheap first look: whether the sentence has a question mark, a turn of asking or an imperative at its head."""
    if "?" in of.words or not of.meanings.isdisjoint(_PLAIN):
        return True
    first = of.words[0]
    if first in _LEADS or first.isdigit():
        first = next(iter(without_lead(of)), "")
    return first in _IMPERATIVES or not (first.isascii() or _WITH_PRONOUN.fullmatch(first) is None)


_PLAIN = frozenset(("please", "let_me_know", "need", "modal", "lets", "duty", "demand"))


def hintingly(of: Sentence) -> bool:
    """Whether the sentence, though it does not ask plainly, speaks of what two people may do: "We could discuss it tomorrow"."""
    return not of.meanings.isdisjoint(_HINTS)


_LEADS = _POLITE | {phrase.split()[0] for phrase in phrases(said.FILLERS)}
_HINTS = frozenset(("discuss", "meet", "offering", "courtesy", "soon", "opinion", "we_should", "invites", "contact", "handing"))


def without_lead(of: Sentence) -> tuple[str, ...]:
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


def asks(text: str) -> float:
    """How sure it is that the sentence asks something of its reader, 0 to 1; 0.5 and above is a yes."""
    of = sentence(text, 0)
    return likelihood(of, features(of))
