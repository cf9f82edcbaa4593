"""Dates and times in a sentence, resolved against the moment it was sent, in the reader's zone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from service.domain.verdicts import DateMention, Span, When
from service.triage import atoms
from service.triage.atoms import Atom
from service.triage.clocks import clock_time, zone_of
from service.triage.days import day_of, last_of, span_of_time
from service.triage.sentences import Sentence
from service.triage.words import calendar as named

_GAP = re.compile(
    r"[\s,()\u00a0]*(?:@|at|um|à|a las|a la|al|on|the|of|den|dem|am|le|el|de la|de|by|before|-|–|to)?[\s,\u00a0]*", re.IGNORECASE
)
_GREETING = re.compile(r"\b(?:guten|schönen|gute)\s+$", re.IGNORECASE)
_NUMBER = re.compile(r"\d+")
_DEADLINE = re.compile(
    rf"(?:^|[\s(:;,/–—-])(?:{named.DEADLINE})\s*:?\s+(?:around|about|the|this|end of|den|dem|le|la|el|de)?\s*$", re.IGNORECASE
)
_LED = re.compile(
    r"(?:^|[\s(])(?:on|by|before|due|until|till|from|for|at|after|since|um|am|bis|ab|vor|vom|à|le|du|au|el|a las|para|desde|hasta|around|about|:|@)\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A date in words. `last` is the last local date it covers ("next week" ends on a Friday): what a deadline means."""

    span: Span
    when: When
    last: date | None
    deadline: bool  # said as one: "by", "due", "EOD", "within"
    zone: tzinfo

    @property
    def due(self) -> When:
        return self.when if self.when.at or self.last == self.when.on else When(self.when.words, on=self.last)

    @property
    def statement(self) -> DateMention:
        return DateMention(self.span, self.when)


def mentions(sentence: Sentence, sent_at: datetime, zone: ZoneInfo) -> tuple[Mention, ...]:
    """Every date and time of a sentence, in order. What could be read two ways ("03/04") has neither date nor moment."""
    text = sentence.text
    said = sentence.meanings
    if "date" not in said and not atoms.DIGITS.search(text) and not ("month" in said and any(map(str.isdigit, text))):
        return ()
    sent = sent_at.astimezone(zone)
    found = (_mention(sentence, group, sent, zone) for group in _groups(text))
    return tuple(m for m in found if m is not None)


def _groups(text: str) -> Iterator[list[Atom]]:
    """Atoms that say one thing together: "Friday", "12 May", "3 pm"."""
    group: list[Atom] = []
    for atom in atoms.find(text):
        if group and (
            len(gap := text[group[-1].end : atom.start]) > 12
            or not _GAP.fullmatch(gap)
            or atom.kind in {a.kind for a in group} - {"clock"}
            or (atom.kind == "hour" and "clock" in {a.kind for a in group})
            or atom.kind in ("within", "iso")
        ):
            yield group
            group = []
        group.append(atom)
    if group:
        yield group


def _mention(sentence: Sentence, group: Sequence[Atom], sent: datetime, zone: ZoneInfo) -> Mention | None:
    text = sentence.text
    start, end = group[0].start, group[-1].end
    kinds = {a.kind for a in group}
    before = text[max(0, start - 24) : start]
    if kinds <= {"part", "hour"} or (len(group) == 1 and not _plain(group[0], before)):
        return None
    when, last = _resolve(group, text[start:end], sent, zone)
    offset = sentence.offset if sentence.offset < 0 else sentence.offset + start
    deadline = bool(kinds & {"eod", "within"}) or bool(_DEADLINE.search(before))
    return Mention(Span(text[start:end], offset), when, last, deadline, zone)


def _plain(atom: Atom, before: str) -> bool:
    """A bare "10:30", "3/4", "2.4.18" or "Sun" is a time only where its surroundings say so."""
    if atom.kind == "dotted":
        return atom.groups["dotted"][-4:].isdigit() or bool(_LED.search(before))
    if atom.kind == "day":
        return not _GREETING.search(before)
    if atom.kind == "weekday":
        return (
            atom.groups["weekday"].rstrip(".") not in named.SHORT_WEEKDAYS or "which" in atom.groups or bool(_LED.search(before))
        )
    if atom.kind == "slashed":
        return atom.groups["slashed"].count("/") == 2 or bool(_LED.search(before))
    if atom.kind == "clock":
        words = atom.groups["clock"].lower()
        return "zone" in atom.groups or any(c.isalpha() for c in words) or bool(_LED.search(before))
    return True


def _resolve(group: Sequence[Atom], words: str, sent: datetime, zone: ZoneInfo) -> tuple[When, date | None]:
    first = group[0]
    if first.kind == "within":
        return _within(first, words, sent)
    weekday = next((a for a in group if a.kind == "weekday"), None)
    clock = next((a for a in group if a.kind == "clock"), None)
    hour = next((a for a in group if a.kind == "hour"), None)
    said_day = [a for a in group if a.kind not in ("clock", "part", "eod", "hour")]
    try:
        on = day_of(said_day, weekday, sent.date()) if said_day else sent.date()
        if on is None:
            return When(words), None
        if first.kind == "iso" and "isotime" in first.groups:
            return _iso(first, words, on, zone), on
        if clock is None and hour is not None and said_day:
            return _full_hour(hour, group, words, on, zone), on
        if clock is None:
            return When(words, on=on), last_of(said_day, on)
        return _at(clock, words, on, sent, zone, bool(said_day)), on
    except (ValueError, OverflowError):  # the 31st of June, 25:00
        return When(words), None


def _within(atom: Atom, words: str, sent: datetime) -> tuple[When, date | None]:
    length = span_of_time(atom.groups["count"], atom.groups["unit"])
    if length is None:
        return When(words), None
    then = sent + length
    if length < timedelta(days=1) or atom.groups["unit"].lower().startswith(("h", "m", "st")):
        return When(words, at=then.astimezone(UTC)), then.date()
    return When(words, on=then.date()), then.date()


def _iso(atom: Atom, words: str, on: date, zone: ZoneInfo) -> When:
    offset = atom.groups.get("isozone", "")
    place: tzinfo = zone
    if offset:
        place = UTC if offset in "Zz" else timezone(timedelta(hours=int(offset[:3]), minutes=int(offset[0] + offset[-2:])))
    return When(words, at=datetime.combine(on, time.fromisoformat(atom.groups["isotime"]), place).astimezone(UTC))


def _full_hour(hour: Atom, group: Sequence[Atom], words: str, on: date, zone: ZoneInfo) -> When:
    """As "Thursday at 10". From one to seven only the day is sure, unless a part of the day is named beside it."""
    number = int(_NUMBER.findall(hour.groups["hour"])[0])
    part = next((a.groups["part"] for a in group if a.kind == "part"), "")
    if number < _SURELY and part in named.AFTERNOONS:
        number += 12
    elif number < _SURELY and not part:
        return When(words, on=on)
    return When(words, at=datetime.combine(on, time(number), zone).astimezone(UTC))


_SURELY = 8  # o'clock: whoever writes "at 9" means the morning


def _at(clock: Atom, words: str, on: date, sent: datetime, zone: ZoneInfo, day_said: bool) -> When:
    moment, days_later = clock_time(clock.groups["clock"])
    place = zone_of(clock.groups.get("zone", "")) or zone
    at = datetime.combine(on + timedelta(days=days_later), moment, place)
    if not day_said and at + timedelta(minutes=30) < sent:  # "at 9" written at noon means tomorrow's nine
        at += timedelta(days=1)
    return When(words, at=at.astimezone(UTC))
