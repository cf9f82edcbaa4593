"""What was decided, in the words it was said in."""

from __future__ import annotations

from service.domain.verdicts import Decision, Span
from service.triage.lexicon import Lexicon
from service.triage.phrasing import phrase
from service.triage.sentences import Sentence
from service.triage.words.settling import UNDECIDED

_LONGEST = 60  # words; a decision is said in a sentence


def decision(sentence: Sentence) -> Decision | None:
    """None where nothing is decided: a question, a condition, a decision still to come."""
    at = _said_at(sentence)
    if at < 0 or sentence.offset < 0 or sentence.words[-1] == "?" or len(sentence.words) > _LONGEST:
        return None
    if any(i < at + 6 for _, i, _ in _UNDECIDED.find(sentence.words)):
        return None
    return Decision(Span(sentence.text, sentence.offset), phrase(sentence.text))


def _said_at(sentence: Sentence) -> int:
    """The place of the words that decide; -1 where there are none. German puts them at the end: "haben uns für … entschieden"."""
    if "decision" in sentence.meanings:
        return next(i for m, i, _ in sentence.hits if m == "decision")
    if "decision_end" not in sentence.meanings or _AUXILIARIES.isdisjoint(sentence.words):
        return -1
    return next(i for m, i, _ in sentence.hits if m == "decision_end")


_AUXILIARIES = frozenset(("haben", "habe", "hat", "wurde", "wurden"))
_UNDECIDED = Lexicon({"undecided": UNDECIDED})
