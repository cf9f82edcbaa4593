"""When something falls due, seen from a moment in the person's zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from service.domain.verdicts import When

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@dataclass(frozen=True, slots=True)
class Deadline:
    """`at` is None where only a day was named: then it holds until that day ends."""

    on: date
    at: datetime | None
    now: datetime
    zone: ZoneInfo

    @property
    def days(self) -> int:
        """Until then: 0 today, negative when the day is past."""
        return (self.on - self.now.astimezone(self.zone).date()).days

    @property
    def overdue(self) -> bool:
        return self.days < 0 or (self.at is not None and self.at < self.now)

    @property
    def bucket(self) -> str:
        """Changes when there is something new to say of it: it comes near, it is today, it is past."""
        if self.overdue:
            return "overdue"
        return {0: "today", 1: "tomorrow"}.get(self.days, self.on.isoformat())

    @property
    def moment(self) -> datetime:
        return self.at or datetime.combine(self.on, time(23, 59), self.zone).astimezone(UTC)

    @property
    def words(self) -> str:
        clock = f" {clock_words(self.at, self.zone)}" if self.at else ""
        if not self.overdue:
            return f"due {day_words(self.on, self.days)}{clock}"
        return f"overdue since{clock}" if self.days == 0 else f"overdue since {day_words(self.on, self.days)}"

    @property
    def clause(self) -> str:
        """A sentence of its own after a quotation: "Due today 17:00."."""
        return f"{self.words[:1].upper()}{self.words[1:]}."

    @property
    def spoken(self) -> str:
        clock = f" at {clock_words(self.at, self.zone)}" if self.at and not self.overdue else ""
        return f"due {day_words(self.on, self.days)}{clock}" if not self.overdue else self.words


def deadline(when: When | None, now: datetime, zone: ZoneInfo) -> Deadline | None:
    """None where no time was named, or its words settle none."""
    if when is None or (when.at is None and when.on is None):
        return None
    on = when.at.astimezone(zone).date() if when.at else when.on
    assert on is not None
    return Deadline(on, when.at, now, zone)


def on_day(day: date, now: datetime, zone: ZoneInfo) -> Deadline:
    return Deadline(day, None, now, zone)


def clock_words(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%H:%M}"


def since_words(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Reads as "05:10" of today, "yesterday 05:10", "Friday 05:10", "3 May"."""
    local = moment.astimezone(zone)
    days = (local.date() - now.astimezone(zone).date()).days
    clock = clock_words(moment, zone)
    if days == 0:
        return clock
    return f"{day_words(local.date(), days)} {clock}" if days > -7 else day_words(local.date(), days)


def past_day(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """When somebody said something: "today", "yesterday", "on Friday", "on 3 May"."""
    day = moment.astimezone(zone).date()
    days = (day - now.astimezone(zone).date()).days
    words = day_words(day, days)
    return words if days in {0, -1} else f"on {words}"


def near_day(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """The same in one word: "today", "yesterday", "Tue"; "3 May" where it is longer ago."""
    day = moment.astimezone(zone).date()
    days = (day - now.astimezone(zone).date()).days
    words = day_words(day, days)
    return words[:3] if words in DAYS else words


def date_words(day: date, *, short: bool = False) -> str:
    """Reads as "Tuesday 12 May", or "Tue 12 May"."""
    weekday, month = DAYS[day.weekday()], MONTHS[day.month - 1]
    return f"{weekday[:3]} {day.day} {month[:3]}" if short else f"{weekday} {day.day} {month}"


def day_words(day: date, days: int) -> str:
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(days)
    if near:
        return near
    if abs(days) < 7:
        return DAYS[day.weekday()]
    month = MONTHS[day.month - 1]
    return f"{day.day} {month}" if abs(days) < timedelta(days=300).days else f"{day.day} {month} {day.year}"
