"""All word lists as one lexicon, so that each sentence is looked through once."""

from __future__ import annotations

from service.triage.lexicon import Lexicon
from service.triage.words import asking, calendar, junk, promising, tone

LEXICON = Lexicon(
    asking.TABLES
    | junk.TABLES
    | tone.TABLES
    | {
        "filler": asking.FILLERS,
        "demand": asking.DEMANDS,
        "narrated": asking.NARRATED,
        "hurry": asking.SOON,
        "promise": promising.PROMISES,
        "deed": promising.DEEDS,
        "no_deed": promising.NOT_DEEDS,
        "hypothetical": promising.HYPOTHETICALS,
        "date": calendar.HINTS,
    }
)
