"""How the config file writes durations, times, days, addresses, zones and patterns; each as a type that pydantic reads."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from datetime import date, time, timedelta
from functools import cache
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, Field, GetJsonSchemaHandler, PlainSerializer, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError, core_schema

from service.settings.kinds import meant
from service.settings.section import wrong

T = TypeVar("T")


def _text(value: object, fix: str) -> str:
    if not isinstance(value, str):
        raise wrong(f"{_short(value)} is not understood here", fix)
    return value.strip()


def _short(value: object) -> str:
    shown = "nothing" if value is None else f"{value!r}" if isinstance(value, str) else str(value)
    return shown if len(shown) <= 60 else shown[:57] + "…"


_DURATION = re.compile(r"(?:(\d{1,5})w)?(?:(\d{1,5})d)?(?:(\d{1,6})h)?(?:(\d{1,7})m)?(?:(\d{1,8})s)?", re.ASCII)
_DURATION_FIX = "Write a duration such as 15m, 4h, 1h30m or 180d"


def duration(value: object) -> timedelta:
    """From "1h30m" or "180d": weeks, days, hours, minutes, seconds in this order, more than nothing."""
    text = _text(value, _DURATION_FIX).replace(" ", "")
    found = _DURATION.fullmatch(text)
    if not text or not found:
        raise wrong(f"{_short(value)} is no duration", _DURATION_FIX)
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    if not length:
        raise wrong("a duration of nothing", _DURATION_FIX)
    return length


def say_duration(length: timedelta) -> str:
    """As it would be written in the file: 1h30m, 180d."""
    left, words = int(length.total_seconds()), ""
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
        count, left = divmod(left, size)
        words += f"{count}{unit}" if count else ""
    return words


def between(low: str, high: str) -> Callable[[object], timedelta]:
    def read(value: object) -> timedelta:
        length = duration(value)
        if not duration(low) <= length <= duration(high):
            raise wrong(f"{_short(value)} is out of range", f"Choose between {low} and {high}")
        return length

    return read


_DURATION_SCHEMA = WithJsonSchema(
    {
        "type": "string",
        "pattern": r"^(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?$",
        "minLength": 2,
        "examples": ["15m", "4h", "1h30m", "180d"],
    }
)
_SAID = PlainSerializer(say_duration, return_type=str, when_used="json")  # so that the schema shows a default as one writes it
Lead = Annotated[timedelta, PlainValidator(between("1m", "14d")), _SAID, _DURATION_SCHEMA]
Interval = Annotated[timedelta, PlainValidator(between("30s", "7d")), _SAID, _DURATION_SCHEMA]
Age = Annotated[timedelta, PlainValidator(between("1d", "36500d")), _SAID, _DURATION_SCHEMA]

_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_CLOCK_FIX = 'Write a 24-hour time such as "07:00"'


def clock_time(value: object) -> time:
    found = _CLOCK.fullmatch(_text(value, _CLOCK_FIX))
    if not found:
        raise wrong(f"{_short(value)} is no time of day", _CLOCK_FIX)
    return time(int(found[1]), int(found[2]))


ClockTime = Annotated[
    time,
    PlainValidator(clock_time),
    PlainSerializer(lambda at: f"{at:%H:%M}", return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": r"^([01]?[0-9]|2[0-3]):[0-5][0-9]$", "examples": ["07:00"]}),
]

_DAY_FIX = "Write a date such as 2026-12-24"


def day(value: object) -> date:
    text = _text(value, _DAY_FIX)
    try:
        found = date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII) else None
    except ValueError:
        found = None
    if found is None or not 1970 <= found.year <= 2999:
        raise wrong(f"{_short(value)} is no date", _DAY_FIX)
    return found


Day = Annotated[date, PlainValidator(day), WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-12-24"]})]

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LONG = {name: i for i, name in enumerate(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"))}
_SETS = {"weekdays": frozenset(range(5)), "weekends": frozenset({5, 6}), "daily": frozenset(range(7))}


def days(value: object) -> frozenset[int]:
    """weekdays, weekends, daily, or names of days: mon or monday. 0 is Monday."""
    names = value if isinstance(value, list) else [value]
    found: set[int] = set()
    for name in names:
        word = _text(name, "Write weekdays, daily, weekends or a list such as [mon, thu]").lower()
        if word in _SETS:
            found |= _SETS[word]
        elif word in DAYS:
            found.add(DAYS.index(word))
        elif word in _LONG:
            found.add(_LONG[word])
        else:
            raise wrong(f"{_short(name)} is no day", meant(word, [*_SETS, *_LONG]))
    if not found:
        raise wrong("no day is named", "Write weekdays, daily, weekends or a list such as [mon, thu]")
    return frozenset(found)


_EMAIL = re.compile(r"[^\s@<>()\[\],;:\\\"\x00-\x20\x7f]{1,64}@(?!-)[^\s@<>()\[\],;:\\\"/\x00-\x20\x7f]{1,190}(?<![.-])")


def email(value: object) -> str:
    """A bare mailbox, lower case (RFC 5321 leaves the local part to its host; no host in use tells cases apart)."""
    text = _text(value, "Write an address such as mara@keller.example")
    if not _EMAIL.fullmatch(text) or ".." in text or not text.isprintable():
        raise wrong(f"{_short(value)} is no e-mail address", "Write an address such as mara@keller.example, without a name")
    return text.lower()


Email = Annotated[
    str, PlainValidator(email), WithJsonSchema({"type": "string", "format": "email", "examples": ["mara@keller.example"]})
]


_NO_ZONES = {"localtime", "posixrules", "Factory", "posix", "right"}


@cache
def zones() -> frozenset[str]:
    from zoneinfo import available_timezones

    return frozenset(name for name in available_timezones() if name.partition("/")[0] not in _NO_ZONES)


def is_zone(name: str) -> bool:
    """Looks for the one file: to list them all would open some 600."""
    from zoneinfo import ZoneInfo

    if not re.fullmatch(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+){0,3}", name) or name.partition("/")[0] in _NO_ZONES:
        return False
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError):  # there is none; it is a folder; the file holds something else
        return False
    return True


def zone(value: object) -> str:
    text = _text(value, "Write an IANA time zone such as Europe/Zurich")
    if is_zone(text):
        return text
    raise wrong(
        f"{_short(value)} is no time zone", f"{_zone_meant(text)}Write an IANA name such as Europe/Zurich or America/New_York"
    )


def _zone_meant(text: str) -> str:
    import difflib

    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    windows = {name.casefold(): olson for name, olson in WINDOWS_TO_OLSON.items()}.get(text.casefold())
    if windows:
        return f"Windows calls {windows} so. "
    cities = {name.rpartition("/")[2].lower(): name for name in sorted(zones(), reverse=True)}

    near = [
        cities[c] for c in difflib.get_close_matches(text.rpartition("/")[2].lower().replace(" ", "_"), cities, n=1, cutoff=0.7)
    ]
    near = near or difflib.get_close_matches(text, zones(), n=1)
    return f"Did you mean {near[0]}? " if near else ""


Zone = Annotated[str, PlainValidator(zone), WithJsonSchema({"type": "string", "examples": ["Europe/Zurich", "America/New_York"]})]


def region(value: object) -> str:
    """A country, or country-subdivision, as the `holidays` package knows them. That package is imported only when one is named."""
    text = _text(value, "Write a country such as CH, or a part of it such as CH-ZH")
    if not text:
        return ""
    country, _, part = text.partition("-")
    # Parts have names of more than letters in a few countries, so they are tried as written, too.
    for name in dict.fromkeys((part.upper(), part)):
        if _has_holidays(country.upper(), name):
            return f"{country.upper()}-{name}" if name else country.upper()
    raise _no_region(text, country.upper(), part)


def _has_holidays(country: str, part: str) -> bool:
    """Asks for the one country: to list them all would load them all (0.6 s)."""
    import holidays

    if not re.fullmatch(r"[A-Z]{2,3}", country):
        return False
    try:
        return hasattr(holidays.country_holidays(country, subdiv=part or None), "country")
    except (NotImplementedError, AttributeError, ValueError, TypeError, KeyError):
        return False


def _no_region(text: str, country: str, part: str) -> PydanticCustomError:
    import holidays

    known = holidays.list_supported_countries(include_aliases=True)
    if country not in known:
        fix = "Write an ISO country such as CH, US or DE, or one with its part such as CH-ZH"
        return wrong(f"no holidays are known for {_short(text)}", fix)
    return wrong(
        f"{country} has no part {_short(part)} with holidays of its own", meant(part, known[country], what=f"Parts of {country}")
    )


Region = Annotated[str, PlainValidator(region), WithJsonSchema({"type": "string", "examples": ["CH-ZH", "US-NY", "DE"]})]


def pattern(value: object) -> str:
    """A glob, or a regular expression between slashes, which must compile."""
    text = _text(value, "Write one pattern; for several use any: [{…}, {…}]")
    if not text:
        raise wrong("an empty pattern", 'Write a glob such as "*@board.example", or a regular expression between slashes')
    if len(text) > 1 and text.startswith("/") and (end := re.search(r"/[ci]?$", text[1:])):
        _compiles(text[1 : end.start() + 1])
    return text


def _compiles(expression: str) -> None:
    if len(expression) > 1000:
        raise wrong("the regular expression is longer than 1,000 characters", "Split it over several conditions")
    import regex  # what rules are matched with: it reads sets within sets where `re` does not

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            regex.compile(expression, regex.VERSION1)
    except (regex.error, OverflowError, RecursionError, MemoryError) as error:
        raise wrong(f"not a regular expression: {error}", "Mend it, or take the slashes away to match it as a glob") from None


Pattern = Annotated[
    str,
    PlainValidator(pattern),
    WithJsonSchema({"type": "string", "minLength": 1, "examples": ["*@board.example", r"/\bATLAS-\d+/"]}),
]


class _OneOrMany:
    """In the schema: the thing itself, or a list of it."""

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        listed = handler(schema)
        return {"anyOf": [listed["items"], listed]} if "items" in listed else listed


def _listed(value: object) -> object:
    return value if isinstance(value, (list, tuple)) else [value]


Many = Annotated[tuple[T, ...], BeforeValidator(_listed), _OneOrMany()]
"""One, or a list: `to: inbox` and `to: [inbox, phone]`."""
Name = Annotated[str, Field(min_length=1, max_length=200)]
