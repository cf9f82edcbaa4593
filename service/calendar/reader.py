"""The port `CalendarReader`: in this process, or in one that can be killed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from service.calendar.expansion import expand
from service.calendar.reading import read
from service.domain.items import Event, Series
from service.domain.sync import Problem


class InlineCalendarReader:
    """Bounded in what it counts, but not in time: for commands that a person can stop, and for tests."""

    def read(self, data: bytes, account: str, where: str) -> tuple[tuple[Series, ...], tuple[Problem, ...]]:
        return read(data, account, where)

    def expand(
        self, series: Sequence[Series], start: datetime, end: datetime, own: frozenset[str], zone: str
    ) -> tuple[tuple[Event, ...], tuple[Problem, ...]]:
        return expand(series, start, end, own, zone)
