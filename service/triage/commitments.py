"""Who promised what, by when."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from service.domain.verdicts import Commitment, Span, When
from service.triage.dates import Mention
from service.triage.lexicon import phrases
from service.triage.phrasing import phrase
from service.triage.sentences import Sentence, sentence
from service.triage.words import promising as said

_MOST = 6
_NEGATIONS = frozenset(phrases(said.NEGATIONS))
_REPORTED = frozenset(phrases(said.REPORTED))
_WILL = frozenset(("i'll", "i", "we'll", "we"))
_CLAUSES = re.compile(
    r"\s*(?:[,;]\s+(?:but|and|so|or)\s+|[;–—]|\s-{1,2}\s|,\s+(?=(?:i|we)(?:'ll|’ll| will)\b))\s*", re.IGNORECASE
)
_QUOTED = re.compile(r"[\"“„«][^\"”“»]{0,300}[\"”“»]")
_FRAME = re.compile(
    r"^.*?\b(?:(?:i|we)(?:['’]ll| will| shall|['’](?:m|re) going to| (?:am|are) going to| promise to| plan to| intend to| aim to| commit to| can)|will|ich werde|wir werden|je vais|nous allons|voy a|vamos a|let me)\s+(?:also |then |just |definitely |certainly |gladly |try to |be able to |make sure to )*",
    re.IGNORECASE | re.DOTALL,
)


def commitments(sentences: Sequence[tuple[Sentence, tuple[Mention, ...]]], who: str, *, mine: bool) -> tuple[Commitment, ...]:
    """Promises in the first person, in the order of the text. `who` wrote it."""
    found: list[Commitment] = []
    for whole, dates in sentences:
        if "promise" not in whole.meanings or whole.offset < 0 or whole.words[-1] == "?":
            continue
        for clause in _clauses(whole):
            if _promises(clause, whole):
                inside = [m for m in dates if 0 <= m.span.offset - clause.offset < len(clause.text)] or list(dates)
                found.append(Commitment(Span(clause.text, clause.offset), _what(clause.text), who, mine, _due(inside)))
                break
        if len(found) == _MOST:
            break
    return tuple(found)


def _clauses(whole: Sentence) -> Iterator[Sentence]:
    """Parts of a sentence that may promise on their own: "I won't make it, but I'll call you"."""
    text = _QUOTED.sub(lambda m: " " * len(m[0]), whole.text)
    start = 0
    for gap in [*_CLAUSES.finditer(text), None]:
        end = gap.start() if gap else len(text)
        piece = text[start:end]
        shift = len(piece) - len(piece.lstrip())
        if piece.strip():
            yield sentence(whole.text[start + shift : start + len(piece.rstrip())], whole.offset + start + shift)
        start = gap.end() if gap else end


def _promises(clause: Sentence, whole: Sentence) -> bool:
    tokens = clause.words
    turn = next((h for h in clause.hits if h[0] == "promise"), None)
    if turn is None or "no_deed" in clause.meanings:
        return False
    _, at, length = turn
    before, after = tokens[:at], tokens[at + length :]
    if not _REPORTED.isdisjoint(before) or not _NEGATIONS.isdisjoint((*before[-2:], *after[:4])):
        return False
    if "if" in whole.words[:2] or "hypothetical" in clause.meanings:
        return False
    if tokens[at] in _WILL or tokens[at + length - 1] == "to":
        return any(m == "deed" and 0 <= i - at - length <= 3 for m, i, _ in clause.hits)
    return True


def _what(text: str) -> str:
    framed = _FRAME.match(text)
    return phrase(text, framed.end() if framed and framed.end() < len(text) - 3 else 0)


def _due(dates: Sequence[Mention]) -> When | None:
    said = [m for m in dates if m.deadline] or list(dates)
    return said[0].due if said else None
