"""Today's meetings: the section of a morning briefing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from service.briefing.attendees import names, roster, spoken
from service.briefing.due import clock_words as clock
from service.briefing.engagements import Day, is_meeting, is_mine, my_reply, place, sort_out, title_of
from service.briefing.last_said import last_said
from service.briefing.lines import cite, line
from service.briefing.localtime import hours
from service.briefing.open_ends import open_ends
from service.briefing.preparation import Background, Encounter, gather
from service.briefing.quoting import words_of
from service.briefing.standing import Standing, standing
from service.briefing.variety import PREPARATION, varied
from service.briefing.wording import listed, sentence
from service.domain.facts import Basis, Fact, Sensitivity
from service.domain.items import Event, Reply
from service.domain.people import Person
from service.domain.rules import Rule
from service.ports import Items

AT_MOST = 40
"""Meetings of one day; a calendar with more is broken, and says so in one line."""
WORTH_A_LINE = 0.42
"""Below this a preparation line is small talk of long ago."""
NEWS = timedelta(hours=36)
"""How long a cancellation is news."""


def day(
    person: Person, items: Items, rules: Sequence[Rule], start: datetime, end: datetime, as_of: datetime, lines: int = PREPARATION
) -> tuple[Fact, ...]:
    """One fact a meeting that overlaps [start, end), by start; then what was cancelled, the person's own blocks, and what is over.

    `lines` of preparation under each are the best there are, most important first: `say_once` keeps two that nothing else says.
    """
    held = sort_out(person, items.events(start, end))
    bound = {e.id: standing(rules, e) for e in (*held.events, *held.cancelled)}
    wanted = [e for e in held.events if not bound[e.id].muted]
    over = [e for e in wanted if not e.all_day and e.start_at < e.end_at <= as_of]
    wanted = [e for e in wanted if e not in over]
    meetings = [e for e in wanted if is_meeting(person, e)]
    blocks = [e for e in wanted if not is_meeting(person, e)]
    off = [e for e in held.cancelled if not bound[e.id].muted and _is_news(e, as_of) and is_meeting(person, e)][:AT_MOST]
    told, untold = meetings[:AT_MOST], meetings[AT_MOST:]
    known = gather(items, person, [*told, *off], as_of)
    return (
        *(_meeting(e, held, bound[e.id], known, lines) for e in told),
        *_untold(untold),
        *(_cancelled(e, known, bound[e.id]) for e in off),
        *_own_blocks(person, blocks, start),
        *_over(person, over, bound),
    )


def _untold(events: Sequence[Event]) -> Iterator[Fact]:
    if events:
        said = f"{len(events)} more entries in the calendar, which is more than a day holds"
        sources = (cite(e) for e in events[:3])
        yield line("meeting:more", said, *sources, at=events[0].start_at, importance=0.2, topic="blocks", basis=Basis.DERIVED)


def _is_news(event: Event, as_of: datetime) -> bool:
    """Cancelled since yesterday. Where the calendar does not say when, it is told on the day itself all the same."""
    return event.updated_at is None or as_of - NEWS <= event.updated_at <= as_of


def _meeting(event: Event, held: Day, bound: Standing, known: Background, lines: int) -> Fact:
    meeting = known.encounter(event)
    private = event.private or bound.private
    coming = [g for g in meeting.guests if not g.declined]
    named = [g for g in coming if g.role or g.name.casefold() not in event.title.casefold()]
    where = place(event)
    clashes = [e for e in held.conflicts.get(event.id, ()) if e.end_at > known.as_of]
    details = (*_conflicts(event, clashes, known), *_hints(event, meeting, known), *_preparation(meeting, known, bound, lines))
    if private:
        details = tuple(replace(d, sensitivity=Sensitivity.PRIVATE) for d in details)
    return line(
        f"meeting:{event.id}",
        title_of(event) + (f" — {roster(named)}" if named else "") + (f"; {where}" if where else ""),
        cite(event),
        label=hours(event, known.person.zone),
        at=event.start_at,
        people=tuple(g.name for g in coming),
        importance=_importance(event, meeting, bound, known, conflict=bool(clashes)),
        topic="meeting",
        sensitivity=Sensitivity.PRIVATE if private else Sensitivity.NORMAL,
        speech=_speech(event, meeting, known),
        details=details,
        why=_why(event, meeting, known),
    )


def _speech(event: Event, meeting: Encounter, known: Background) -> str:
    named = [g for g in meeting.guests if not g.declined and g.name.casefold() not in event.title.casefold()]
    moment = "All day" if event.all_day else f"At {clock(event.start_at, known.person.zone)}"
    return sentence(f"{moment}, {title_of(event)}{f' with {spoken(named)}' if named else ''}".rstrip(","))


def _conflicts(event: Event, clashes: Sequence[Event], known: Background) -> Iterator[Fact]:
    """Named under the earlier of two; under the later its hour alone, as an echo that may go where room is short.

    What is private stays so where it is named beside what is not.
    """
    for other in clashes[:3]:
        begins = "all day" if other.all_day else clock(other.start_at, known.person.zone)
        first = (event.start_at, event.id) < (other.start_at, other.id)
        said = f"conflict with {begins} {title_of(other, 50)}" if first else f"conflict with {begins}"
        yield line(
            f"conflict:{event.id}:{other.id}",
            said,
            cite(other),
            cite(event),
            at=other.start_at,
            importance=0.9 if first else 0.2,
            topic="conflict" if first else "echo",
            basis=Basis.DERIVED,
            sensitivity=Sensitivity.PRIVATE if other.private else Sensitivity.NORMAL,
            speech=f"It overlaps {title_of(other, 50)} at {clock(other.start_at, known.person.zone)}." if first else " ",
        )


def _hints(event: Event, meeting: Encounter, known: Background) -> Iterator[Fact]:
    """What the person would want to know about the appointment itself."""
    away = [g for g in meeting.guests if g.declined]
    if away and len(away) == len(meeting.guests):
        yield _hint(event, "everybody", "everybody else has declined" if len(away) > 1 else f"{away[0].name} has declined")
    elif away and len(meeting.guests) <= 8:
        yield _hint(event, "absent", f"{names(away)} {'has' if len(away) == 1 else 'have'} declined")
    if my_reply(known.person, event) is Reply.NEEDS_ACTION:
        yield _hint(event, "unanswered", "you have not answered the invitation")
    if meeting.guests and not event.recurring and _is_outside_hours(event, known.person):
        yield _hint(event, "hours", "outside your working hours")


def _is_outside_hours(event: Event, person: Person) -> bool:
    """On a weekday; in the morning by half an hour at least: a few minutes early are nobody's surprise."""
    begins, ends = person.working_hours
    local = event.start_at.astimezone(person.zone)
    if event.all_day or begins >= ends or local.weekday() >= 5:
        return False
    return local.time() >= ends or local.hour * 60 + local.minute < begins.hour * 60 + begins.minute - 30


def _hint(event: Event, what: str, said: str) -> Fact:
    return line(
        f"hint:{what}:{event.id}", said, cite(event), importance=0.5, topic="hint", basis=Basis.DERIVED, speech=sentence(said)
    )


def _preparation(meeting: Encounter, known: Background, bound: Standing, lines: int) -> list[Fact]:
    """Those that help most. Where two are wanted, never two from one conversation nor two of one kind."""
    if bound.priority == "low":
        return []
    found = (*open_ends(meeting, known), *last_said(meeting, known, lines + 1, WORTH_A_LINE))
    worth = sorted((f for f in found if f.importance >= WORTH_A_LINE), key=lambda f: -f.importance)
    return varied(worth, lines) if lines <= PREPARATION else worth[: lines * 2]


def _importance(event: Event, meeting: Encounter, bound: Standing, known: Background, *, conflict: bool) -> float:
    if bound.priority:
        return {"urgent": 0.98, "high": 0.85, "low": 0.1}.get(bound.priority, 0.4)
    person = known.person
    score = 0.3 + 0.2 * bool(meeting.external) + 0.12 * bool(known.deals_of(meeting)) + 0.15 * _is_priority(meeting, person)
    score += 0.06 * is_mine(person, event) + 0.08 * conflict - 0.08 * (len(meeting.guests) > 10) - 0.05 * (not event.busy)
    return round(min(0.95, max(0.05, score)), 3)


def _is_priority(meeting: Encounter, person: Person) -> bool:
    """Two words of a priority (or its one long word) stand in the title or name a guest's company."""
    words = meeting.topic | words_of(" ".join((*meeting.companies, *(g.name for g in meeting.guests))))
    for aim in (*person.priorities, *person.goals):
        named = {w for w in words_of(aim) if len(w) > 3}
        if len(named & words) >= min(2, len(named)) > 0 or any(len(w) > 4 for w in named & meeting.topic):
            return True
    return False


def _why(event: Event, meeting: Encounter, known: Background) -> str:
    reasons = []
    if meeting.external:
        reasons.append("somebody from outside takes part")
    if known.deals_of(meeting):
        reasons.append("there is an open deal")
    if _is_priority(meeting, known.person):
        reasons.append("it touches a priority of yours")
    if is_mine(known.person, event):
        reasons.append("you called it")
    return listed(reasons)


def _cancelled(event: Event, known: Background, bound: Standing) -> Fact:
    meeting = known.encounter(event)
    who = f" — {names(meeting.guests)}" if meeting.guests else ""
    return line(
        f"meeting:{event.id}",
        f"cancelled: {title_of(event)}{who}",
        cite(event),
        label=hours(event, known.person.zone),
        at=event.start_at,
        importance=0.35,
        topic="cancelled",
        sensitivity=Sensitivity.PRIVATE if event.private or bound.private else Sensitivity.NORMAL,
        speech=f"{title_of(event)} at {clock(event.start_at, known.person.zone)} is cancelled.",
    )


def _over(person: Person, events: Sequence[Event], bound: Mapping[str, Standing]) -> Iterator[Fact]:
    """One line for all that has ended; what is private in a line of its own."""
    for private in (False, True):
        some = [e for e in events if (e.private or bound[e.id].private) is private and is_meeting(person, e)]
        if some:
            yield line(
                f"over:{'private:' if private else ''}{some[0].start_at.astimezone(person.zone).date().isoformat()}",
                f"{len(some)} already over: {', '.join(_block(person, some))}",
                *(cite(e) for e in some[:5]),
                at=some[0].start_at,
                importance=0.05,
                topic="over",
                basis=Basis.DERIVED,
                sensitivity=Sensitivity.PRIVATE if private else Sensitivity.NORMAL,
                speech=" ",
            )


def _own_blocks(person: Person, blocks: Sequence[Event], start: datetime) -> Iterator[Fact]:
    """One line for all of them; private ones in a line of their own."""
    local_day = start.astimezone(person.zone).date().isoformat()
    for private in (False, True):
        some = [b for b in blocks if b.private is private]
        if some:
            yield line(
                f"blocks:{'private:' if private else ''}{local_day}",
                f"Yours: {', '.join(_block(person, some))}",
                *(cite(b) for b in some[:5]),
                at=some[0].start_at,
                importance=0.1,
                topic="blocks",
                basis=Basis.DERIVED,
                sensitivity=Sensitivity.PRIVATE if private else Sensitivity.NORMAL,
                speech=" ",
            )


def _block(person: Person, some: Sequence[Event]) -> Iterable[str]:
    yield from (f"{title_of(b, 40)} {hours(b, person.zone)}" for b in some[:4])
    if len(some) > 4:
        yield f"{len(some) - 4} more"
