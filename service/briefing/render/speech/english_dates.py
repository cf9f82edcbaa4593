"""Dates, times of day and periods in English."""

from __future__ import annotations

import re

from service.briefing.due import MONTHS
from service.briefing.render.speech.numbers import cardinal, ordinal, year

_DAYS = {"mon": "Monday", "tue": "Tuesday", "tues": "Tuesday", "wed": "Wednesday", "thu": "Thursday", "thur": "Thursday",
         "thurs": "Thursday", "fri": "Friday", "sat": "Saturday", "sun": "Sunday"}  # fmt: skip
_MONTH = r"(Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
_DAY = r"([0-3]?[0-9])(?:st|nd|rd|th)?"
_YEAR = r"(?:,?\s((?:19|20)[0-9]{2})\b(?![:.][0-9]))?"
_CLOCK = r"([01]?[0-9]|2[0-4]):([0-5][0-9])(?::[0-5][0-9](?:\.[0-9]+)?)?Z?(?:\s?([AaPp])\.?[Mm]\b\.?)?"


def _month(written: str) -> str:
    return next(m for m in MONTHS if m.lower().startswith(written.lower()[:3]))


def _date(day: str, month: str, in_year: str | None, *, led: bool) -> str:
    """Such as "the twelfth of May"; without "the" where one stands before it already."""
    if not 1 <= int(day) <= 31:
        return f"{cardinal(str(int(day)))} {month}"
    said = f"{'' if led else 'the '}{ordinal(str(int(day)))} of {month}"
    return f"{said} {year(in_year)}" if in_year else said


def _day_first(m: re.Match[str]) -> str:
    weekday = f"{m[1]} " if m[1] else ""
    return weekday + _date(m[3], _month(m[4]), m[5], led=False)


def _two_days(m: re.Match[str]) -> str:
    return f"{_date(m[1], '', None, led=False).removesuffix(' of ')} to {_date(m[2], _month(m[3]), m[4], led=False)}"


def _month_first(m: re.Match[str]) -> str:
    return _date(m[2], _month(m[1]), m[3], led=False)


def _numeric(in_year: str, month: str, day: str, written: str) -> str:
    if not (1 <= int(month) <= 12 and 1 <= int(day) <= 31):
        return written
    in_year = in_year and (in_year if len(in_year) == 4 else "20" + in_year)
    return _date(day, MONTHS[int(month) - 1], in_year or None, led=False)


def clock(hour: int, minute: int) -> str:
    """Such as "nine thirty", "two o'clock", "noon"; evenings, nights and early mornings say so, since half the clock is silent on it."""
    if minute == 0 and hour in {0, 12, 24}:
        return "noon" if hour == 12 else "midnight"
    part = (
        " in the evening" if 18 <= hour < 24 else " at night" if hour < 5 or hour == 24 else " in the morning" if hour < 7 else ""
    )
    said = cardinal(str((hour - 1) % 12 + 1))
    if minute == 0:
        return said + (part or " o'clock")
    return f"{said} {'oh ' if minute < 10 else ''}{cardinal(str(minute))}{part}"


def _hour(hour: str, half: str | None) -> int:
    if not half:
        return int(hour)
    return int(hour) % 12 + (12 if half in "Pp" else 0)


def _time(m: re.Match[str]) -> str:
    return clock(_hour(m[1], m[3]), int(m[2]))


def _span(m: re.Match[str]) -> str:
    """Of two times on one side of a parting of the day only the second says which side."""
    first, second = clock(_hour(m[1], m[3] or m[6]), int(m[2])), clock(_hour(m[4], m[6]), int(m[5]))
    for part in (" in the evening", " in the morning", " at night", " o'clock"):
        if first.endswith(part) and second.endswith(part):
            first = first.removesuffix(part)
    return f"{first} to {second}"


def _quarter(m: re.Match[str]) -> str:
    said = "the " if m[1] is None else m[1]
    which = f"{ordinal(m[3])} {'quarter' if m[2] == 'Q' else 'half'}"
    if not m[4]:
        return f"{m[1] or ''}{which}"
    return f"{said}{which} of {year(m[4] if len(m[4]) == 4 else '20' + m[4])}"


WEEKDAYS = (
    (re.compile(r"\b(Mon|Tues?|Wed|Thu(?:rs?)?|Fri)\b\.?"), lambda m: _DAYS[m[1].lower()]),
    (re.compile(r"\b(Sat|Sun)\b\.?(?=,?\s(?:the\b|at\b|morning|evening|[0-9]))"), lambda m: _DAYS[m[1].lower()]),
)
RULES = (
    (re.compile(r"\b(20[0-9]{2}|19[0-9]{2})-([01][0-9])-([0-3][0-9])(?:T|\b)"), lambda m: _numeric(m[1], m[2], m[3], m[0]) + " "),
    (
        re.compile(r"\b([0-3]?[0-9])\.([01]?[0-9])\.((?:19|20)?[0-9]{2})?(?![0-9])"),
        lambda m: _numeric(m[3] or "", m[2], m[1], m[0]),
    ),
    (re.compile(rf"(?:\bthe\s)?\b{_DAY}\s?[–-]\s?{_DAY}\s(?:of\s)?{_MONTH}{_YEAR}"), _two_days),
    (re.compile(rf"\b(?:([A-Z][a-z]+day),?\s)?(the\s)?\b{_DAY}\s(?:of\s)?{_MONTH}{_YEAR}"), _day_first),
    (re.compile(rf"\b{_MONTH}\s(?:the\s)?{_DAY}\b(?![:.][0-9]){_YEAR}"), _month_first),
    (re.compile(rf"(?<![\d:.]){_CLOCK}\s?(?:[–—-]|to)\s?{_CLOCK}(?![\d:])"), _span),
    (re.compile(rf"(?<![\d:.]){_CLOCK}(?![\d:])"), _time),
    (
        re.compile(r"\b(1[0-2]|0?[1-9])(?:\.([0-5][0-9]))?\s?([AaPp])\.?[Mm]\b\.?"),
        lambda m: clock(_hour(m[1], m[3]), int(m[2] or 0)),
    ),
    (re.compile(r"\b(the\s)?(Q)([1-4])(?:[ /'’]{0,2}(20[0-9]{2}|[0-9]{2})\b)?"), _quarter),
    (re.compile(r"\b(the\s)?(H)([12])(?:[ /'’]{0,2}(20[0-9]{2}|[0-9]{2})\b)?(?![A-Za-z0-9])"), _quarter),
    (re.compile(r"\bFY\s?'?(20[0-9]{2}|[0-9]{2})\b"), lambda m: "fiscal year " + year(m[1] if len(m[1]) == 4 else "20" + m[1])),
    (re.compile(r"(?<![\w.,'’+-])(19[5-9][0-9]|20[0-4][0-9])(?![\w%]|[.,'’]\d)"), lambda m: year(m[1])),
)
