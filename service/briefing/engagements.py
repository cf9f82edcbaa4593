"""What an event is to the person: a meeting, a block of their own, off, in conflict with another."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from service.briefing.attendees import emails_of, everybody
from service.briefing.lines import one_line
from service.domain.items import Event, Reply
from service.domain.people import Person

_CANCELLED = re.compile(r"(?i)^\s*(?:cancell?ed|abgesagt|annulée?|cancelad[oa])\s*:\s*")
_TALK = re.compile(
    r"(?i)\b(call|meeting|interview|1:1|1-1|one.on.one|sync|stand.?up|review|demo|kick.?off|appointment|dentist|doctor|"
    r"termin|besprechung|réunion|reunión)\b|\b(with|mit|avec|con)\s+[^\W\d_]"
)
_WEB = re.compile(r"https?://", re.IGNORECASE)
AT_ONCE = 500
"""Events of one window that are compared with each other."""


def is_cancelled(event: Event) -> bool:
    """By its status, or by the words some servers write into the title instead."""
    return event.status == "cancelled" or bool(_CANCELLED.match(event.title))


def title_of(event: Event, limit: int = 80) -> str:
    return one_line(_CANCELLED.sub("", event.title), limit) or "(no title)"


def my_reply(person: Person, event: Event) -> Reply:
    return next((a.reply for a in event.attendees if person.is_me(a.address.email)), Reply.NONE)


def is_mine(person: Person, event: Event) -> bool:
    """The person called the meeting."""
    return any(a.organizer and person.is_me(a.address.email) for a in everybody(event)) or bool(
        event.organizer and person.is_me(event.organizer.email)
    )


def is_meeting(person: Person, event: Event) -> bool:
    """Somebody else takes part, as far as the event shows it. A hold without anybody or any place is the person's own."""
    if emails_of(person, [event]) or any(
        a.address.name for a in event.attendees if not person.is_me(a.address.email) and not a.resource
    ):
        return True
    return not event.all_day and bool(event.conference or event.location.strip() or _TALK.search(event.title))


def place(event: Event, limit: int = 50) -> str:
    """A "video call", a room, or "" where the event names neither."""
    location = one_line(event.location, limit)
    if event.conference or _WEB.search(event.location):
        rooms = one_line(re.sub(r"https?://\S*", "", event.location), limit).strip(" ,;()")
        return f"{rooms}, video call" if rooms and not _is_service(rooms) else "video call"
    return location


def join_link(event: Event) -> str:
    if _WEB.match(event.conference):
        return event.conference
    found = re.search(r"https?://\S+", event.location)
    return found.group().rstrip(",;)>\"'") if found else ""


@dataclass(frozen=True, slots=True)
class Day:
    """Events that take the person's time, without what is cancelled, declined or held twice."""

    events: tuple[Event, ...]
    cancelled: tuple[Event, ...] = ()
    conflicts: dict[str, tuple[Event, ...]] = field(default_factory=dict)  # by event id: what it really overlaps


def sort_out(person: Person, events: Sequence[Event]) -> Day:
    once: dict[object, Event] = {}
    for event in events:
        once.setdefault(_same(event), event)
    held = [e for e in once.values() if my_reply(person, e) is not Reply.DECLINED]
    standing = tuple(e for e in held if not is_cancelled(e))
    # A cancelled instance beside a standing one of the same name was written anew, not called off.
    again = {(e.uid, title_of(e)) for e in standing}
    off = tuple(e for e in held if is_cancelled(e) and (e.uid, title_of(e)) not in again)
    return Day(standing, off, _conflicts(person, standing[:AT_ONCE]))


def _conflicts(person: Person, events: Sequence[Event]) -> dict[str, tuple[Event, ...]]:
    taking = sorted((e for e in events if _takes_time(person, e)), key=lambda e: e.start_at)
    found: dict[str, list[Event]] = {}
    for i, one in enumerate(taking):
        for other in taking[i + 1 :]:
            if other.start_at >= one.end_at:
                break
            if other.end_at > other.start_at:
                found.setdefault(one.id, []).append(other)
                found.setdefault(other.id, []).append(one)
    return {id: tuple(others) for id, others in found.items()}


def _takes_time(person: Person, event: Event) -> bool:
    """An all-day entry is a reminder more often than a day away: it counts only where others are in it."""
    return event.busy and event.end_at > event.start_at and (not event.all_day or bool(emails_of(person, [event])))


def _same(event: Event) -> object:
    """One meeting held in two calendars is one meeting."""
    return (title_of(event).casefold(), event.start_at, event.end_at, is_cancelled(event))


def _is_service(words: str) -> bool:
    return bool(
        re.fullmatch(
            r"(?i)(microsoft teams( meeting|-besprechung)?|zoom( meeting)?|google meet|webex|online|video ?call|remote)", words
        )
    )
