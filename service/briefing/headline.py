"""Title, subject and the one sentence that puts importance before time: all made from facts already chosen."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from service.briefing.day import holiday
from service.briefing.due import DAYS, clock_words, date_words
from service.briefing.wording import clean, clip, requote, sentence, spelt
from service.domain.facts import NO_MEETING, Fact, Section
from service.domain.people import Person

Sections = Mapping[str, Sequence[Fact]]
WORDS = 25
"""Of the bottom line; more where the names of what could not be read need them."""
_PRESSING = (Section.NEEDS_YOU, Section.COMMITMENTS, Section.SLACK)
_SIMPLE = (*_PRESSING, Section.WAITING)


@dataclass(frozen=True, slots=True)
class Headline:
    title: str
    subject: str
    bottom_line: str


def headline(person: Person, sections: Sections, as_of: datetime, unseen: str, *, withheld: bool = False) -> Headline:
    """`unseen`: the sources that could not be read, in words; where there are any, nothing here claims calm.
    `withheld`: private facts were taken out, so that what is left says nothing of calm either.
    """
    day = as_of.astimezone(person.zone).date()
    calm = not unseen and not withheld
    if withheld and _is_quiet(sections):
        line = sentence(f"what there is today is not shown here{f', and {unseen}' if unseen else ''}")
    else:
        line = _bottom_line(person, sections, as_of, unseen)
    return Headline(_title(person, as_of), _subject(day, sections, unseen, calm=calm), line)


def _title(person: Person, as_of: datetime) -> str:
    local = as_of.astimezone(person.zone)
    part = "morning" if local.hour < 12 else "afternoon" if local.hour < 18 else "evening"
    first = clip(clean(person.name), 60).partition(" ")[0]
    day = ", ".join(filter(None, (date_words(local.date()), holiday(person, local.date()))))
    return f"Good {part}{f', {first}' if first else ''} – {day}"


def _subject(day: date, sections: Sections, unseen: str, *, calm: bool) -> str:
    """Reads as "Tue 12 May · 3 need you · 4 meetings": what is not there is not counted."""
    need, meet = len(sections.get(Section.NEEDS_YOU, ())), len(_to_attend(sections))
    parts = [f"{need} need{'s' if need == 1 else ''} you"] if need else []
    parts += [f"{meet} meeting{'' if meet == 1 else 's'}"] if meet else []
    if not parts:
        others = ((Section.COMMITMENTS, "due"), (Section.WAITING, "waiting"), (Section.SLACK, "on Slack"))
        parts = [f"{len(sections[name])} {word}" for name, word in others if sections.get(name)]
    if not parts and calm:
        parts = ["a quiet day"]
    parts += ["not everything could be read"] if unseen else []
    return " · ".join([date_words(day, short=True), *parts])


def _bottom_line(person: Person, sections: Sections, as_of: datetime, unseen: str) -> str:
    room = WORDS - len(f"but {unseen}".split()) if unseen else WORDS
    says = _quiet(person, as_of, unseen) if _is_quiet(sections) else _busy(sections, as_of, person.zone, room)
    return sentence(f"{says}, but {unseen}" if unseen else says)


def _is_quiet(sections: Sections) -> bool:
    return not _to_attend(sections) and not any(sections.get(name) for name in _SIMPLE)


def _to_attend(sections: Sections) -> list[Fact]:
    return [f for f in sections.get(Section.MEETINGS, ()) if f.topic not in NO_MEETING]


def _quiet(person: Person, as_of: datetime, unseen: str) -> str:
    if unseen:
        return "Nothing needs you in what could be read"
    day = as_of.astimezone(person.zone).date()
    named = holiday(person, day)
    lead = f"{named}, a quiet day" if named else f"A quiet {DAYS[day.weekday()] if day.weekday() > 4 else 'day'}"
    return f"{lead}: nothing needs you, no meetings"


def _busy(sections: Sections, as_of: datetime, zone: ZoneInfo, room: int) -> str:
    """What matters most, then counts, in at most `room` words; the hour of the first meeting where there is room for it."""
    candidates = [f for name in _PRESSING for f in sections.get(name, ())] or sections.get(Section.WAITING, ())
    first = max(candidates, key=lambda f: f.importance, default=None)
    others = _others(sections, first) if first else ["nothing needs you"]
    met = _meetings(_to_attend(sections), as_of, zone)
    short = met and (len(f"{' '.join(others)} {met}".split()) > 10)
    counts = ", ".join(filter(None, (*others, (met.partition(", the ")[0] if short and first else met))))
    counts = counts[:1].upper() + counts[1:]
    if not first:
        return counts
    return f"{_short(first, room - len(counts.split()))} {counts}".strip().removesuffix(".")


def _short(fact: Fact, room: int) -> str:
    """Who, their words cut to fit, and until when; of what nobody said, its own sentence."""
    text = requote(fact.text, 90)
    quoted = re.search(r"“([^”]*)”((?: (?:Due|Overdue|That)\b[^.]*\.)?)\Z", text)
    if not (quoted and fact.people):
        return _cut(text, room)
    who, until = f"{fact.people[0]}:", quoted[2]
    return f"{who} “{_cut(quoted[1], max(4, room - len(f'{who}{until}'.split())))}”{until}"


def _cut(text: str, most: int) -> str:
    some = text.split()
    return text if len(some) <= most else " ".join(some[:most]).rstrip(" ,;:.–—") + "…"


def _others(sections: Sections, first: Fact) -> list[str]:
    """How many others wait for the person."""
    needs = sections.get(Section.NEEDS_YOU, ())
    more = sum(f.key != first.key for f in needs)
    if not more:
        return []
    return [
        f"{spelt(more, 'more needs', 'more need')} you" if more < len(needs) else f"{spelt(more, 'mail needs', 'mails need')} you"
    ]


def _meetings(meetings: Sequence[Fact], as_of: datetime, zone: ZoneInfo) -> str:
    """Reads as "two meetings, one conflict, the first at 09:30"."""
    if not meetings:
        return ""
    clashes = sum(d.topic == "conflict" for f in meetings for d in f.details)
    said = spelt(len(meetings), "meeting") + (f", {spelt(clashes, 'conflict')}" if clashes else "")
    timed = sorted(f.at for f in meetings if f.at and f.label[:1].isdigit())
    ahead = [at for at in timed if at >= as_of]
    if not ahead:
        return said
    which = "the first at" if len(ahead) == len(timed) else "the next at"
    return f"{said} at {clock_words(ahead[0], zone)}" if len(meetings) == 1 else f"{said}, {which} {clock_words(ahead[0], zone)}"
