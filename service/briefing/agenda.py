"""What an invitation says the meeting is for, without the dial-in text around it."""

from __future__ import annotations

import html
import re

from service.briefing.quoting import READ, Quote, quoted, sentences

_TAG = re.compile(r"<(/?)(br|p|div|li|ul|ol|b|i|u|a|span|html|body)\b[^<>]*>", re.IGNORECASE)
_DIAL_IN = re.compile(
    r"(?im)^\s*(?:[_\-─=~*.:]{8,}|.*-::~|.*\b(?:join (?:zoom|the|with|on|by|microsoft|teams|now)\b|microsoft teams|"
    r"zoom meeting|meeting id|passcode|dial.?in|one tap mobile|joining info|join by phone|google meet|video call link|"
    r"klicken sie hier, um|rejoindre la réunion|is inviting you to))"
)
_LINK = re.compile(r"\S*://\S+")


def agenda(description: str) -> Quote | None:
    """The first sentence or list items of the invitation's own words; None where there are none."""
    text = description[:READ]
    if _TAG.search(text):
        text = html.unescape(_TAG.sub(lambda m: "" if m[2].lower() in {"b", "i", "u", "a", "span"} else "\n", text))
    cut = _DIAL_IN.search(text)
    own = text[: cut.start()] if cut else text
    said = [s for s in sentences(own) if sum(c.isalpha() for c in _LINK.sub("", s)) > 5]
    if not said:
        return None
    first = said[0]
    if len(first) < 60 and len(said) > 1:
        end = own.find(said[1], own.find(first)) + len(said[1])
        first = own[own.find(first) : end]
    return quoted(first, 160)
