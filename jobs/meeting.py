"""Before each meeting: a brief some hours ahead (slot "brief") and a two-line push just before (slot "push")."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from jobs.drafts import audience_of, basis_of, compare
from jobs.reminder import remind
from service.briefing import meeting
from service.briefing.attendees import emails_of
from service.briefing.changes import when_key
from service.briefing.due import clock_words, date_words
from service.briefing.engagements import is_cancelled, is_meeting, my_reply
from service.briefing.render import to_notice, to_text
from service.briefing.standing import standing
from service.domain.delivery import Audience, Draft, Nothing, Recheck
from service.domain.facts import Briefing
from service.domain.items import Event, Reply
from service.domain.ledger import BeforeEvents
from service.domain.people import Person
from service.people import is_external
from service.ports import Occasion, Services

BRIEF, PUSH = "brief", "push"
NEAR = timedelta(hours=1)
"""A push still fits a meeting that moved by less than this."""


def prepare(services: Services, person: Person, occasion: Occasion, now: datetime) -> Draft | Nothing:
    row, cadence = occasion.occurrence, occasion.cadence
    event = services.items.event(row.subject)
    if event is None:
        return Nothing("the event is no longer in the calendar")
    reason = unfit(services, person, event, occasion, now)
    if reason:
        return Nothing(reason)
    to = _channels(services, cadence.to, row.slot)
    if event.private or standing(services.rules, event).private:
        kept = tuple(c for c in to if audience_of(services, c) is Audience.PERSON)
        if to and not kept:
            return Nothing("the event is private, and its channels are seen by others")
        to = kept
    told = services.items.told(cadence.name, row.due_at)
    brief = meeting.compose(person, services.items, event, services.rules, row.due_at, now, _words, told)
    return (
        _push(services, brief, event, to, told, max(now, row.due_at)) if row.slot == PUSH else _brief(services, brief, event, to)
    )


def recheck(services: Services, person: Person, draft: Draft, occasion: Occasion, now: datetime) -> Recheck:
    again = prepare(services, person, occasion, now)
    event = services.items.event(occasion.occurrence.subject)
    moved = bool(event and draft.basis.get("start_at") != event.start_at.isoformat())
    return compare(draft, again, "the meeting moved since it was prepared" if moved else "it changed since it was prepared")


def unfit(services: Services, person: Person, event: Event, occasion: Occasion, now: datetime) -> str:
    """Why nothing is said of this event, "" where it should be."""
    timing, slot = occasion.cadence.timing, occasion.occurrence.slot
    only = timing.only if isinstance(timing, BeforeEvents) else ""
    others = emails_of(person, [event])
    if is_cancelled(event):
        return "the meeting is cancelled"
    if my_reply(person, event) is Reply.DECLINED:
        return "you have declined it"
    if standing(services.rules, event).muted:
        return "a rule mutes it"
    if not is_meeting(person, event):
        return "nobody else takes part"
    if (only or occasion.cadence.option("only")) == "external" and not any(is_external(person, e) for e in others):
        return "nobody from outside takes part"
    if event.end_at <= now:
        return "the meeting is over"
    if slot == PUSH and event.all_day:
        return "it lasts all day"
    return _moved_away(person, event, occasion)


def _moved_away(person: Person, event: Event, occasion: Occasion) -> str:
    """The slot stands for a start that the calendar has left: by more than an hour for a push, for another day for a brief."""
    timing, slot = occasion.cadence.timing, occasion.occurrence.slot
    leads = {BRIEF: timing.brief, PUSH: timing.push} if isinstance(timing, BeforeEvents) else {}
    lead = leads.get(slot)
    if lead is None:
        return ""
    planned, zone = occasion.occurrence.due_at + lead, person.zone
    other_day = planned.astimezone(zone).date() != event.start_at.astimezone(zone).date()
    if event.start_at > planned and (other_day or (slot == PUSH and event.start_at - planned > NEAR)):
        local = event.start_at.astimezone(zone)
        return f"the meeting moved to {date_words(local.date(), short=True)} {clock_words(event.start_at, zone)}"
    return ""


def _channels(services: Services, to: Sequence[str], slot: str) -> tuple[str, ...]:
    """A brief is read, a push is heard: each goes to its sort of channel, and to all where there is only one sort."""
    fitting = tuple(c for c in to if (c in services.interrupts) == (slot == PUSH))
    return fitting if fitting and services.interrupts else tuple(to)


def _brief(services: Services, brief: Briefing, event: Event, to: Sequence[str]) -> Draft:
    audiences = dict.fromkeys(audience_of(services, c) for c in to) or {Audience.PERSON: None}
    notices = tuple(to_notice(brief, audience) for audience in audiences)
    return Draft(notices, tuple(to), brief.facts(), basis_of(brief.facts(), start_at=event.start_at.isoformat()), "meeting")


def _push(services: Services, brief: Briefing, event: Event, to: Sequence[str], told: Mapping[str, str], at: datetime) -> Draft:
    reminder = remind(brief, event, at, briefed=when_key(event) in told)
    audiences = dict.fromkeys(audience_of(services, c) for c in to) or {Audience.PERSON: None}
    notices = tuple(
        replace(to_notice(reminder.briefing, audience), subject=reminder.first, short=reminder.short(audience), priority="high")
        for audience in audiences
    )
    facts = reminder.briefing.facts()
    return Draft(notices, tuple(to), facts, basis_of(facts, start_at=event.start_at.isoformat()), "push")


def _words(brief: Briefing) -> int:
    return len(to_text(brief).split())
