"""What changed about a meeting: since the last brief that was delivered, since the last meeting of its series."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from service.briefing.attendees import Guest, emails_of, guests, names
from service.briefing.due import clock_words, past_day
from service.briefing.engagements import is_cancelled, title_of
from service.briefing.lines import cite, line, one_line
from service.briefing.localtime import hours
from service.briefing.preparation import Background, Encounter
from service.briefing.records import stage_version
from service.briefing.wording import count
from service.domain.facts import Basis, Fact
from service.domain.items import Event, Reply
from service.domain.people import Person

EDITED = timedelta(days=3)
"""How long an edited invitation is news where no earlier brief tells what it said."""
_STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Before:
    """What is known of earlier: versions by fact key as last told, and the series' previous meeting."""

    told: Mapping[str, str] = field(default_factory=dict)
    last: Event | None = None


def when_key(event: Event) -> str:
    return f"brief:{event.id}:when"


def when_version(event: Event) -> str:
    """Readable on purpose: the next brief says what the time was before."""
    return f"{event.start_at.astimezone(UTC):{_STAMP}}/{event.end_at.astimezone(UTC):{_STAMP}}"


def who_key(event: Event, guest: Guest) -> str:
    return f"brief:{event.id}:who:{guest.email or guest.name}"


def who_version(guest: Guest) -> str:
    return guest.reply.value or "-"


def last_of_series(person: Person, event: Event, earlier: tuple[Event, ...]) -> Event | None:
    """The newest instance that has ended and was not called off; of single events one of the same title and people."""
    people = set(emails_of(person, [event]))
    past = [e for e in earlier if e.id != event.id and e.end_at <= event.start_at and not is_cancelled(e)]
    series = [e for e in past if e.uid == event.uid and e.uid]
    alike = [e for e in past if title_of(e) == title_of(event) and people & set(emails_of(person, [e]))]
    return max(series or alike, key=lambda e: e.start_at, default=None)


def changes(meeting: Encounter, known: Background, before: Before) -> list[Fact]:
    """Weightiest first; empty where nothing earlier is known."""
    found = [*_moved(meeting.event, known, before), *_people(meeting, known, before), *_deals(meeting, known, before)]
    found += _since_last(meeting, known, before)
    return sorted(found, key=lambda f: -f.importance)


def _moved(event: Event, known: Background, before: Before) -> Iterator[Fact]:
    zone, was = known.person.zone, before.told.get(when_key(event), "")
    now = when_version(event)
    if was and was != now:
        old = _instant(was.partition("/")[0])
        if old and old != event.start_at:
            yield _change(event, "moved", f"Moved since the last brief: it was {_moment(old, event, known)}", 0.9)
        else:
            yield _change(event, "moved", f"Its length changed since the last brief: now {hours(event, zone)}", 0.7)
    elif not was and (old := _original(event)) and old != event.start_at:
        yield _change(event, "moved", f"Moved from its usual time: {_moment(old, event, known)}", 0.85)
    elif not was and event.sequence and event.updated_at and timedelta() <= known.as_of - event.updated_at <= EDITED:
        yield _change(event, "edited", f"The invitation was updated {past_day(event.updated_at, known.as_of, zone)}", 0.5)


def _original(event: Event) -> datetime | None:
    """Of an instance of a series, when the series meant it to start: its id ends in that."""
    return _instant(event.id.rpartition("/")[2]) if event.recurring and not event.all_day else None


def _instant(stamp: str) -> datetime | None:
    try:
        return datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def _moment(old: datetime, event: Event, known: Background) -> str:
    """The clock alone where the day stayed."""
    zone = known.person.zone
    local = old.astimezone(zone)
    same = local.date() == event.start_at.astimezone(zone).date()
    return clock_words(old, zone) if same else f"{local:%a} {local.day} {local:%b} {clock_words(old, zone)}"


def _people(meeting: Encounter, known: Background, before: Before) -> Iterator[Fact]:
    event = meeting.event
    if when_key(event) in before.told:
        new = [g for g in meeting.guests if who_key(event, g) not in before.told]
        turned = [g for g in meeting.guests if before.told.get(who_key(event, g), who_version(g)) != who_version(g)]
        since = "since the last brief"
    else:
        new, turned, since = _new_faces(meeting, known, before), [], "since the last meeting"
    if new:
        yield _change(event, "new", f"New {since}: {names(new)}", 0.7)
    for guest in turned[:3]:
        if guest.reply in {Reply.ACCEPTED, Reply.DECLINED, Reply.TENTATIVE}:
            yield _change(event, f"reply:{guest.email}", f"{guest.name} has {_answered(guest.reply)} {since}", 0.75)


def _answered(reply: Reply) -> str:
    return "accepted tentatively" if reply is Reply.TENTATIVE else reply.value


def _new_faces(meeting: Encounter, known: Background, before: Before) -> list[Guest]:
    last = guests(known.person, before.last, known.contacts) if before.last else ()
    met = {g.email or g.name for g in last}
    return [g for g in meeting.guests if (g.email or g.name) not in met] if last else []


def _deals(meeting: Encounter, known: Background, before: Before) -> Iterator[Fact]:
    """Closed ones too: that a deal was won is what one must know before the meeting."""
    since = before.last.end_at if before.last else None
    for deal in known.deals:
        if not meeting.bears_on(deal):
            continue
        was, name = before.told.get(f"deal:{deal.id}"), one_line(deal.name, 60)
        if was and was != stage_version(deal):
            said, weight = f"Deal {name} moved from {was} to {stage_version(deal)} since the last brief.", 0.8
        elif not was and since and deal.updated_at and since < deal.updated_at < known.as_of:
            when = past_day(deal.updated_at, known.as_of, known.person.zone)
            said, weight = f"Deal {name} was updated {when}, now {stage_version(deal)}.", 0.45
        else:
            continue
        key = f"changed:deal:{deal.id}"
        yield line(key, said, cite(deal), at=deal.updated_at, importance=weight, topic="deal", basis=Basis.DERIVED)


def _since_last(meeting: Encounter, known: Background, before: Before) -> Iterator[Fact]:
    """How much was written since the series last met, and where it met then if that changed."""
    last = before.last
    if last is None:
        return
    zone, event = known.person.zone, meeting.event
    place, was = one_line(event.location, 50), one_line(last.location, 50)
    if place and was and place != was:
        yield _change(event, "place", f"The place changed since the last meeting: it was {was}", 0.6)
    since = [j for j in known.mail_with(meeting) if j.message.at > last.end_at]
    when = past_day(last.start_at, known.as_of, zone)
    mails = f"; {count(len(since), 'mail')} between you since" if since else ""
    said = f"The last meeting was {when}{mails}."
    sources = (*(cite(j.message) for j in since[:3]), cite(last))
    yield line(f"changed:since:{event.id}", said, *sources, at=last.start_at, importance=0.4, topic="since", basis=Basis.DERIVED)


def _change(event: Event, what: str, said: str, importance: float) -> Fact:
    text = f"{said}."
    return line(f"changed:{what}:{event.id}", text, cite(event), importance=importance, topic="changed", basis=Basis.DERIVED)
