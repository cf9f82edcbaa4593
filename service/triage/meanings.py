"""All word lists as one lexicon, so that each sentence is looked through once."""

from __future__ import annotations

from service.triage.lexicon import Lexicon, words
from service.triage.words import asking, calendar, junk, promising, settling, tone

LEXICON = Lexicon(
    asking.TABLES
    | junk.TABLES
    | tone.TABLES
    | {
        "filler": asking.FILLERS,
        "demand": asking.DEMANDS,
        "narrated": asking.NARRATED,
        "hurry": asking.SOON,
        "promise": f"{promising.PROMISES}; {promising.IN_THE_PRESENT}",
        "handing": promising.HANDING,
        "coming": promising.COMING,
        "offering": promising.OFFERING,
        "offered": promising.OFFERED,
        "taken_on": promising.TAKEN_ON,
        "small_talk": asking.SMALL_TALK,
        "deed": promising.DEEDS,
        "no_deed": promising.NOT_DEEDS,
        "hypothetical": promising.HYPOTHETICALS,
        "decision": settling.DECISIONS,
        "decision_end": settling.DECISIONS_END,
        "currency": "; ".join(name for name in settling.CURRENCIES if len(words(name)) == 1),
        "date": calendar.HINTS,
        "month": "; ".join(calendar.MONTHS),
    }
)
