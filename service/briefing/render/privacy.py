"""What others may see or hear of a briefing."""

from __future__ import annotations

from dataclasses import replace

from service.briefing.render import times
from service.domain.facts import Briefing, Coverage, Fact, Sensitivity

Sections = tuple[tuple[str, tuple[Fact, ...]], ...]


def without_private(briefing: Briefing) -> Briefing:
    """The briefing without its private facts and details.

    Where any was taken out, the sentences that were written over the whole (subject, bottom line, and the title of
    a brief whose first section lost something) are replaced by plain counts: they may say what the facts no longer do.
    Coverage keeps which sources were read, and counts instead of quoting what was missed or unreadable.
    """
    sections = tuple((name, _public(facts)) for name, facts in briefing.sections)
    public = replace(briefing, sections=sections, coverage=_public_coverage(briefing.coverage))
    if sections == briefing.sections:
        return public
    counts = _counts(sections)
    line = f"{' and '.join(counts)}.".capitalize() if counts else "What there is can't be shown here."
    title = _title(briefing, sections)
    lead = _day(briefing) if briefing.kind == "morning" else title
    return replace(public, title=title, subject=" · ".join((lead, *counts)), bottom_line=line)


def _title(briefing: Briefing, sections: Sections) -> str:
    if briefing.kind == "morning" or sections[:1] == briefing.sections[:1]:
        return briefing.title
    return "A private matter"


def _day(briefing: Briefing) -> str:
    local = briefing.made_at.astimezone(times.zone(briefing.timezone))
    return f"{times.DAYS[local.weekday()]} {local.day} {times.MONTHS[local.month - 1]}"


def _public(facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
    shown = (f for f in facts if f.sensitivity is not Sensitivity.PRIVATE)
    return tuple(replace(f, details=_public(f.details)) if f.details else f for f in shown)


def _counts(sections: Sections) -> tuple[str, ...]:
    count = {name: len(facts) for name, facts in sections}
    needs, meetings = count.get("needs_you", 0), count.get("meetings", 0)
    words = (
        f"{needs} need{'s' if needs == 1 else ''} you" if needs else "",
        f"{meetings} meeting{'' if meetings == 1 else 's'}" if meetings else "",
    )
    return tuple(filter(None, words))


def _public_coverage(coverage: Coverage) -> Coverage:
    missed = len(coverage.missed)
    return replace(
        coverage,
        sources=tuple(replace(s, error="", examples=()) for s in coverage.sources),
        missed=(f"{missed} earlier briefing{'' if missed == 1 else 's'} missed.",) if missed else (),
    )
