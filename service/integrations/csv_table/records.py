"""A row to a contact, a deal or a task. A cell that can't be read is named and left out; the rest of the row still counts."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from service.domain.items import Contact, Deal, Task
from service.integrations.csv_table.columns import Where
from service.integrations.csv_table.values import DONE, Dates, NotADate, is_done, some
from service.integrations.files.settings import digest

Record = Contact | Deal | Task
_ADDRESS = re.compile(r"[^\s,;<>|\"'()]+@[^\s,;<>|\"'()]+")
_SEPARATED = re.compile(r"\s*(?:[;|\n]| ::: |, (?=\+?\d))\s*")


@dataclass(frozen=True, slots=True)
class Reading:
    """How the rows of one file are read."""

    kind: str
    account: str
    where: Where
    dates: Dates
    done_when: tuple[str, ...] = ()
    open_when: tuple[str, ...] = ()
    url: str = ""


@dataclass(slots=True)
class Cells:
    """One row by our field names; `faults` collects what was wrong."""

    reading: Reading
    cells: tuple[str, ...]
    faults: list[str] = field(default_factory=list)

    def __call__(self, name: str) -> str:
        parts = (some(self.cells[at]) for at in self.reading.where.get(name, ()) if at < len(self.cells))
        return " ".join(part for part in parts if part)

    def day(self, name: str) -> date | None:
        try:
            moment = self.reading.dates.read(self(name))
        except NotADate:
            self._no_date(name)
            return None
        return moment.on if moment else None

    def instant(self, name: str) -> datetime | None:
        try:
            return self.reading.dates.instant(self(name))
        except (NotADate, OverflowError, ValueError):
            self._no_date(name)
            return None

    def _no_date(self, name: str) -> None:
        self.faults.append(f"{name} {self(name)[:40]!r} is no date")

    def emails(self, name: str) -> tuple[str, ...]:
        """All addresses in the cell, in their order, lower case."""
        cell = self(name)
        found = tuple(dict.fromkeys(address.lower().rstrip(".") for address in _ADDRESS.findall(cell)))
        if cell and not found and name == "email":
            self.faults.append(f"e-mail {cell[:40]!r} is no address")
        return found

    def ended(self, name: str) -> bool:
        return is_done(self(name), self.reading.done_when, self.reading.open_when, self._is_date)

    def _is_date(self, cell: str) -> bool:
        try:
            return self.reading.dates.read(cell) is not None
        except NotADate:
            return False


def to_record(cells: Cells) -> Record | None:
    """None where the row names nothing: no name or address, no title."""
    makers: dict[str, Callable[[Cells], Record | None]] = {"contacts": _contact, "deals": _deal, "tasks": _task}
    return makers[cells.reading.kind](cells)


def identify(cells: Cells) -> str:
    """What the row is called in its file: its id, else a digest of what makes it this one."""
    if own := cells("id"):
        return own[:200]
    names: tuple[str, ...] = {"contacts": ("name", "company"), "deals": ("name", "company"), "tasks": ("title", "project")}[
        cells.reading.kind
    ]
    if cells.reading.kind == "contacts" and cells("email"):
        names = ("email",)
    return digest(*(cells(name).casefold() for name in names))[:16]


def _contact(cells: Cells) -> Contact | None:
    emails = cells.emails("email")
    if not (cells("name") or emails):
        return None
    return Contact(
        id="",
        account=cells.reading.account,
        name=_one_line(cells("name") or emails[0]),
        emails=emails,
        phones=tuple(phone for phone in _SEPARATED.split(cells("phone")) if phone),
        company=_one_line(cells("company")),
        title=_one_line(cells("title")),
        notes=cells("notes"),
        last_contact_at=cells.instant("last_contact"),
        updated_at=cells.instant("updated"),
        owner=_one_line(cells("owner")),
        url=cells.reading.url,
    )


def _deal(cells: Cells) -> Deal | None:
    if not (cells("name") or cells("company")):
        return None
    return Deal(
        id="",
        account=cells.reading.account,
        name=_one_line(cells("name") or cells("company")),
        company=_one_line(cells("company")),
        stage=_one_line(cells("stage")),
        amount=_amount(cells("amount"), cells("currency")),
        closes_on=cells.day("closes"),
        follow_up_on=cells.day("follow_up"),
        owner=_one_line(cells("owner")),
        people=cells.emails("people"),
        notes=cells("notes"),
        open=_is_open(cells),
        updated_at=cells.instant("updated"),
        url=cells.reading.url,
    )


def _is_open(cells: Cells) -> bool:
    """A column that says so outright goes before what the stage's name means."""
    if said := cells("closed"):
        return said.casefold() not in DONE
    if said := cells("open"):
        return said.casefold() in {"true", "yes", "y", "1", "x", "open"}
    return not cells.ended("stage") if cells("stage") else True


def _task(cells: Cells) -> Task | None:
    if not cells("title"):
        return None
    return Task(
        id="",
        account=cells.reading.account,
        title=_one_line(cells("title")),
        due_on=cells.day("due"),
        done=cells.ended("done") if cells("done") else False,
        assignee=_one_line(cells("assignee")),
        project=_one_line(cells("project")),
        notes=cells("notes"),
        updated_at=cells.instant("updated"),
        url=cells.reading.url,
    )


def _amount(amount: str, currency: str) -> str:
    return f"{amount} {currency}" if amount and currency and currency not in amount else amount


def _one_line(words: str) -> str:
    return " ".join(words.split())
