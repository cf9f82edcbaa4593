"""What is open between the person and those they meet: questions unanswered both ways, promises, deals, tasks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta

from service.briefing.closing import delivers, withdraws
from service.briefing.due import Deadline, deadline, on_day, past_day
from service.briefing.last_said import sensitivity_of
from service.briefing.lines import cite, line, one_line
from service.briefing.localtime import day
from service.briefing.preparation import Background, Encounter, is_own
from service.briefing.quoting import quoted, words_of
from service.briefing.wording import sentence
from service.domain.facts import Basis, Fact
from service.domain.items import Deal, Task
from service.domain.verdicts import Commitment, Judged, Request

REMEMBERED = timedelta(days=45)
"""How long a question or a promise without a date stays open."""
Threads = Mapping[str, Sequence[Judged]]


def open_ends(meeting: Encounter, known: Background, threads: Threads | None = None) -> list[Fact]:
    """Most pressing first. `threads`: whole conversations where they were asked for; else what `known` holds of them."""
    whole = threads if threads is not None else _threads(known.mail)
    lines = [*_words(meeting, known, whole), *(deal_line(d, meeting, known) for d in known.deals_of(meeting)[:3])]
    return sorted(lines, key=lambda f: f.importance, reverse=True)


def _threads(mail: Iterable[Judged]) -> Threads:
    found: dict[str, list[Judged]] = {}
    for one in sorted(mail, key=lambda j: j.message.at):
        found.setdefault(one.message.thread_id, []).append(one)
    return found


def _words(meeting: Encounter, known: Background, threads: Threads) -> Iterator[Fact]:
    """At most one question and one promise of each side in a conversation: the newest."""
    seen = set()
    for one in known.mail_with(meeting):
        if known.as_of - one.message.at > REMEMBERED:
            continue
        later = [j for j in threads.get(one.message.thread_id, ()) if j.message.at > one.message.at]
        for fact in (_asked(one, later, meeting, known), _promised(one, later, meeting, known)):
            place = (one.message.thread_id, fact.topic) if fact else None
            if fact and place not in seen:
                seen.add(place)
                yield fact


def _asked(one: Judged, later: list[Judged], meeting: Encounter, known: Background) -> Fact | None:
    message, mine = one.message, is_own(one)
    request = next((r for r in one.verdict.requests if (mine or r.of_me) and r.span.text.strip()), None)
    if not request or "answered" in message.flags or any(is_own(j) != mine or withdraws(j.message) for j in later):
        return None
    when = past_day(message.at, known.as_of, known.person.zone)
    if mine:
        whom = next((g for a in message.to if (g := meeting.guest(a.email))), None)
        said = f"You asked {meeting.called(whom)} {when}, no answer yet" if whom else ""
    else:
        who = meeting.guest(message.sender.email)
        said = f"{meeting.called(who)} asked you {when}, not answered" if who else ""
    return _spoken_line("asked" if mine else "asks", said, one, request, known) if said else None


def _promised(one: Judged, later: list[Judged], meeting: Encounter, known: Background) -> Fact | None:
    message, mine = one.message, is_own(one)
    promise = next((c for c in one.verdict.commitments if c.mine == mine and c.span.text.strip()), None)
    if not promise or any(is_own(j) == mine and delivers(j.message) for j in later):
        return None
    when = past_day(message.at, known.as_of, known.person.zone)
    if mine:
        whom = next((g for a in message.to if (g := meeting.guest(a.email))), None)
        said = f"You promised {meeting.called(whom)} {when}" if whom else ""
    else:
        who = meeting.guest(message.sender.email)
        said = f"{meeting.called(who)} promised {when}" if who else ""
    return _spoken_line("mine" if mine else "theirs", said, one, promise, known) if said else None


_WEIGHT = {"asks": 0.8, "mine": 0.75, "theirs": 0.55, "asked": 0.55}


def _spoken_line(topic: str, said: str, one: Judged, what: Request | Commitment, known: Background) -> Fact:
    quote = quoted(what.span.text)
    due = deadline(what.due, known.as_of, known.person.zone)
    pressing = 0.15 if due and due.days <= 2 else 0.0
    return line(
        f"open:{topic}:{one.message.id}",
        f"{said}: {quote}{_due(what, due)}",
        cite(one.message, quote.exact),
        at=one.message.at,
        importance=_WEIGHT[topic] + pressing,
        topic=topic,
        people=(one.message.sender.label,),
        basis=Basis.INFERRED,
        sensitivity=sensitivity_of(one),
        speech=sentence(f"{said}: {quote.shown}"),
        why="unanswered in its conversation" if topic in {"asks", "asked"} else "promised, and nothing later delivers it",
    )


def _due(what: Request | Commitment, due: Deadline | None) -> str:
    """Said beside the quote only where the quote does not say it well enough by itself."""
    if due is None or (not due.overdue and due.days > 1 and what.due and what.due.words in what.span.text):
        return ""
    return f" ({due.words})"


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
