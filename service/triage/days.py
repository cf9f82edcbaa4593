"""Which local day a few words for a date mean, seen from the day they were written."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta

from service.triage.atoms import Atom
from service.triage.words import calendar as named

_NUMBER = re.compile(r"\d+")
_LETTERS = re.compile(r"[^\W\d_]+")
_COUNTS = {
    "a": 1, "an": 1, "one": 1, "the": 1, "next": 1, "einer": 1, "einem": 1, "un": 1, "une": 1, "una": 1,
    "two": 2, "couple": 2, "couple of": 2, "zwei": 2, "deux": 2, "dos": 2, "three": 3, "drei": 3, "trois": 3, "tres": 3,
    "four": 4, "five": 5, "six": 6,
}  # fmt: skip
_FRIDAY = 4
_TOO_NEAR = 2  # days


def day_of(said: Sequence[Atom], weekday: Atom | None, today: date) -> date | None:
    """None where the words may mean two days. Raises ValueError for a day that does not exist."""
    by_kind = {a.kind: a for a in said}
    wanted = _weekday(weekday) if weekday else None
    for kind in ("iso", "dotted", "slashed", "daymonth", "monthday", "nth"):
        if kind in by_kind:
            return _EXPLICIT[kind](by_kind[kind].groups[kind], today, wanted)
    if "day" in by_kind:
        return today + timedelta(days=_looked_up(by_kind["day"].groups["day"], named.DAYS_AWAY))
    if "week" in by_kind:
        return _in_week(by_kind["week"].groups["week"], wanted, today)
    assert weekday is not None
    assert wanted is not None
    return _on_weekday(weekday, wanted, today)


def last_of(said: Sequence[Atom], on: date) -> date:
    """The last day that the words cover: of "next week" its Friday."""
    week = next((a.groups["week"] for a in said if a.kind == "week"), None)
    if week and _plain(week) in named.NEXT_WEEK and not any(a.kind == "weekday" for a in said):
        return on + timedelta(days=_FRIDAY - on.weekday())
    return on


def span_of_time(count: str, unit: str) -> timedelta | None:
    number = int(count) if count.isdigit() else _COUNTS.get(count.lower())
    if number is None:
        return None
    unit = unit.lower()
    if unit.startswith(("min",)):
        return timedelta(minutes=number)
    if unit.startswith(("h", "stund")):
        return timedelta(hours=number)
    if unit.startswith(("week", "woch", "sem")):
        return timedelta(weeks=number)
    if unit.startswith(("business", "working", "werk")):
        return timedelta(days=number + 2 * (number // 5))
    return timedelta(days=number)


def _plain(words: str) -> str:
    return re.sub(r"\s+", " ", words.lower())


def _looked_up(words: str, table: dict[str, int]) -> int:
    return table[_plain(words)]


def _weekday(atom: Atom) -> int:
    words = atom.groups["weekday"].rstrip(".")
    return named.SHORT_WEEKDAYS[words] if words in named.SHORT_WEEKDAYS else named.WEEKDAYS[words]


def _on_weekday(atom: Atom, wanted: int, today: date) -> date | None:
    which = _plain(atom.groups.get("which", ""))
    after = _plain(atom.groups.get("after", ""))
    ahead = (wanted - today.weekday()) % 7
    if which in ("last", "past") or which.startswith("letzt") or after == "dernier":
        return today - timedelta(days=(today.weekday() - wanted) % 7 or 7)
    if which == "next" and 0 < wanted - today.weekday() <= _TOO_NEAR:
        return None  # "next Friday" on a Thursday: tomorrow to some, in eight days to others
    if which == "next" or after == "next week":
        monday = today + timedelta(days=7 - today.weekday())
        return monday + timedelta(days=wanted)
    return today + timedelta(days=ahead)


def _in_week(words: str, wanted: int | None, today: date) -> date:
    words = _plain(words)
    monday = today - timedelta(days=today.weekday())
    if words in named.END_OF_MONTH:
        return today.replace(day=monthrange(today.year, today.month)[1])
    if words in named.NEXT_WEEK:
        return monday + timedelta(days=7 + (wanted or 0))
    if words in named.END_OF_NEXT_WEEK:
        return monday + timedelta(days=7 + _FRIDAY)
    return max(today, monday + timedelta(days=_FRIDAY if wanted is None else wanted))


def _iso(words: str, _today: date, _weekday: int | None) -> date:
    return date.fromisoformat(words)


def _dotted(words: str, today: date, _weekday: int | None) -> date:
    """German order: day, month, year."""
    day, month, *year = map(int, _NUMBER.findall(words))
    return _with_year(day, month, year[0] if year else None, today)


def _slashed(words: str, today: date, weekday: int | None) -> date | None:
    """Day and month in either order: settled by a number above 12, by both being equal, or by the weekday beside it."""
    first, second, *rest = map(int, _NUMBER.findall(words))
    year = rest[0] if rest else None
    if first == second or first > 12:
        return _with_year(first, second, year, today)
    if second > 12:
        return _with_year(second, first, year, today)
    if weekday is not None:
        fits = [
            d for d in (_with_year(first, second, year, today), _with_year(second, first, year, today)) if d.weekday() == weekday
        ]
        if len(fits) == 1:
            return fits[0]
    return None


def _month_named(words: str, today: date, _weekday: int | None) -> date:
    numbers = [int(n) for n in _NUMBER.findall(words)]
    month = next(named.MONTHS[w] for w in (m.lower() for m in _LETTERS.findall(words)) if w in named.MONTHS)
    return _with_year(numbers[0], month, numbers[1] if len(numbers) > 1 else None, today)


def _nth(words: str, today: date, _weekday: int | None) -> date:
    """The next such day of a month, today included."""
    day = int(_NUMBER.findall(words)[0])
    year, month = today.year, today.month
    for _ in range(12):
        ahead = (year, month, day) >= (today.year, today.month, today.day)
        if ahead and day <= monthrange(year, month)[1]:
            return date(year, month, day)
        month, year = (1, year + 1) if month == 12 else (month + 1, year)
    raise ValueError(words)


def _with_year(day: int, month: int, year: int | None, today: date) -> date:
    """Without a year, the one that brings it nearest, up to three months back and nine ahead."""
    if year is not None:
        return date(year + 2000 if year < 100 else year, month, day)
    years = (today.year - 1, today.year, today.year + 1)
    candidates = [date(y, month, day) for y in years if day <= monthrange(y, month)[1]]
    fitting = [d for d in candidates if timedelta(days=-92) <= d - today <= timedelta(days=275)]
    if not fitting:
        raise ValueError(f"{day}.{month}.")
    return fitting[0]


_EXPLICIT = {
    "iso": _iso,
    "dotted": _dotted,
    "slashed": _slashed,
    "daymonth": _month_named,
    "monthday": _month_named,
    "nth": _nth,
}
