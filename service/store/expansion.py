"""For which window the instances of recurring events lie in rows; outside it they're expanded as they are asked for."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import UTC, datetime

from service.domain.people import Person


@dataclass(frozen=True, slots=True)
class Expansion:
    start: datetime
    end: datetime
    mark: int
    """Changes with the person's zone and addresses: both decide what an instance is."""

    @classmethod
    def around(cls, now: datetime, person: Person) -> Expansion:
        """From the month before this one to four months on, so that it changes once a month."""
        first = now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        mark = zlib.crc32(" ".join((person.timezone, *sorted(person.emails))).encode())
        return cls(_months(first, -1), _months(first, 5), mark)

    @classmethod
    def parse(cls, name: str) -> Expansion:
        start, end, mark = name.split("/")
        return cls(datetime.fromisoformat(start), datetime.fromisoformat(end), int(mark))

    @property
    def name(self) -> str:
        return f"{self.start.isoformat()}/{self.end.isoformat()}/{self.mark}"

    def covers(self, start: datetime, end: datetime) -> bool:
        return self.start <= start and end <= self.end


def _months(first: datetime, months: int) -> datetime:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return first.replace(year=year, month=month + 1)
