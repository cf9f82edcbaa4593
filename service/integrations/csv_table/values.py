"""Cells to values: dates as people write them, yes and no, stages that mean an end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal

NOTHING = frozenset({"", "-", "--", "–", "—", "n/a", "na", "none", "null", "nan", "nil", "#n/a", "0000-00-00", "(none)", "?"})
DONE = frozenset(
    {"done", "completed", "complete", "closed", "finished", "resolved", "cancelled", "canceled", "archived", "won", "lost"}
    | {"closed won", "closed lost", "closedwon", "closedlost", "true", "yes", "y", "1", "x", "✓", "✔", "100%", "100", "abandoned"}
    | {"deployed", "shipped", "released", "won't do", "wont do", "won't fix", "duplicate", "disqualified", "dead", "deleted"}
    | {"erledigt", "fertig", "abgeschlossen", "gewonnen", "verloren", "terminé", "gagné", "perdu", "hecho", "ganado", "perdido"}
)
Order = Literal["dmy", "mdy"]

_YEAR_FIRST = re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]+(.*))?$")
_YEAR_LAST = re.compile(r"^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?:[T, ]+(.*))?$")
_WITH_MONTH = re.compile(
    r"^(?:[A-Za-z]{3,9},? )?(\d{1,2})(?:st|nd|rd|th)?[-. ]+([A-Za-zäéû]{3,9})\.?,?[- ]+(\d{4}|\d{2})(?:[T, ]+(.*))?$"
)
_MONTH_FIRST = re.compile(r"^(?:[A-Za-z]{3,9},? )?([A-Za-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})(?:[T, ]+(.*))?$")
_CLOCK = re.compile(r"^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)? ?([AaPp]\.?[Mm]\.?)? ?(Z|UTC|GMT|[+-]\d{2}:?\d{2})?$")
_MONTHS: dict[str, int] = {
    name: number
    for names in ("jan feb mar apr may jun jul aug sep oct nov dec", "jan feb mär apr mai jun jul aug sep okt nov dez")
    for number, name in enumerate(names.split(), 1)
}


class NotADate(ValueError):
    """The cell holds something, but no date that is known here."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A date, and where a clock time was written the instant."""

    on: date
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Dates:
    """How this file writes dates. `order` decides 03/04/2026; days and times without a zone are the person's."""

    zone: tzinfo
    order: Order
    format: str = ""

    def read(self, cell: str) -> Moment | None:
        """None where the cell is empty. Raises NotADate."""
        words = cell.strip().lstrip("'")
        if words.lower() in NOTHING:
            return None
        try:
            return self._by_format(words) or self._read(words)
        except (ValueError, OverflowError) as error:
            raise NotADate(cell) from error

    def instant(self, cell: str) -> datetime | None:
        """The start of the day in the person's zone where only a day is written."""
        moment = self.read(cell)
        if moment is None:
            return None
        return moment.at or datetime.combine(moment.on, time(0), self.zone).astimezone(UTC)

    def _by_format(self, words: str) -> Moment | None:
        if not self.format:
            return None
        try:
            said = datetime.strptime(words, self.format)  # noqa: DTZ007  # the person's zone is given below
        except ValueError:
            return None
        has_clock = any(sign in self.format for sign in ("%H", "%I", "%T", "%X", "%c"))
        aware = said if said.tzinfo else said.replace(tzinfo=self.zone)
        return Moment(aware.astimezone(self.zone).date(), aware.astimezone(UTC) if has_clock else None)

    def _read(self, words: str) -> Moment:
        if found := _YEAR_FIRST.match(words):
            return self._moment(int(found[1]), int(found[2]), int(found[3]), found[4])
        if found := _YEAR_LAST.match(words):
            one, other, year = int(found[1]), int(found[3]), _year(found[4])
            day_first = found[2] == "." or self.order == "dmy"
            if max(one, other) > 12:  # only one way to read it
                day_first = one > 12
            return self._moment(year, other if day_first else one, one if day_first else other, found[5])
        if found := _WITH_MONTH.match(words):
            return self._moment(_year(found[3]), _month(found[2]), int(found[1]), found[4])
        if found := _MONTH_FIRST.match(words):
            return self._moment(int(found[3]), _month(found[1]), int(found[2]), found[4])
        return self._counted(words)

    def _counted(self, words: str) -> Moment:
        """Days as spreadsheets count them, or seconds and milliseconds since 1970."""
        if not re.fullmatch(r"\d{5}(?:\.\d+)?|\d{10}|\d{13}", words):
            raise NotADate(words)
        number = float(words)
        if number < 100_000:
            return Moment(date(1899, 12, 30) + timedelta(days=int(number)), None)
        at = datetime.fromtimestamp(number / 1000 if number > 1e11 else number, UTC)
        return Moment(at.astimezone(self.zone).date(), at)

    def _moment(self, year: int, month: int, day: int, clock: str | None) -> Moment:
        on = date(year, month, day)
        found = _CLOCK.match((clock or "").strip())
        if found is None:
            if clock and clock.strip() and not clock.strip().startswith("00:00"):
                raise NotADate(clock)
            return Moment(on, None)
        hour = int(found[1]) % 12 + (12 if found[4][0] in "pP" else 0) if found[4] else int(found[1])
        said = datetime.combine(on, time(hour % 24, int(found[2]), int(found[3] or 0)), _offset(found[5]) or self.zone)
        if found[5] is None and said.time() == time(0):  # midnight is how exports write a day
            return Moment(on, None)
        return Moment(said.astimezone(self.zone).date(), said.astimezone(UTC))


def _year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits) if int(digits) < 70 else 1900 + int(digits)


def _month(name: str) -> int:
    number = _MONTHS.get(name[:3].lower())
    if number is None:
        raise NotADate(name)
    return number


def _offset(words: str | None) -> tzinfo | None:
    if words is None or words in {"Z", "UTC", "GMT"}:
        return UTC if words else None
    return datetime.fromisoformat(f"2000-01-01T00:00{words[:3]}:{words[-2:]}").tzinfo


def order_of(cells: Iterable[str]) -> Literal["dmy", "mdy", "open", ""]:
    """What the cells show: "open" where there are slashed dates but none that settles it, "" where there are none."""
    seen: Literal["open", ""] = ""
    for cell in cells:
        found = _YEAR_LAST.match(cell.strip())
        if found and found[2] != ".":
            if int(found[1]) > 12 >= int(found[3]):
                return "dmy"
            if int(found[3]) > 12 >= int(found[1]):
                return "mdy"
            if found[1] != found[3]:
                seen = "open"
    return seen


def is_done(cell: str, done_when: Iterable[str], open_when: Iterable[str], is_date: Callable[[str], bool]) -> bool:
    """`open_when` decides alone where it is given; a date in the cell is the day it was done."""
    value = _words(cell)
    if still_open := {_words(v) for v in open_when}:
        return value not in still_open
    if named := {_words(v) for v in done_when}:
        return value in named
    return value in DONE or value.startswith(("closed ", "done ")) or (value not in NOTHING and is_date(cell))


def _words(cell: str) -> str:
    """Written alike: "Closed - Won" and "closed_won" are one."""
    return " ".join(re.sub(r"[-_/:]+", " ", cell.casefold()).split())


def some(cell: str) -> str:
    """The cell, "" where it says that there is nothing."""
    return "" if cell.strip().lower() in NOTHING else cell.strip()
