"""Times that somebody proposes to meet at: "Tuesday 3pm or Wednesday morning?"."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from service.domain.verdicts import MeetingProposal, Span
from service.triage.dates import Mention
from service.triage.lexicon import Lexicon
from service.triage.sentences import Sentence
from service.triage.words.settling import PROPOSING

_ASKS = frozenset(("modal", "lets", "opinion", "please", "let_me_know"))
_MEETS = frozenset(("meet", "discuss"))
_SHORT = 8  # words of a bare "Tuesday 3pm or Wednesday morning?"


def proposal(sentence: Sentence, dates: Sequence[Mention], sent_at: datetime) -> MeetingProposal | None:
    """None where no time is proposed: a deadline, a day that is over, a meeting that is only told of."""
    slots = [m.statement for m in dates if not m.deadline and _ahead(m, sent_at)]
    if not slots or not _proposes(sentence):
        return None
    return MeetingProposal(Span(sentence.text, sentence.offset), tuple(slots))


_PROPOSING = Lexicon({"proposing": PROPOSING})


def _proposes(sentence: Sentence) -> bool:
    asks = bool(sentence.words) and sentence.words[-1] == "?"
    if _PROPOSING.find(sentence.words):
        return asks or not sentence.meanings & {"hypothetical", "negated"}
    return asks and (len(sentence.words) <= _SHORT or bool(_ASKS & sentence.meanings and _MEETS & sentence.meanings))


def _ahead(mention: Mention, sent_at: datetime) -> bool:
    when = mention.when
    if when.at is not None:
        return when.at > sent_at
    return when.on is None or when.on >= sent_at.astimezone(mention.zone).date()
