"""Who promised what, by when."""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.domain.verdicts import Commitment, Span, When
from service.triage.dates import Mention
from service.triage.lexicon import Lexicon, phrases
from service.triage.phrasing import phrase
from service.triage.sentences import Sentence
from service.triage.words import promising as said

_MOST = 6
_TURNS = Lexicon({"promise": said.PROMISES})
_DEEDS = Lexicon({"deed": said.DEEDS})
_NOT_DEEDS = Lexicon({"no": said.NOT_DEEDS})
_NEGATIONS = frozenset(phrases(said.NEGATIONS))
_HYPOTHETICALS = Lexicon({"if": said.HYPOTHETICALS})
_REPORTED = frozenset(phrases(said.REPORTED))
_WILL = frozenset(("i'll", "i", "we'll", "we"))
_CLAUSES = re.compile(r"\s*(?:[,;]\s+(?:but|and|so|or)\s+|[;–—]|\s-{1,2}\s|,\s+(?=(?:i|we)(?:'ll|’ll| will)\b))\s*", re.IGNORECASE)
_QUOTED = re.compile(r"[\"“„«][^\"”“»]{0,300}[\"”“»]")
_FRAME = re.compile(
    r"^.*?\b(?:(?:i|we)(?:['’]ll| will| shall|['’](?:m|re) going to| (?:am|are) going to| promise to| plan to| intend to| aim to| commit to| can)|will|ich werde|wir werden|je vais|nous allons|voy a|vamos a|let me)\s+(?:also |then |just |definitely |certainly |gladly |try to |be able to |make sure to )*",
    re.IGNORECASE | re.DOTALL,
)


def commitments(
    sentences: Sequence[tuple[Sentence, tuple[Mention, ...]]], who: str, *, mine: bool
) -> tuple[Commitment, ...]:
    """Promises in the first person, in the order of the text. `who` wrote it."""
    found: list[Commitment] = []
    for sentence, dates in sentences:
        if sentence.offset < 0 or sentence.words[-1] == "?":
            continue
        for start, clause in _clauses(sentence):
            if _promises(clause.words, sentence.words):
                inside = [m for m in dates if 0 <= m.span.offset - clause.offset < len(clause.text)] or list(dates)
                found.append(Commitment(Span(clause.text, clause.offset), _what(clause.text), who, mine, _due(inside)))
                break
        if len(found) == _MOST:
            break
    return tuple(found)


def _clauses(sentence: Sentence) -> list[tuple[int, Sentence]]:
    """Parts of a sentence that may promise on their own: "I won't make it, but I'll call you"."""
    from service.triage.lexicon import words

    text = _QUOTED.sub(lambda m: " " * len(m[0]), sentence.text)
    pieces: list[tuple[int, Sentence]] = []
    start = 0
    for gap in [*_CLAUSES.finditer(text), None]:
        end = gap.start() if gap else len(text)
        piece = text[start:end]
        shift = len(piece) - len(piece.lstrip())
        if piece.strip():
            pieces.append((start, Sentence(sentence.text[start + shift : start + len(piece.rstrip())], sentence.offset + start + shift, words(piece))))
        start = gap.end() if gap else end
    return pieces


def _promises(clause: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    turns = _TURNS.find(clause)
    if not turns or _NOT_DEEDS.find(clause):
        return False
    _, at, length = turns[0]
    before, after = clause[:at], clause[at + length :]
    if not _REPORTED.isdisjoint(before) or not _NEGATIONS.isdisjoint((*before[-2:], *after[:4])):
        return False
    if "if" in whole[:2] or _HYPOTHETICALS.find(clause):
        return False
    if clause[at] in _WILL or clause[at + length - 1] == "to":
        return any(i <= 3 for _, i, _ in _DEEDS.find(after[:8]))
    return True


def _what(text: str) -> str:
    framed = _FRAME.match(text)
    return phrase(text, framed.end() if framed and framed.end() < len(text) - 3 else 0)


def _due(dates: Sequence[Mention]) -> When | None:
    said = [m for m in dates if m.deadline] or list(dates)
    return said[0].due if said else None
