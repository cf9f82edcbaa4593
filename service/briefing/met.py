"""Whom the person meets today, taken from the facts of the day's meetings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from service.domain.facts import Fact


def meeting_times(meetings: Iterable[Fact]) -> Mapping[str, str]:
    """Label of a person → "you meet them at 14:00". The earliest meeting counts."""
    found: dict[str, str] = {}
    for fact in meetings:
        when = f"you meet them at {fact.label.partition('–')[0]}" if fact.label[:1].isdigit() else "you meet them today"
        for label in fact.people:
            found.setdefault(label, when)
    return found
