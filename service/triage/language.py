"""Which language a message is written in: by its commonest words, or by its script."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from service.triage.lexicon import phrases
from service.triage.words.languages import OTHER, READ

UNKNOWN = "unknown"
"""Too short to tell: it's read as if it were one of ours. Foreign text is something else, see `foreign`."""

_LOOKED_AT = 200  # words
_LATIN = re.compile(r"[a-zà-öø-ÿāăąćčďđēėęěğīįłńňōőœřśşšťūůűųźżžșțə]", re.IGNORECASE)


def _known() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for language, table in (READ | OTHER).items():
        for word in phrases(table):
            found[word] = (*found.get(word, ()), language)
    return found


_WORDS = _known()
_ENGLISH = frozenset(word for word, known in _WORDS.items() if known == ("en",))
_A_FEW, _PLENTY = 60, 7


def language(tokens: Iterable[str]) -> str:
    """One of "en", "de", "fr", "es"; another language's code where it is surely that one, "other" for other scripts; else UNKNOWN.

    `tokens` as by `lexicon.words`, in lower case.
    """
    seen = list(islice(tokens, _LOOKED_AT))
    if len(_ENGLISH.intersection(seen[:_A_FEW])) >= _PLENTY:
        return "en"
    counts: dict[str, float] = {}
    strange = looked = 0
    for token in seen:
        looked += 1
        known = _WORDS.get(token)
        if known:
            share = 1 / len(known)
            for one in known:
                counts[one] = counts.get(one, 0.0) + share
        elif not token.isascii() and not _LATIN.search(token) and token.isalpha():
            strange += 1
    if strange * 3 > looked:
        return "other"
    if not counts:
        return UNKNOWN
    ranked = sorted(counts.items(), key=lambda c: (-c[1], c[0]))
    best, most = ranked[0]
    second = ranked[1][1] if len(ranked) > 1 else 0.0
    if best not in READ:
        ours = max(counts.get(one, 0.0) for one in READ)
        return best if most >= 1.2 and most > 1.25 * ours else UNKNOWN
    return best if most > second else UNKNOWN


def foreign(found: str) -> bool:
    """Whether nothing can be said of what a text in this language asks or promises."""
    return found not in READ and found != UNKNOWN
