"""Strings from outside, made fit to stand in one line of a rendering."""

from __future__ import annotations

import re

_BREAKS = re.compile(r"[\x00-\x20\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u2800\u3000]+")
"""Controls, line separators and every kind of space: all of them become one plain space."""

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0e"
    "\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ufdd0-\ufdef\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""What a person cannot see, or what turns the reading direction (Unicode categories Cf and the fillers)."""

_JOINERS = re.compile("(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])")
"""Zero-width joiners carry meaning only between letters of other scripts and between emoji."""

_SURROGATES = re.compile("[\ud800-\udfff]")
_STACKED = re.compile("([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{2})"
                      "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")  # fmt: skip


_TAME = re.compile(
    "[ -~\u00a1-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205e\u20a0-\u20cf\u2100-\u27ff]*"
)
"""Latin, Greek and Cyrillic with their punctuation, and common signs: none of the rules here changes any of it."""


def line(text: str, limit: int = 600) -> str:
    """One visible line of at most `limit` characters: no controls, no line breaks, nothing that reorders or hides text."""
    if not _TAME.fullmatch(text):
        text = _visible(text[: limit * 8])
    return clip(" ".join(text.split()), limit)


def clip(text: str, limit: int) -> str:
    """At most `limit` characters, cut between words where there is a gap in the last third."""
    if len(text) <= limit:
        return text
    gap = text.rfind(" ", limit * 2 // 3, limit)
    return text[: gap if gap > 0 else limit - 1].rstrip(" ,;:") + "…"


def capital(text: str) -> str:
    """The first word with a capital, unless it has one of its own further in ("iPhone")."""
    first = text.partition(" ")[0]
    return text[:1].upper() + text[1:] if first.islower() else text


def _visible(text: str) -> str:
    text = _SURROGATES.sub("\ufffd", text)
    text = _BREAKS.sub(" ", text)
    text = _INVISIBLE.sub("", text)
    text = _JOINERS.sub("", text)
    return _STACKED.sub(r"\1", text)
