"""Abbreviations, initials, quotes and symbols in English."""

from __future__ import annotations

import re

_SHORT = {
    "e.g.": "for example", "i.e.": "that is", "etc.": "and so on", "vs.": "versus", "vs": "versus", "approx.": "approximately",
    "mr.": "Mister", "mrs.": "Missus", "ms.": "Miz", "dr.": "Doctor", "prof.": "Professor", "inc.": "Incorporated", "ltd.": "Limited",
    "jr.": "Junior", "st.": "Saint", "dept.": "department", "no.": "number", "w/o": "without", "w/": "with", "incl.": "including",
    "tbd": "to be decided", "tba": "to be announced", "fyi": "for your information", "asap": "as soon as possible",
    "eod": "end of day", "cob": "close of business", "eow": "end of week", "ooo": "out of office", "pls": "please", "thx": "thanks",
    "re:": "about", "fwd:": "forwarded", "fw:": "forwarded", "n/a": "not applicable", "p.s.": "postscript",
}  # fmt: skip
_KEYS = "|".join(re.escape(k) for k in sorted(_SHORT, key=len, reverse=True))
SHORT = re.compile(rf"(?<![\w.])({_KEYS})(?!\w)", re.IGNORECASE)
_SAID_AS_WORDS = frozenset({"GIF", "PIN", "SIM", "RAM", "DAX", "SAP"})
_STARTERS = frozenset({
    "Could", "Can", "Would", "Will", "Please", "Do", "Does", "Did", "Is", "Are", "Was", "Were", "What", "When", "Where",
    "Who", "Why", "How", "We", "You", "They", "He", "She", "It", "The", "This", "That", "These", "Those", "If", "Have",
    "Has", "Should", "Shall", "May", "Let", "My", "Our", "Your", "A", "An", "There", "Here", "Not", "No", "Yes", "As", "At",
    "In", "On", "For", "From", "With",
})  # fmt: skip
_VOWELS = frozenset("AEIOUY")


def name(capitals: str) -> str:
    """How a word in capitals is said: letter by letter where it is short or has no vowel ("C F O"), else as a word ("Atlas")."""
    if not capitals.isupper():
        return capitals
    if capitals in _SAID_AS_WORDS or (len(capitals) > 3 and _VOWELS & set(capitals)):
        return capitals.capitalize()
    return " ".join(capitals) if len(capitals) <= 6 else capitals.capitalize()


def _initials(m: re.Match[str]) -> str:
    return name(m[1]) + ("s" if m[2] else "")


def _expand(m: re.Match[str]) -> str:
    """An abbreviation's own stop ends the sentence too where nothing or a capital follows "etc."."""
    written = m[1].lower()
    return _SHORT[written] + ("." if written == "etc." and m.end() == len(m.string) else "")


def _quoted(m: re.Match[str]) -> str:
    first = m[1]
    return ", " + (first.lower() if first in _STARTERS else first)


RULES = (
    (SHORT, _expand),
    (re.compile(r"\b([A-Z])&([A-Z])\b"), r"\1 and \2"),
    (re.compile(rf":\s+({'|'.join(sorted(_STARTERS))})\b"), lambda m: ", " + m[1].lower()),
    (re.compile(r"[:,]?\s*[“\"«„]([A-Za-z']+)"), lambda m: _quoted(m) if m[0].startswith(":") else " " + m[1]),
    (re.compile(r"\b([A-Z]{2,12})(s?)\b"), _initials),
)
SYMBOL = re.compile(r"[&±+=≈~<>≤≥→⇒➔§°/_-]")
"""Where none of these stands, SYMBOLS have nothing to do."""

SYMBOLS = (
    (re.compile(r"\s*&\s*"), " and "),
    (re.compile(r"\s*±\s*"), " plus or minus "),
    (re.compile(r"(?<=\w)\s*\+\s*(?=\w)"), " plus "),
    (re.compile(r"(?<=\w)\s*=\s*(?=\w)"), " equals "),
    (re.compile(r"[≈~](?=\s?\w)"), "about "),
    (re.compile(r"[<≤](?=\s?\w)"), " less than "),
    (re.compile(r"[>≥](?=\s?\w)"), " more than "),
    (re.compile(r"\s*(?:->|=>|[→⇒➔])\s*"), " to "),
    (re.compile(r"§\s?"), "section "),
    (re.compile(r"°\s?[CF]?\b|°"), " degrees "),
    (re.compile(r"(?<=\w)/(?=\w)"), " or "),
    (re.compile(r"(?<=[a-z])_(?=[a-z])"), " "),
)
