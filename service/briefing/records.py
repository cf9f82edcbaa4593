"""Deals and tasks that bear on a meeting."""

from __future__ import annotations

from collections.abc import Iterable

from service.briefing.due import on_day
from service.briefing.lines import cite, line, one_line
from service.briefing.localtime import day
from service.briefing.preparation import Background, Encounter
from service.briefing.quoting import words_of
from service.briefing.wording import sentence
from service.domain.facts import Fact
from service.domain.items import Deal, Task


def deal_line(deal: Deal, meeting: Encounter, known: Background) -> Fact:
    """Its version hangs on the stage alone, so that the next brief can tell that it moved."""
    parts = [one_line(p, 40) for p in (deal.stage, deal.amount) if p.strip()]
    follow = on_day(deal.follow_up_on, known.as_of, known.person.zone) if deal.follow_up_on else None
    if follow:
        parts.append(f"follow-up {follow.words}")
    elif deal.closes_on:
        parts.append(f"closes {day(deal.closes_on, known.as_of.date())}")
    name = one_line(deal.name, 60)
    said = f"Open deal {name}" + (f": {', '.join(parts)}" if parts else "")
    pressing = 0.15 if follow and follow.days <= 3 else 0.0
    return line(
        f"deal:{deal.id}",
        sentence(said),
        cite(deal),
        version=stage_version(deal),
        at=deal.updated_at,
        importance=0.62 + pressing,
        topic="deal",
        people=tuple(g.name for g in meeting.guests if g.email in deal.people),
    )


def stage_version(deal: Deal) -> str:
    return one_line(deal.stage, 40) or "-"


def task_lines(tasks: Iterable[Task], meeting: Encounter, known: Background, limit: int = 2) -> list[Fact]:
    """Tasks not done that name somebody who comes, their company, or what the meeting is about."""
    found = [t for t in tasks if not t.done and _touches(t, meeting, known)]
    return [_task(t, meeting, known) for t in found[:limit]]


def _touches(task: Task, meeting: Encounter, known: Background) -> bool:
    words = words_of(f"{task.title} {task.project}")
    low = f"{task.title} {task.notes[:2000]}".casefold()
    named = any(" " in g.name and g.name.casefold() in low for g in meeting.guests) or any(
        len(c) > 3 and c in low for c in meeting.companies
    )
    theirs = task.assignee.casefold() in meeting.emails and len(meeting.guests) <= 2
    return named or theirs or (meeting.is_about(words) and (not task.assignee or known.person.is_me(task.assignee) or theirs))


def _task(task: Task, meeting: Encounter, known: Background) -> Fact:
    guest = meeting.guest(task.assignee.casefold())
    whose = f"{meeting.called(guest)}'s task" if guest else "Your task" if known.person.is_me(task.assignee) else "Task"
    due = on_day(task.due_on, known.as_of, known.person.zone) if task.due_on else None
    return line(
        f"task:{task.id}",
        sentence(f"{whose}: {one_line(task.title, 100)}{f', {due.words}' if due else ''}"),
        cite(task),
        importance=0.6 if due and due.days <= 0 else 0.4,
        topic="task",
    )
