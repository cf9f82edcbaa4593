"""The person's own list: tasks due, and deals to follow up. They stand among the commitments."""

from __future__ import annotations

from collections.abc import Iterator

from service.briefing.commitments import BEHIND
from service.briefing.desk import Desk
from service.briefing.due import Deadline, on_day
from service.briefing.ranking import weigh
from service.briefing.sources import cite_deal, cite_task
from service.briefing.versions import version
from service.briefing.wording import clean, clip, quote, sentence
from service.domain.facts import Basis, Fact
from service.domain.items import Deal, Task


def facts(desk: Desk) -> tuple[Fact, ...]:
    found = (*_tasks(desk), *_follow_ups(desk))
    return tuple(sorted(found, key=lambda f: (-f.importance, f.at.timestamp() if f.at else 0, f.key)))


def long_overdue(desk: Desk) -> list[Task]:
    """Own tasks that were due more than a week ago: counted, not told."""
    return [t for t in desk.tasks if t.due_on and (desk.today - t.due_on).days > BEHIND.days and is_mine(desk, t.assignee)]


def is_mine(desk: Desk, owner: str) -> bool:
    """Theirs by address or name; what belongs to nobody is the person's own."""
    said = owner.strip().casefold()
    name = desk.person.name.casefold()
    return not said or desk.person.is_me(said) or said in {name, name.partition(" ")[0]}


def _tasks(desk: Desk) -> Iterator[Fact]:
    for task in desk.tasks:
        due = on_day(task.due_on, desk.as_of, desk.zone) if task.due_on else None
        if due and -BEHIND.days <= due.days <= 0 and is_mine(desk, task.assignee):
            yield _task(desk, task, due)


def _task(desk: Desk, task: Task, due: Deadline) -> Fact:
    weight = weigh(desk, 0.3, due=due, text=f"{task.title} {task.project}")
    title, project = clip(clean(task.title), 90), clip(clean(task.project), 40)
    return Fact(
        key=f"task:{task.id}",
        version=version(task.title, due.bucket),
        text=f"Task {quote(task.title, 90)}{'' if _names(title, project) else f' ({project})'}: {due.words}.",
        sources=(cite_task(task),),
        at=due.moment,
        importance=weight.importance,
        topic=weight.topic or project,
        basis=Basis.STATED,
        speech=sentence(f"{clip(title, 70)} is {due.spoken}"),
        why=", ".join(("on your task list", *weight.why)),
    )


def _names(title: str, part: str) -> bool:
    """The title says it already."""
    return part.casefold() in title.casefold()


def _follow_ups(desk: Desk) -> Iterator[Fact]:
    for deal in desk.deals:
        due = on_day(deal.follow_up_on, desk.as_of, desk.zone) if deal.follow_up_on else None
        if due and -BEHIND.days <= due.days <= 0 and is_mine(desk, deal.owner):
            yield _follow_up(desk, deal, due)


def _follow_up(desk: Desk, deal: Deal, due: Deadline) -> Fact:
    weight = weigh(desk, 0.28, due=due, text=f"{deal.name} {deal.company}")
    name = clip(clean(deal.name or deal.company), 60)
    about = ", ".join(clip(clean(part), 40) for part in (deal.company, deal.stage) if part and not _names(name, part))
    return Fact(
        key=f"follow-up:{deal.id}",
        version=version(deal.stage, due.bucket),
        text=f"Follow-up {quote(name)}{f' ({about})' if about else ''}: {due.words}.",
        sources=(cite_deal(deal),),
        at=due.moment,
        importance=weight.importance,
        topic=weight.topic or name,
        basis=Basis.STATED,
        speech=sentence(f"the follow-up with {name} is {due.spoken}"),
        why=", ".join(("your CRM says so", *weight.why)),
    )
