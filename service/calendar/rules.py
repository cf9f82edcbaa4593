"""RRULE texts, held against RFC 5545 section 3.3.10. A rule that breaks it is refused: half understood, it would be wrong."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, replace

from service.calendar.times import Moment, Unreadable, read_until

FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_RANGES = {
    "BYSECOND": (0, 60),
    "BYMINUTE": (0, 59),
    "BYHOUR": (0, 23),
    "BYMONTHDAY": (-31, 31),
    "BYYEARDAY": (-366, 366),
    "BYWEEKNO": (-53, 53),
    "BYMONTH": (1, 12),
    "BYSETPOS": (-366, 366),
}
_REFUSED_WITH = {
    "BYWEEKNO": {"MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY"},
    "BYYEARDAY": {"MONTHLY", "WEEKLY", "DAILY"},
    "BYMONTHDAY": {"WEEKLY"},
}
_INTEGER = re.compile(r"[+-]?\d{1,3}\Z")
_WEEKDAY = re.compile(rf"([+-]?\d{{1,2}})?({'|'.join(WEEKDAYS)})\Z")
_COUNT = re.compile(r"\d{1,20}\Z")
_ENDLESS = 10**8  # more is no more: the calendar ends before
_FOREVER = 9000  # UNTIL=99991231T235959Z is how some programs write "without end"
_LONGEST = 2_000  # characters


@dataclass(frozen=True, slots=True)
class Rule:
    """`by` holds the BY… parts as integers; `weekdays` BYDAY as (ordinal or 0, 0 for Monday …)."""

    freq: str
    interval: int = 1
    count: int | None = None
    until: Moment | None = None
    week_start: int = 0
    by: tuple[tuple[str, tuple[int, ...]], ...] = ()
    weekdays: tuple[tuple[int, int], ...] = ()

    def part(self, name: str) -> tuple[int, ...]:
        return dict(self.by).get(name, ())

    def has(self, *names: str) -> bool:
        return any(name in names for name, _ in self.by) or ("BYDAY" in names and bool(self.weekdays))

    def with_part(self, name: str, *values: int) -> Rule:
        return replace(self, by=(*(p for p in self.by if p[0] != name), (name, values)))

    def without(self, *names: str) -> Rule:
        return replace(self, by=tuple(p for p in self.by if p[0] not in names))


def read_rule(text: str) -> Rule:
    """Raises Unreadable with what is wrong. Parts may come in any order and case; none may come twice."""
    parts = _split(text)
    freq = parts.pop("FREQ", "")
    if freq not in FREQUENCIES:
        raise Unreadable(f"its recurrence rule repeats “{freq[:20]}”, which is no frequency")
    if parts.pop("RSCALE", "GREGORIAN") != "GREGORIAN" or parts.pop("SKIP", "OMIT") != "OMIT":
        raise Unreadable("its recurrence rule counts in a calendar that is not supported (RSCALE, SKIP)")
    if "COUNT" in parts and "UNTIL" in parts:
        raise Unreadable("its recurrence rule has both COUNT and UNTIL")
    rule = Rule(
        freq,
        interval=_positive(parts, "INTERVAL") or 1,
        count=_positive(parts, "COUNT"),
        until=_until(parts),
        week_start=_week_start(parts),
        weekdays=_weekdays(parts),
        by=tuple((name, _integers(name, value)) for name, value in parts.items()),
    )
    _refuse_nonsense(rule)
    return rule


def _split(text: str) -> dict[str, str]:
    if len(text) > _LONGEST:
        raise Unreadable("its recurrence rule is too long")
    parts: dict[str, str] = {}
    for piece in filter(None, (p.strip() for p in text.upper().split(";"))):
        name, equals, value = (s.strip() for s in piece.partition("="))
        if name.startswith("X-"):
            continue
        if not equals or not value or name in parts:
            raise Unreadable(f"its recurrence rule has “{piece[:40]}”, which is empty or said twice")
        parts[name] = value.replace(" ", "")
    return parts


def _positive(parts: dict[str, str], name: str) -> int | None:
    value = parts.pop(name, None)
    if value is None:
        return None
    if not _COUNT.match(value) or int(value) == 0:
        raise Unreadable(f"its recurrence rule has {name}={value[:20]}: it must be 1 or more")
    return min(int(value), _ENDLESS)


def _until(parts: dict[str, str]) -> Moment | None:
    value = parts.pop("UNTIL", None)
    if value is None:
        return None
    until = read_until(value)
    if until is None:
        raise Unreadable(f"its recurrence rule ends at “{value[:40]}”, which is no date")
    if until.year >= _FOREVER:
        return None
    return until.replace(year=max(until.year, 2))  # in year 1 it has no UTC everywhere


def _week_start(parts: dict[str, str]) -> int:
    value = parts.pop("WKST", "MO")
    if value not in WEEKDAYS:
        raise Unreadable(f"its recurrence rule starts weeks on “{value[:20]}”")
    return WEEKDAYS.index(value)


def _weekdays(parts: dict[str, str]) -> tuple[tuple[int, int], ...]:
    value = parts.pop("BYDAY", None)
    days = []
    for piece in value.split(",") if value is not None else ():
        match = _WEEKDAY.match(piece)
        if not match or (match[1] and not 1 <= abs(int(match[1])) <= 53):
            raise Unreadable(f"its recurrence rule has the weekday “{piece[:20]}”")
        days.append((int(match[1] or 0), WEEKDAYS.index(match[2])))
    return tuple(dict.fromkeys(days))


def _integers(name: str, value: str) -> tuple[int, ...]:
    if name not in _RANGES:
        raise Unreadable(f"its recurrence rule has the unknown part {name[:20]}")
    least, most = _RANGES[name]
    numbers = [int(v) if _INTEGER.match(v) else None for v in value.split(",")]
    known = [n for n in numbers if n is not None and least <= n <= most and (n or least == 0)]
    if len(known) < len(numbers):
        raise Unreadable(f"its recurrence rule has {name}={value[:40]}, out of range")
    return tuple(dict.fromkeys(known))


def _refuse_nonsense(rule: Rule) -> None:
    for name, frequencies in _REFUSED_WITH.items():
        if rule.freq in frequencies and rule.has(name):
            raise Unreadable(f"its recurrence rule uses {name}, which {rule.freq} does not allow")
    if any(nth for nth, _ in rule.weekdays) and (rule.freq not in {"YEARLY", "MONTHLY"} or rule.has("BYWEEKNO")):
        raise Unreadable("its recurrence rule counts weekdays (“2MO”) where nothing can be counted")
    if rule.has("BYMONTH") and rule.has("BYMONTHDAY") and not _has_a_day(rule):
        raise Unreadable("its recurrence rule falls on a day that no month has")
    if rule.has("BYSETPOS") and not rule.has("BYDAY", *(n for n in _RANGES if n != "BYSETPOS")):
        raise Unreadable("its recurrence rule has BYSETPOS and nothing to pick from")


def _has_a_day(rule: Rule) -> bool:
    lengths = [calendar.monthrange(2024, month)[1] for month in rule.part("BYMONTH")]
    return any(abs(day) <= length for day in rule.part("BYMONTHDAY") for length in lengths)
