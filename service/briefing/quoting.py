"""The words worth quoting from a text: exact, one sentence, the one that says most."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from service.briefing.lines import one_line
from service.briefing.wording import quote

READ = 6000
"""Characters of a text that are looked at: what matters is said early, and time stays bounded."""
BRIEF = 45
"""Words shorter than this ("Looking forward to your feedback.") need what stands before them."""
WRAPPED = 55
"""A line shorter than this ended on purpose; a longer one was wrapped by a mail client."""
_SENTENCE = re.compile(r"\S[^.!?…]*(?:[.!?…]+(?!\s|$|[\"'”’)\]])[^.!?…]*)*(?:[.!?…]+[\"'”’)\]]*)?")
_BULLET = re.compile(r"\A\s*(?:(?:[-*•–—>#|]+|\d{1,2}[.)]|\[[ xX]?\])\s+)+")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_HELLO = re.compile(
    r"(?i)(hi|hello|hey|dear|good (morning|afternoon|evening)|hallo|guten|liebe[rs]?|sehr geehrte|bonjour|hola|buenos|ciao)\b[^.?!]{0,40}$"
)
_GREETING = re.compile(
    r"(?i)\A(?:hi|hello|hey|dear|hallo|liebe[rs]?|sehr geehrte[rs]?|bonjour|salut|hola|ciao|good (?:morning|afternoon|evening)|guten \w+)\b"
    r"[^,.!?:]{0,40}[,!:]\s+(?=\w)"
)
_POLITE = re.compile(
    r"(?i)\b(hope (you|this|all)|thank you for|thanks for|best regards|kind regards|cheers|"
    r"all the best|sincerely|many thanks|look(ing)? forward|have a (great|nice|good)|let me know if you have any|sent from my|unsubscribe|"
    r"freundliche|mit besten|viele grüße|cordialement|bien à vous|saludos)\b"
)
_ASK = re.compile(
    r"(?i)\b(can|could|would|will|should) (you|we|i)\b|\b(please|need|needs|asap|deadline|bitte|könn\w+|pourri\w+|merci de|por favor|podr\w+)\b"
)
_DECIDED = re.compile(
    r"(?i)\b(agreed?|decided?|decision|action items?|next steps?|to do|vereinbart|beschlossen|entschieden|décidé|convenu|acordado|decidido)\b"
)
_WEIGHTY = re.compile(
    r"(?i)\b(promised?|blocked|risks?|concern\w*|wants?|asked|approved|signed|delay\w*|budget|price|contract|preis|vertrag|prix|contrat)\b"
)


@dataclass(frozen=True, slots=True)
class Quote:
    """`exact` stands so in the source; `shown` is the same on one line, perhaps ending in "…"."""

    exact: str
    shown: str

    def __str__(self) -> str:
        return quote(self.shown, len(self.shown))


def quoted(exact: str, limit: int = 140) -> Quote:
    return Quote(exact, one_line(_BULLET.sub("", exact).replace("**", ""), limit))


def with_lead(text: str, exact: str, offset: int, limit: int = 170) -> Quote:
    """Words at `offset` of a text; where they are few, with the sentence of the same paragraph that leads to them."""
    found = offset >= 0 and text[offset : offset + len(exact)] == exact
    if not found or len(exact) >= BRIEF:
        return quoted(without_greeting(exact))
    start = max(text.rfind("\n\n", 0, offset) + 2, offset - limit, 0)
    before = [s for s in sentences(text[start:offset]) if _weighed(s).weight(frozenset()) > 0]
    at = text.find(before[-1], start) if before else -1
    longer = text[at : offset + len(exact)] if at >= 0 else ""
    return quoted(longer, limit) if 0 < len(longer) <= limit and text[at - 1 : at].strip() == "" else quoted(exact)


@lru_cache(maxsize=2048)
def words_of(text: str) -> frozenset[str]:
    """Asked for the same subjects, titles and mails by every meeting of a day, and again at the second look."""
    return frozenset(w.casefold() for w in _WORD.findall(text[:READ]))


def without_greeting(sentence: str) -> str:
    return _GREETING.sub("", sentence)


def telling(text: str, about: frozenset[str] = frozenset(), limit: int = 140) -> Quote | None:
    """The sentence that asks, settles or names most of what the meeting is `about`; None where a text says nothing."""
    best, best_score = "", 0.0
    for number, said in enumerate(_said(text)):
        score = said.weight(about) - min(number, 10) * 0.15
        if score > best_score:
            best, best_score = said.sentence, score
    return quoted(best, limit) if best else None


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence and what it weighs whatever a meeting is about. Without words it says nothing."""

    sentence: str
    words: frozenset[str]
    base: float
    share: float

    def weight(self, about: frozenset[str]) -> float:
        return (self.base + min(3, len(about & self.words))) * self.share if self.words else 0.0


@lru_cache(maxsize=512)
def _said(text: str) -> tuple[Said, ...]:
    """Every meeting of a day looks through the same mails and chats."""
    return tuple(_weighed(without_greeting(sentence)) for sentence in sentences(text))


def _weighed(sentence: str) -> Said:
    words = _WORD.findall(sentence)
    if len(words) < 3 or _HELLO.match(sentence) or sentence.lstrip().startswith("#"):
        return Said(sentence, frozenset(), 0.0, 0.0)
    base = 1.0 + 2.0 * sentence.rstrip("”\"') ").endswith("?") + 1.5 * bool(_ASK.search(sentence))
    base += 2.0 * bool(_DECIDED.search(sentence)) + bool(_WEIGHTY.search(sentence))
    base += 0.5 * any(map(str.isdigit, sentence)) - 0.5 * (len(words) < 5)
    share = 0.25 if _POLITE.search(sentence) else 1.0
    return Said(sentence, frozenset(w.casefold() for w in words), base, share)


def sentences(text: str) -> Iterator[str]:
    """Exact pieces of the text, in order. A blank line, a list item or a short line ends a sentence as a full stop does."""
    for paragraph in _paragraphs(text[:READ]):
        mark = _BULLET.match(paragraph)
        start = len(paragraph) - len(paragraph.lstrip())
        for found in _SENTENCE.finditer(paragraph, mark.end() if mark else 0):
            # The mark of a list item belongs to its first sentence: "1." is none by itself.
            yield paragraph[start if mark else found.start() : found.end()].rstrip()
            mark = None


def _paragraphs(text: str) -> Iterator[str]:
    held = ""
    for one in text.splitlines(keepends=True):
        if held and (not one.strip() or _BULLET.match(one) or len(held.splitlines()[-1]) < WRAPPED):
            yield held
            held = ""
        held += one if one.strip() else ""
    if held:
        yield held
