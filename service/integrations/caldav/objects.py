"""Calendar objects to series and tasks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from service.calendar.text import is_whole
from service.domain.items import Item
from service.integrations.caldav.tasks import read_tasks
from service.integrations.dav.vocabulary import Reading, Words
from service.integrations.dav.xml import CAL, D, document, element
from service.ports import CalendarReader

WORDS = Words(
    one="calendar",
    many="calendars",
    setting="calendars",
    collection=f"{CAL}calendar",
    home=f"{CAL}calendar-home-set",
    data=f"{CAL}calendar-data",
    multiget=f"{CAL}calendar-multiget",
    well_known="caldav",
    service="caldav",
)
_SOON = (timedelta(days=1), timedelta(days=14))
"""Before and after now: what a briefing of these days speaks of."""


@dataclass(frozen=True, slots=True)
class Calendars:
    account: str
    reader: CalendarReader
    zone: ZoneInfo
    words: Words = WORDS

    def read(self, data: bytes, path: str, collection: str) -> Reading:
        """A recurrence with its exceptions is one series."""
        if not is_whole(data):
            return Reading(wrong=["it ends before END:VCALENDAR"])
        series, problems = self.reader.read(data, self.account, path)
        items: list[tuple[str, Item]] = [(one.uid, one) for one in series]
        wrong = [problem.what for problem in problems]
        if not series:
            tasks, faults = read_tasks(data, self.account, collection, self.zone)
            items += [(task.id, task) for task in tasks]
            wrong += faults
        return Reading(items, wrong)

    def soon(self, now: datetime) -> str:
        """RFC 4791 section 7.8: the server itself says what of a recurrence falls into these days."""
        start, end = ((now + away).astimezone(UTC).strftime("%Y%m%dT%H%M%SZ") for away in (-_SOON[0], _SOON[1]))
        span = element(f"{CAL}time-range", start=start, end=end)
        events = element(f"{CAL}comp-filter", element(f"{CAL}comp-filter", span, name="VEVENT"), name="VCALENDAR")
        wanted = element(f"{D}prop", element(f"{D}getetag"))
        return document(f"{CAL}calendar-query", wanted, element(f"{CAL}filter", events))
