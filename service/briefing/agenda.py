"""What an invitation says the meeting is for, without the dial-in text around it."""

from __future__ import annotations

import html
import re
from itertools import takewhile

from service.briefing.lines import one_line
from service.briefing.quoting import READ, Quote, sentences

_TAG = re.compile(r"<(/?)(br|p|div|li|ul|ol|b|i|u|a|span|html|body)\b[^<>]*>", re.IGNORECASE)
_RULER = re.compile(r"[_\-─=~*.:]{8,}|-::~")
_DIAL_IN = re.compile(
    r"\b(?:join (?:zoom|the|with|on|by|microsoft|teams|now)\b|microsoft teams|zoom meeting|meeting id|passcode|dial.?in|one tap mobile|"
    r"joining info|google meet|video call link|klicken sie hier, um|rejoindre la réunion|is inviting you to)",
    re.IGNORECASE,
)
_ITEM = re.compile(r"\n\s*[-*•–]\s+")
_INLINE = frozenset({"b", "i", "u", "a", "span"})
_HEADING = re.compile(
    r"\A\s*(?:agenda|topics|traktanden|tagesordnung|themen|ordre du jour|orden del día)\s*:?\s*(?=\n)", re.IGNORECASE
)
_LINK = re.compile(r"\w{1,12}://\S+")
LENGTH = 160


def agenda(description: str) -> Quote | None:
    """The first sentences or list items of the invitation's own words; None where there are none."""
    text = description[:READ]
    if _TAG.search(text):
        text = html.unescape(_TAG.sub(lambda m: "" if m[2].lower() in _INLINE else "\n", text))
    lines = takewhile(lambda one: not (_RULER.match(one.strip()) or _DIAL_IN.search(one[:200])), text.splitlines(keepends=True))
    own = _HEADING.sub("", "".join(lines))
    said = [s for s in sentences(own) if sum(c.isalpha() for c in _LINK.sub("", s)) > 4]
    if not said:
        return None
    start = end = own.find(said[0])
    for sentence in said:
        further = own.find(sentence, end) + len(sentence)
        if end > start and further - start > LENGTH:
            break
        end = further
    return Quote(own[start:end], one_line(_ITEM.sub("; ", own[start:end].removeprefix("- ")), LENGTH))
