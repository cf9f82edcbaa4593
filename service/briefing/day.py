"""What kind of day it is for a person: a working day, a weekend, a holiday of theirs."""

from __future__ import annotations

from datetime import date

from service.domain.people import Person
from service.people.holidays import holiday_name


def holiday(person: Person, day: date) -> str:
    """The holiday's name, "" where it is none or the person keeps none."""
    return holiday_name(person.holidays, day)


def is_workday(person: Person, day: date) -> bool:
    return day.weekday() < 5 and not holiday(person, day)
