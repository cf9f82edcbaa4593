"""What kind of day it is for a person: a working day, a weekend, a holiday of theirs."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from service.domain.people import Person


def holiday(person: Person, day: date) -> str:
    """The holiday's name in English, "" where it is none or the person keeps none."""
    return _calendar(person.holidays, day.year).get(day, "") if person.holidays else ""


def is_workday(person: Person, day: date) -> bool:
    return day.weekday() < 5 and not holiday(person, day)


@lru_cache(maxsize=64)
def _calendar(place: str, year: int) -> dict[date, str]:
    """`place` is a country or country-subdivision as the `holidays` package names them; an unknown one keeps none."""
    import holidays  # here, since it is heavy and most days never ask

    country, _, subdivision = place.partition("-")
    for language in ("en_US", "en_GB", None):
        try:
            found = holidays.country_holidays(country, subdiv=subdivision or None, years=year, language=language)
        except NotImplementedError:
            return {}
        if found or language is None:
            return dict(found)
    return {}
