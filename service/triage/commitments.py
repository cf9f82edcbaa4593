"""Who promised what, by when."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from service.domain.verdicts import Commitment, Span, When
from service.triage.dates import Mention
from service.triage.language import UNKNOWN
from service.triage.lexicon import phrases
from service.triage.phrasing import phrase
from service.triage.sentences import Sentence, sentence
from service.triage.words import promising as said

_MOST = 6
_NEGATIONS = frozenset(phrases(said.NEGATIONS))
_REPORTED = frozenset(phrases(said.REPORTED))
_STATES = frozenset(phrases(said.STATES))
_ADVERBS = frozenset(phrases(said.ADVERBS))
_HANDED = frozenset(phrases(said.HANDED))
_HANDED_BY_A_DAY = frozenset(phrases(said.HANDED_BY_A_DAY))
_OURS = frozenset(("i'll", "i", "i'm", "we'll", "we", "we're", "let"))
_TURNS = frozenset(("promise", "handing", "coming", "offering", "taken_on"))
_CLAUSES = re.compile(
    r"\s*(?:[,;]\s+(?:but|and|so|or)\s+|[;–—]|\s-{1,2}\s|,\s+(?=(?:i|we)(?:'ll|’ll| will)\b))\s*", re.IGNORECASE
)
_QUOTED = re.compile(r"[\"“„«][^\"”“»]{0,300}[\"”“»]")
_FRAME = re.compile(
    r"^.*?\b(?:(?:i|we)(?:['’]ll| will| shall|['’](?:m|re) going to| (?:am|are) going to| promise to| plan to| intend to| aim to| commit to| can)|will|ich werde|wir werden|je vais|nous allons|voy a|vamos a|let me)\s+(?:also |then |just |definitely |certainly |gladly |try to |be able to |(?:make|be) sure to )*",
    re.IGNORECASE | re.DOTALL,
)


def commitments(
    sentences: Sequence[tuple[Sentence, tuple[Mention, ...]]], who: str, *, mine: bool, language: str = "en"
) -> tuple[Commitment, ...]:
    """Promises in the first person, in the order of the text. `who` wrote it."""
    found: list[Commitment] = []
    future = _FUTURE.get(language)
    for whole, dates in sentences:
        if whole.meanings.isdisjoint(_TURNS) and not (future and future.search(whole.text)):
            continue
        if whole.offset < 0 or whole.words[-1] == "?":
            continue
        for clause in _clauses(whole):
            if _promises(clause, whole, dated=bool(dates)) or (future and _will_do(clause, whole, future, dated=bool(dates))):
                inside = [m for m in dates if 0 <= m.span.offset - clause.offset < len(clause.text)] or list(dates)
                found.append(Commitment(Span(clause.text, clause.offset), _what(clause), who, mine, _due(inside)))
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
            masked = sentence(piece.strip(), whole.offset + start + shift)
            yield replace(masked, text=whole.text[start + shift : start + len(piece.rstrip())])
        start = gap.end() if gap else end


def _promises(clause: Sentence, whole: Sentence, *, dated: bool) -> bool:
    turn = next((h for h in clause.hits if h[0] in _TURNS), None)
    if (
        turn is None
        or "no_deed" in clause.meanings
        or "hypothetical" in clause.meanings
        or "if" in whole.words[:2]
        or whole.words[0] in _CONDITIONS
    ):
        return False
    meaning, at, length = turn
    before, after = clause.words[:at], clause.words[at + length :]
    if not _REPORTED.isdisjoint(before) or not _NEGATIONS.isdisjoint((*before[-2:], *after[:4])):
        return False
    if meaning == "handing":
        return _hands_over(clause, at, after, dated=dated)
    if meaning == "offering":
        return dated and any(m == "offered" and 0 <= i - at - length <= 1 for m, i, _ in clause.hits)
    if meaning == "coming":
        return dated
    if meaning == "taken_on":  # "anything will do"; a promise begins "Will do"
        return at == 0 or clause.words[at] not in ("will", "on")
    return clause.words[at] not in _OURS or _is_deed(clause, at + length, dated=dated)


def _will_do(clause: Sentence, whole: Sentence, future: re.Pattern[str], *, dated: bool) -> bool:
    """In languages whose verbs say who and when by their ending: "nous livrerons", "escribiré"; in German with a day beside them."""
    match = future.search(clause.text)
    if (
        match is None
        or not clause.meanings.isdisjoint(("hypothetical", "no_deed"))
        or not _CONDITIONS.isdisjoint(whole.words[:1])
    ):
        return False
    kind = match.lastgroup or ""
    if match[kind].lower() in (_GERMAN_STATES if kind.startswith("de") else _FUTURE_STATES) or (
        kind.startswith("de") and not dated
    ):
        return False
    return _NEGATIONS.isdisjoint(clause.words) and _REPORTED.isdisjoint(clause.words)


_FUTURE = {
    "fr": re.compile(r"\b(?:j['’]|je (?:(?:te|vous|le|la|les|lui|leur|me|y|en|t['’]|l['’]|m['’]en) ?)*|nous (?:(?:vous|te|le|la|les|leur|nous) )*)(?P<fr>\w+?(?:rai|rons))\b", re.IGNORECASE),
    "es": re.compile(r"\b(?P<es>\w{2,}(?:aré|eré|iré|dré|remos))\b", re.IGNORECASE),
    "de": re.compile(r"\bich (?P<de>\w{2,}e)\b|\b(?P<de2>\w{2,}e) ich\b|\bwir (?P<de3>\w{2,}e?n)\b|\b(?P<de4>\w{2,}e?n) wir\b", re.IGNORECASE),
}  # fmt: skip
_FUTURE[UNKNOWN] = re.compile("|".join(_FUTURE[tongue].pattern for tongue in ("fr", "es")), re.IGNORECASE)
_GERMAN_STATES = frozenset(phrases(said.GERMAN_STATES))
_FUTURE_STATES = frozenset(phrases(said.FUTURE_STATES))
_CONDITIONS = frozenset(("if", "si", "s'il", "wenn", "falls"))


def _is_deed(clause: Sentence, start: int, *, dated: bool) -> bool:
    """Whether the verb after "I'll" does something: "I'll be happy" tells a state, "I'll be in touch" a deed."""
    deed = next((clause.words[i] for m, i, _ in clause.hits if m == "deed" and 0 <= i - start <= 1), "")
    if deed:
        return deed != "have" or dated
    ahead = clause.words[start : start + 6]
    if ahead[:3] == ("be", "sure", "to"):
        ahead = ahead[3:]
    verb = next((w for w in ahead if w not in _ADVERBS and not w.endswith("ly")), "")
    return verb.isalpha() and verb not in _STATES


def _hands_over(clause: Sentence, at: int, after: tuple[str, ...], *, dated: bool) -> bool:
    """As "You'll have it by Friday", "expect my draft tomorrow"; but "you'll have fun", "expect delays"."""
    what = after[0] if after else ""
    if clause.words[at] == "expect":
        return at == 0 and (what in _HANDED or (what == "the" and after[-2:] in (("from", "me"), ("from", "us"))))
    owed = clause.words[at] in ("i", "we")
    return owed or what in _HANDED or (dated and what in _HANDED_BY_A_DAY)


def _what(clause: Sentence) -> str:
    """Without "I'll"; whole where the words before the verb are not the writer's: "You'll have it by Friday"."""
    text = clause.text
    framed = None if "promise" not in clause.meanings and "offering" not in clause.meanings else _FRAME.match(text)
    return phrase(text, framed.end() if framed and framed.end() < len(text) - 3 else 0)


def _due(dates: Sequence[Mention]) -> When | None:
    said = [m for m in dates if m.deadline] or list(dates)
    return said[0].due if said else None
