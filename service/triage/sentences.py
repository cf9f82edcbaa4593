"""Sentences of a message's own text, each at its place in the visible text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from service.triage.lexicon import Hit, words
from service.triage.meanings import LEXICON
from service.triage.words.calendar import MONTHS

LIMIT = 6_000
"""Characters of a text that are looked at: what is asked stands near the top, and a log pasted below must cost nothing."""

_WIDE = "。！？"
_LONGEST = 600  # characters; a longer "sentence" is a table or a dump

_BREAK = re.compile(
    r"(?=[\s\"'”’»)\].!?…。！？])(?:"
    r"\n[ \t]*\n\s*"  # an empty line
    r"|\n[ \t]*(?=(?:[-*•–—·]|\(?\d{1,2}[.)])[ \t])"  # a bullet or a number
    r"|(?<![ \t])[ \t]+(?:(?:and|und|et|y)[ \t]+)?(?=\(\d\)[ \t])"  # "(1) …, and (2) …"
    r"|(?<=[:,;])[ \t]*\n\s*"  # a greeting, a heading
    r"|(?<=[.!?…])[\"'”’»)\]]*\s+"
    r"|[。！？]"
    r")"
)
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:mio|mrd|tsd|mr|mrs|ms|dr|prof|st|no|nr|vs|etc|approx|dept|inc|ltd|corp|jr|sr|e\.g|i\.e|a\.m|p\.m|z\.b|d\.h|bzw|ca|"
    r"usw|hr|fr|tel|abs|bspw|evtl|ggf|sra?|ud|uds|mme|mlle|cf|p\.ex|jan|feb|apr|aug|sept?|oct|okt|nov|dec|dez|[a-z])\.$",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<![^\s(])\d{1,2}\.$")
_ORDINAL = re.compile(
    r"(?:^|[\s(])(?:am|ab|bis|beim|dem|den|der|des|die|das|im|seit|vom|zum|zur)\s+\d{1,2}\.$",  # "am 9. Mai", "im 3. Stock"
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(slots=True)  # not frozen: that would double what making one costs, and there are twenty a message
class Sentence:
    """`offset` is where it begins in the message's visible text, -1 in the subject."""

    text: str
    offset: int
    words: tuple[str, ...] = field(compare=False)
    hits: tuple[Hit, ...] = field(compare=False)  # what the word lists found in it
    meanings: frozenset[str] = field(compare=False)

    def said(self, meaning: str) -> tuple[str, ...]:
        """The phrases of this meaning, as they stand."""
        return tuple(" ".join(self.words[i : i + n]) for m, i, n in self.hits if m == meaning)


def sentence(text: str, offset: int) -> Sentence:
    tokens = words(text)
    hits = LEXICON.find(tokens)
    return Sentence(text, offset, tokens, hits, frozenset([m for m, _, _ in hits]))


def split(text: str, offset: int = 0) -> Iterator[Sentence]:
    """Sentences, bullets and lines of `text` in order; `offset` is added to where each begins."""
    for start, end in _spans(text):
        found = sentence(text[start:end], offset + start)
        if found.words:
            yield found


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Where sentences begin and end, without the blanks around them."""
    start = 0
    for gap in _BREAK.finditer(text):
        at = gap.start()
        before = text[at - 1 : at]
        if before == "." and (_ABBREVIATION.search(text, max(start, at - 12), at) or _is_counted(text, start, at, gap.end())):
            continue
        if before in (",", ";") and _goes_on(text, gap):
            continue
        end = at if gap[0][0] not in _WIDE else gap.end()
        if span := _trimmed(text, start, end):
            yield span
        start = gap.end()
    if span := _trimmed(text, start, len(text)):
        yield span


def _is_counted(text: str, start: int, at: int, then: int) -> bool:
    """Whether the number before the point at `at` is an ordinal or a list's, and what stands at `then` goes on with it."""
    if not _NUMBER.search(text, max(start, at - 4), at):
        return False
    following = _WORD.match(text, then)
    if following is None or text[start : at - 1].strip(" \t(").isdigit():
        return True
    word = following[0]
    return word[0].islower() or word.lower() in MONTHS or bool(_ORDINAL.search(text, max(start, at - 12), at))


def _goes_on(text: str, gap: re.Match[str]) -> bool:
    """A long line that ends in a comma was broken by a mail program; a short one is a greeting or an item."""
    line = text.rfind("\n", 0, gap.start()) + 1
    return "\n" in gap[0] and gap.start() - line > 45 and text[gap.end() : gap.end() + 1].islower()


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, min(end, start + _LONGEST)) if end > start else None


def own_sentences(text: str, reply_text: str, most: int) -> tuple[Sentence, ...]:
    """The first sentences of the reply text, at their offsets in `text`. What cannot be found there word for word is left out."""
    reply = reply_text[:LIMIT]
    at = text.find(reply)
    return tuple(islice(split(reply, at) if at >= 0 else _all_placed(reply, text), most))


def _all_placed(reply: str, text: str) -> Iterator[Sentence]:
    """Quotes were cut out of the middle: each sentence is placed by itself, in order."""
    cursor = 0
    for start, end in _spans(reply):
        for piece, at in _placed(reply[start:end], text, cursor):
            found = sentence(piece, at)
            cursor = at + len(piece)
            if found.words:
                yield found


def _placed(loose: str, text: str, cursor: int) -> Iterator[tuple[str, int]]:
    """A sentence at its place after `cursor`; line by line where a quote was cut out of it or blanks were trimmed."""
    at = text.find(loose, cursor)
    if at >= 0:
        yield loose, at
        return
    for line in filter(None, map(str.strip, loose.split("\n"))):
        at = text.find(line, cursor)
        if at >= 0:
            yield line, at
            cursor = at + len(line)
