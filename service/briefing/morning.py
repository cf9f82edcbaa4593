"""The morning briefing: what matters today, most important first, and what could not be seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import partial

from service.briefing import meetings, rest
from service.briefing.budget import fit
from service.briefing.candidates import candidates
from service.briefing.coverage import coverage, unseen
from service.briefing.desk import CHAT_BACK, LOOK_BACK, Desk, read
from service.briefing.headline import headline
from service.briefing.merging import merged
from service.briefing.selection import Selection, public, say_once, select, words
from service.domain.facts import Briefing, Coverage, Fact, Section
from service.domain.people import Person
from service.domain.rules import Rule
from service.ports import Ahead, Items

Measure = Callable[[Briefing], int]
_FURNITURE = 90
"""Words of headings, coverage and sources around the facts, where nobody measures the rendering."""
LINES = 5
"""Candidates for the two lines under a meeting."""


def compose(
    person: Person,
    items: Items,
    rules: Sequence[Rule],
    due_at: datetime,
    as_of: datetime,
    cadence: str = "morning",
    measure: Measure | None = None,
    told_before: datetime | None = None,
) -> Briefing:
    """As of any moment: nothing later is looked at. `measure` counts the words of the rendering; without it they are estimated."""
    start, end = today(person, as_of)
    ahead = Ahead(as_of - LOOK_BACK, as_of - CHAT_BACK, start, end, as_of, cadence, told_before or due_at)
    with items.at_once(ahead):
        desk = read(person, items, due_at, as_of, cadence, told_before)
        held = meetings.day(person, items, rules, start, end, as_of, LINES)
    open_ = merged(candidates(desk, held, rules), desk.told)
    selection = say_once(select(open_, desk.told))
    remaining = rest.facts(desk, open_, selection.repeated, rules)
    seen = coverage(desk)
    sheet = partial(_sheet, desk, seen, remaining)
    count = measure or estimate
    chosen = fit(selection, lambda some: count(sheet(some)))
    prepared = {"prepared": [d for f in chosen.sections.get(Section.MEETINGS, ()) for d in f.details]}
    return _sheet(desk, seen, rest.facts(desk, {**open_, **prepared}, chosen.repeated, rules), chosen)


def holds_until(person: Person, items: Items, briefing: Briefing, as_of: datetime) -> datetime:
    """When something in it will read another way though nothing new came in: a meeting begins or ends, a deadline or the day passes."""
    start, end = today(person, as_of)
    events = items.events(start, end)
    moments = (*(e.start_at for e in events), *(e.end_at for e in events), *(f.at for f in briefing.facts() if f.at))
    return min((at for at in moments if as_of < at < end), default=end)


def without_private(briefing: Briefing, person: Person) -> Briefing:
    """For channels that others may see: private facts are gone from every count and sentence before anything is rendered."""
    sections = tuple((name, public(facts)) for name, facts in briefing.sections)
    unseen_ = unseen(briefing.coverage, briefing.made_at, person.zone)
    said = headline(person, dict(sections), briefing.made_at, unseen_, withheld=sections != briefing.sections)
    return replace(briefing, sections=sections, subject=said.subject, bottom_line=said.bottom_line)


def estimate(briefing: Briefing) -> int:
    return _FURNITURE + len(briefing.bottom_line.split()) + sum(words(f) for f in briefing.facts())


def today(person: Person, as_of: datetime) -> tuple[datetime, datetime]:
    """From local midnight to the next: 23, 24 or 25 hours. In UTC, so that they may be compared and subtracted."""
    day = as_of.astimezone(person.zone).date()
    start, end = (datetime.combine(day + timedelta(days=n), time(), person.zone) for n in (0, 1))
    return start.astimezone(UTC), end.astimezone(UTC)


def _sheet(desk: Desk, seen: Coverage, remaining: tuple[Fact, ...], chosen: Selection) -> Briefing:
    more = rest.left_out(chosen.left)
    sections = {**chosen.sections, Section.REST: (*remaining, more) if more else remaining}
    said = headline(desk.person, sections, desk.as_of, unseen(seen, desk.as_of, desk.zone))
    return Briefing(
        kind="morning",
        person=desk.person.id,
        title=said.title,
        subject=said.subject,
        bottom_line=said.bottom_line,
        made_at=desk.as_of,
        timezone=desk.person.timezone,
        sections=tuple((name.value, sections.get(name, ())) for name in Section),
        coverage=seen,
        language="en",
    )
