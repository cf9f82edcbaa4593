"""Lines under a meeting that say different things."""

from __future__ import annotations

from collections.abc import Iterable

from service.briefing.conversations import bare_subject
from service.domain.facts import Fact

PREPARATION = 2


def varied(candidates: Iterable[Fact], most: int = PREPARATION) -> list[Fact]:
    """The first ones, never two from one conversation nor two of one kind."""
    kept: list[Fact] = []
    for fact in candidates:
        if len(kept) < most and all(_group(f) != _group(fact) and not _marks(f) & _marks(fact) for f in kept):
            kept.append(fact)
    return kept


def _group(fact: Fact) -> str:
    """One line of what is open in words, one of a deal or of what was said: two of a sort say less than two sorts."""
    return "words" if fact.topic in {"asks", "asked", "mine", "theirs"} else "said" if fact.topic != "deal" else "deal"


def _marks(fact: Fact) -> set[str]:
    """What two lines from one conversation share."""
    source = fact.sources[0]
    return {source.id, bare_subject(source.title).casefold(), source.quote or source.id}
