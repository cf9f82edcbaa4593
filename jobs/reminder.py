"""The push just before a meeting: two lines, and below them only what no brief has said yet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from jobs.drafts import visible
from service.briefing.due import clock_words
from service.briefing.engagements import join_link, place, title_of
from service.briefing.lines import safe_link
from service.domain.delivery import Audience
from service.domain.facts import Briefing, Fact
from service.domain.items import Event

CHANGED = 0.7
"""From this importance on, a change is worth the second line."""


@dataclass(frozen=True, slots=True)
class Reminder:
    briefing: Briefing
    first: str
    where: str

    def short(self, audience: Audience) -> str:
        changed = [f for f in visible(self.briefing.section("changed"), audience) if f.importance >= CHANGED]
        return "\n".join(filter(None, (self.first, " ".join([*(f.text for f in changed[:1]), *filter(None, [self.where])]))))


def remind(brief: Briefing, event: Event, at: datetime, *, briefed: bool) -> Reminder:
    """`at` is when it is read; `briefed`: a brief was delivered, so only what changed since is said again."""
    who = brief.subject.partition(" · ")[2]
    first = f"{lead(event, at, brief)}: {title_of(event, 60)}" + (f" — {who}" if who else "")
    link = safe_link(join_link(event))
    where = f"Join: {link}" if link else place(event)
    said = [f for f in brief.section("when_where") if not briefed or f.topic in {"when", "where", "join"}]
    sections: list[tuple[str, tuple[Fact, ...]]] = [("when_where", tuple(said))]
    if not briefed:
        sections += [
            ("people", brief.section("people")[:3]),
            ("last_said", brief.section("last_said")[:1]),
            ("open", brief.section("open")[:2]),
        ]
    sections.append(("changed", tuple(f for f in brief.section("changed") if not briefed or f.importance >= CHANGED)))
    told = brief.bottom_line if not briefed else where
    return Reminder(
        replace(brief, kind="push", title=first, subject=first, bottom_line=told, sections=tuple(sections)), first, where
    )


def lead(event: Event, at: datetime, brief: Briefing) -> str:
    minutes = round((event.start_at - at).total_seconds() / 60)
    if minutes > 90:
        return f"At {clock_words(event.start_at, ZoneInfo(brief.timezone))}"
    if minutes > 0:
        return f"In {minutes} min"
    return "Now" if minutes > -2 else f"Began {-minutes} min ago"
