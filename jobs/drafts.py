"""From facts to a draft: one notice for each audience that its channels have, without what that audience may not see."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from service.briefing.render import to_notice
from service.briefing.sight import sight
from service.domain.delivery import Audience, Draft, Keep, Nothing, Notice, Recheck, Replace, Skip
from service.domain.facts import Briefing, Coverage, Fact, Sensitivity
from service.domain.people import Person
from service.ports import Services

SECTION = "alert"


@dataclass(frozen=True, slots=True)
class Words:
    """What one audience is told: `short` is at most two lines."""

    subject: str
    short: str
    bottom_line: str = ""


Phrase = Callable[[tuple[Fact, ...]], Words]


def alert(
    services: Services, person: Person, facts: tuple[Fact, ...], to: tuple[str, ...], phrase: Phrase, now: datetime, priority: str
) -> Draft | Nothing:
    """Subject and short form are phrased anew from what each audience may see; a channel that may see nothing is left out."""
    channels: list[str] = []
    notices: dict[Audience, Notice] = {}
    coverage = sight(services.items.accounts(), now)
    for channel in dict.fromkeys(to):
        audience = audience_of(services, channel)
        seen = visible(facts, audience)
        if not seen:
            continue
        channels.append(channel)
        if audience not in notices:
            words = phrase(seen)
            notice = to_notice(_briefing(person, seen, words, now, coverage), audience, script=services.scripts)
            notices[audience] = replace(notice, subject=words.subject, short=words.short, priority=priority)
    if not channels:
        return Nothing(
            "what there is to say is private, and its channels are seen by others" if to else "no channel is named for it"
        )
    return Draft(tuple(notices.values()), tuple(channels), facts, basis_of(facts), "alert")


def audience_of(services: Services, channel: str) -> Audience:
    """A channel that nobody vouches for may be seen by others."""
    return services.audiences.get(channel, Audience.OTHERS)


def visible(facts: Iterable[Fact], audience: Audience) -> tuple[Fact, ...]:
    if audience is Audience.PERSON:
        return tuple(facts)
    shown = (f for f in facts if f.sensitivity is Sensitivity.NORMAL)
    return tuple(replace(f, details=visible(f.details, audience)) for f in shown)


def basis_of(facts: Iterable[Fact], **more: str) -> dict[str, Any]:
    return {"facts": {f.key: f.version for f in facts}, **more}


def compare(draft: Draft, again: Draft | Nothing, reason: str = "it changed since it was prepared") -> Recheck:
    """What would be said now against what was prepared."""
    if isinstance(again, Nothing):
        return Skip(again.reason)
    before: Mapping[str, str] = draft.basis.get("facts", {})
    return Keep() if before == again.basis["facts"] and set(again.to) == set(draft.to) else Replace(reason)


def _briefing(person: Person, facts: tuple[Fact, ...], words: Words, now: datetime, coverage: Coverage) -> Briefing:
    return Briefing(
        kind="alert",
        person=person.id,
        title=words.subject,
        subject=words.subject,
        bottom_line=words.bottom_line,
        made_at=now,
        timezone=person.timezone,
        sections=((SECTION, facts),),
        coverage=coverage,
        language=person.language,
    )
