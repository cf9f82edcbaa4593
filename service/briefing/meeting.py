"""One screen before one meeting: when and where, who comes, what was said last, what is open, what changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from service.briefing.agenda import agenda
from service.briefing.attendees import names
from service.briefing.changes import Before, changes, last_of_series, when_key, when_version
from service.briefing.due import clock_words
from service.briefing.engagements import Day, is_cancelled, join_link, my_reply, place, sort_out, title_of
from service.briefing.introductions import introductions
from service.briefing.last_said import last_said
from service.briefing.lines import cite, line, safe_link
from service.briefing.localtime import days, hours, length
from service.briefing.open_ends import open_ends
from service.briefing.preparation import Background, Encounter, gather
from service.briefing.records import task_lines
from service.briefing.sight import sight
from service.briefing.standing import standing
from service.briefing.wording import count, sentence
from service.domain.facts import Basis, Briefing, Fact, Sensitivity
from service.domain.items import Event, Reply
from service.domain.people import Person
from service.domain.rules import Rule
from service.ports import Items

WORDS = 300
"""One screen."""
SAID, OPEN, CHANGED = 4, 5, 4
SERIES = timedelta(days=60)
"""How far back the last meeting of a series is looked for."""
PRESSING = 0.65
"""From this importance on, an open end or a change is the one thing to know."""
Measure = Callable[[Briefing], int]


def compose(
    person: Person,
    items: Items,
    event: Event,
    rules: Sequence[Rule],
    due_at: datetime,
    as_of: datetime,
    measure: Measure | None = None,
    told: Mapping[str, str] | None = None,
) -> Briefing:
    """The brief of one event from what was known at `as_of`; `due_at` is when it is read.

    `measure` counts the words of its rendered text. `told` maps the keys of facts that earlier briefs said to their
    versions (`Items.told`): what changed since is said only where they are known.
    """
    known = gather(items, person, [event], as_of, whole=True)
    meeting = known.encounter(event)
    around = items.events(min(event.start_at, event.start_at - SERIES), max(event.end_at, event.start_at + timedelta(minutes=1)))
    before = Before(told or {}, last_of_series(person, event, tuple(around)))
    sections = _sections(items, meeting, known, before, around)
    bottom_line = _bottom_line(meeting, sections, due_at)
    if event.private or standing(rules, event).private:
        sections = {name: [replace(f, sensitivity=Sensitivity.PRIVATE) for f in facts] for name, facts in sections.items()}
    sections["last_said"].sort(key=lambda f: f.at or as_of, reverse=True)
    briefing = Briefing(
        kind="meeting",
        person=person.id,
        title=title_of(event),
        subject=subject(meeting, known),
        bottom_line=bottom_line or _nothing_known(meeting, known),
        made_at=as_of,
        timezone=person.timezone,
        sections=tuple((name, tuple(facts)) for name, facts in sections.items()),
        coverage=sight(items.accounts(), as_of),
        language=person.language,
    )
    return fit(briefing, measure or _estimate)


def _sections(
    items: Items, meeting: Encounter, known: Background, before: Before, around: Sequence[Event]
) -> dict[str, list[Fact]]:
    held = sort_out(known.person, [e for e in around if e.end_at > meeting.event.start_at])
    opened = open_ends(meeting, known) + task_lines(items.tasks(), meeting, known)
    return {
        "when_where": list(_when_where(meeting, held, known)),
        "people": list(introductions(meeting, known, before)),
        "last_said": _not_said_in(last_said(meeting, known, SAID + OPEN, 0.2), opened)[:SAID],
        "open": sorted(opened, key=lambda f: -f.importance)[:OPEN],
        "changed": changes(meeting, known, before)[:CHANGED],
    }


def subject(meeting: Encounter, known: Background) -> str:
    """For example "10:30 Atlas round · Dana Whitfield, Tom Reed"; with the day where it is not the day of the brief."""
    event, zone = meeting.event, known.person.zone
    moment = "" if event.all_day else clock_words(event.start_at, zone)
    if event.start_at.astimezone(zone).date() != known.as_of.astimezone(zone).date():
        moment = f"{days(event, zone, known.as_of)} {moment}".strip()
    coming = [g for g in meeting.guests if not g.declined]
    return f"{moment} {title_of(event, 60)}".strip() + (f" · {names(coming)}" if coming else "")


def fit(briefing: Briefing, measure: Measure, limit: int = WORDS) -> Briefing:
    """Without the least important lines, until it is short enough; when and where always stays."""
    while measure(briefing) > limit:
        spare = [(f.importance, name, f.key) for name, facts in briefing.sections if name != "when_where" for f in facts]
        if not spare:
            break
        _, section, key = min(spare)
        kept = tuple((n, tuple(f for f in facts if n != section or f.key != key)) for n, facts in briefing.sections)
        briefing = replace(briefing, sections=kept)
    return briefing


def _estimate(briefing: Briefing) -> int:
    """Words of every line, its label and its sources, and the frame around them."""
    lines = sum(len(f"{f.label} {f.text}".split()) + 3 * min(2, len(f.sources)) for f in briefing.facts())
    return lines + len(f"{briefing.title} {briefing.bottom_line}".split()) + 50


def _when_where(meeting: Encounter, held: Day, known: Background) -> Iterator[Fact]:
    event, zone = meeting.event, known.person.zone
    lasting = "" if event.all_day or event.end_at <= event.start_at else f" ({length(event.end_at - event.start_at)})"
    when = f"{days(event, zone, known.as_of)}, {hours(event, zone)}{lasting}"
    if is_cancelled(event):
        when = f"Cancelled: {when}"
    yield _about(event, "when", when, 1.0, label="When", at=event.start_at, version=when_version(event), key=when_key(event))
    link, where = safe_link(join_link(event)), place(event, 100)
    if where and not (link and where == "video call"):
        yield _about(event, "where", where, 0.98, label="Where")
    if link:
        yield _about(event, "join", link, 0.98, label="Join")
    reply = my_reply(known.person, event)
    if reply in {Reply.NEEDS_ACTION, Reply.DECLINED}:
        said = "you have not answered the invitation" if reply is Reply.NEEDS_ACTION else "you have declined"
        yield _about(event, "reply", sentence(said), 0.97, basis=Basis.DERIVED)
    for other in held.conflicts.get(event.id, ())[:2]:
        yield line(
            f"conflict:{event.id}:{other.id}",
            f"Conflict with {hours(other, zone)} {title_of(other, 50)}.",
            cite(other),
            importance=0.97,
            topic="conflict",
            basis=Basis.DERIVED,
            sensitivity=Sensitivity.PRIVATE if other.private else Sensitivity.NORMAL,
        )
    if what := agenda(event.description):
        yield _about(event, "agenda", str(what), 0.95, quote=what.exact, label="Agenda")


def _about(
    event: Event, what: str, said: str, importance: float, *, quote: str = "", key: str = "", version: str = "", **more: object
) -> Fact:
    fields = {"importance": importance, "topic": what, **more}
    return line(key or f"brief:{event.id}:{what}", said, cite(event, quote), version=version, **fields)


def _not_said_in(said: list[Fact], opened: list[Fact]) -> list[Fact]:
    """A message is quoted once."""
    quoted = {f.sources[0].id for f in opened if f.topic in {"asks", "asked", "mine", "theirs"}}
    return [f for f in said if f.sources[0].id not in quoted]


def _bottom_line(meeting: Encounter, sections: Mapping[str, list[Fact]], due_at: datetime) -> str:
    """Never says what is private: it stands in every rendering."""
    shown = {name: [f for f in facts if f.sensitivity is Sensitivity.NORMAL] for name, facts in sections.items()}
    if is_cancelled(meeting.event):
        return "This meeting is cancelled."
    if meeting.event.start_at < due_at < meeting.event.end_at:
        return "It has begun."
    pressing = next((f for f in shown["open"] if f.topic in {"asks", "mine"} and f.importance >= PRESSING), None)
    changed = next((f for f in shown["changed"] if f.importance >= PRESSING), None)
    if pressing:
        asks = pressing.topic == "asks"
        return (
            f"{pressing.people[0]} waits for an answer from you." if asks else "You have promised something that is still open."
        )
    if changed:
        return changed.text
    if shown["open"]:
        first = shown["open"][0]
        return first.text if first.topic in {"deal", "task"} else f"Open between you: {count(len(shown['open']), 'thing')}."
    if shown["last_said"]:
        return "Nothing is open between you; what was said last is below."
    return ""


def _nothing_known(meeting: Encounter, known: Background) -> str:
    if not meeting.guests:
        return "The invitation names nobody else."
    if any(g.email in known.contacts or g.email in known.relations for g in meeting.guests):
        return "Nothing new was found since you last dealt with them."
    return f"Nothing was found about {names(meeting.guests)} beyond the invitation."
