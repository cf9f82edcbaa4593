"""The morning briefing, prepared before it is due and looked at again just before it goes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from service.attention import day_start
from service.briefing import deeds, morning, render
from service.briefing.coverage import late_note
from service.domain.delivery import Audience, Draft, Keep, Nothing, Notice, Recheck, Replace, Skip
from service.domain.facts import Briefing, Section
from service.domain.people import Person
from service.domain.speech import Recording
from service.errors import ExternalError
from service.ports import Occasion, Services

PRESSING = 0.7
"""Importance from which a new matter is worth preparing the briefing again."""
_COMPARED = (Section.NEEDS_YOU, Section.MEETINGS, Section.WAITING, Section.COMMITMENTS)


def prepare(services: Services, person: Person, occasion: Occasion, now: datetime) -> Draft | Nothing:
    """A quiet day is told too, in one line: silence would look like calm."""
    briefing = _compose(services, person, occasion, now)
    audiences = _audiences(services, occasion)
    own = _with_deeds(services, briefing)
    shown = {a: own if a is Audience.PERSON else morning.without_private(briefing, person) for a in audiences}
    told = shown.get(Audience.PERSON) or shown[Audience.OTHERS]
    return Draft(
        notices=tuple(_notice(services, occasion, shown[a], a) for a in audiences),
        to=occasion.cadence.to,
        facts=told.facts(),
        basis={"versions": _versions(briefing), "late": bool(late_note(occasion.occurrence.due_at, now))},
        kind="morning",
        late_note=late_note(occasion.occurrence.due_at, now),
    )


def recheck(services: Services, person: Person, draft: Draft, occasion: Occasion, now: datetime) -> Recheck:
    """Composes again, which is cheap, and compares what it would say now."""
    occurrence = occasion.occurrence
    if now >= occurrence.useful_until:
        return Skip("expired: it was ready too late to be of use")
    if late_note(occurrence.due_at, now) and not draft.basis.get("late"):
        return Replace("it has become late and does not say so yet")
    reason = _difference(draft.basis.get("versions", {}), _compose(services, person, occasion, now))
    return Replace(reason) if reason else Keep()


def _compose(services: Services, person: Person, occasion: Occasion, now: datetime) -> Briefing:
    due_at, name = occasion.occurrence.due_at, occasion.cadence.name
    # Who asks for a briefing wants the whole day, also what this morning's has said already; what earlier days said stays said.
    told_before = day_start(person, due_at) if occasion.occurrence.by_hand else None
    return morning.compose(person, services.items, services.rules, due_at, now, name, render.words, told_before)


def _with_deeds(services: Services, briefing: Briefing) -> Briefing:
    said = deeds.notes(services.deeds, briefing.coverage.since_at, briefing.made_at)
    return replace(briefing, coverage=replace(briefing.coverage, notes=(*briefing.coverage.notes, *said)))


def _audiences(services: Services, occasion: Occasion) -> tuple[Audience, ...]:
    """One notice each. A channel nobody vouches for may be read by others."""
    found = {services.audiences.get(name, Audience.OTHERS) for name in occasion.cadence.to}
    return tuple(sorted(found)) or (Audience.PERSON,)


def _notice(services: Services, occasion: Occasion, briefing: Briefing, audience: Audience) -> Notice:
    if not occasion.cadence.option("audio", False):
        return render.to_notice(briefing, audience, None, script=services.scripts)
    recording, note = _record(services, briefing)
    if note:
        briefing = replace(briefing, coverage=replace(briefing.coverage, notes=(*briefing.coverage.notes, note)))
    return render.to_notice(briefing, audience, recording)


def _record(services: Services, briefing: Briefing) -> tuple[Recording | None, str]:
    """A voice that fails never loses the briefing: the note says what is missing."""
    if services.voice is None:
        return None, "There is no audio: no voice is set up."
    try:
        return services.voice.speak(render.to_script(briefing)), ""
    except ExternalError as error:
        return None, f"There is no audio: {error}"


def _versions(briefing: Briefing) -> dict[str, dict[str, str]]:
    return {name.value: {f.key: f.version for f in briefing.section(name)} for name in _COMPARED}


def _difference(before: Mapping[str, Any], now: Briefing) -> str:
    """Why the prepared briefing no longer holds, in words; "" where it does."""
    after = _versions(now)
    if before.get(Section.MEETINGS, {}) != after[Section.MEETINGS]:
        return "the day's meetings have changed"
    for name, what in ((Section.NEEDS_YOU, "answered"), (Section.COMMITMENTS, "kept"), (Section.WAITING, "answered")):
        gone = before.get(name, {}).keys() - after[name].keys()
        if gone:
            return f"something has been {what} since"
    known = before.get(Section.NEEDS_YOU, {})
    new = [f for f in now.section(Section.NEEDS_YOU) if known.get(f.key) != f.version and f.importance >= PRESSING]
    return f"something pressing came in: {new[0].text}" if new else ""
