"""Calendars as a person reads them: iCalendar bytes to series, and series to the instances of a window."""

from service.calendar.expansion import expand
from service.calendar.reading import read

__all__ = ["expand", "read"]
