"""A calendar's bytes to series, one a UID, each as a small calendar of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC

from service.calendar.blocks import Block, Book, Shelf, shelve
from service.calendar.bounds import bounds
from service.calendar.conference import read_url
from service.calendar.entries import Entry, read_entry, read_uid
from service.calendar.text import read_lines
from service.calendar.times import Unreadable
from service.calendar.writing import needed_zones, write
from service.calendar.zones import Zones
from service.domain.items import Series
from service.domain.sync import Problem

_MOST_PROBLEMS = 1000


def read(data: bytes, account: str, where: str) -> tuple[tuple[Series, ...], tuple[Problem, ...]]:
    """Series in the order of the file, and what of it can't be read, each named by `where` and "#" with its uid.

    `first_at` and `last_at` bound all instances in whatever zone their reader lives; `last_at` is None where they go on.
    """
    reading = _Reading(account, where)
    shelf = shelve(read_lines(data))
    if not shelf.books and shelf.cut is None:
        return (), (Problem(where, "it holds no calendar"),)
    for book in shelf.books:
        reading.take(book, _zones(shelf, book))
    if shelf.cut is not None:
        reading.complain(read_uid(shelf.cut), "the file ends in the middle of it")
    elif not shelf.closed:
        reading.problems.append(Problem(where, "it ends without END:VCALENDAR: something may be missing"))
    return tuple(reading.series()), tuple(reading.problems[:_MOST_PROBLEMS])


def split(data: bytes) -> list[tuple[str, bytes]]:
    """The uids of a calendar, each with a calendar of what it has: nothing in them is looked at."""
    shelf = shelve(read_lines(data))
    groups: dict[str, tuple[Book, dict[str, str], list[Block]]] = {}
    for book in shelf.books:
        written = _zones(shelf, book)
        for block in book.events:
            _, zones, blocks = groups.setdefault(read_uid(block), (book, {}, []))
            zones |= needed_zones(block, written)
            blocks.append(block)
    return [(uid, write(book, zones.values(), blocks).encode()) for uid, (book, zones, blocks) in groups.items()]


def _zones(shelf: Shelf, book: Book) -> dict[str, str]:
    """A calendar's own zones, then those of its neighbours in the file."""
    return {tzid: text for other in (*shelf.books, book) for tzid, text in other.zones.items()}


@dataclass(slots=True)
class _Group:
    """What one uid has gathered: entries, their lines, and the zones and calendar they came in."""

    book: Book
    entries: list[Entry] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    zones: dict[str, str] = field(default_factory=dict)


class _Reading:
    def __init__(self, account: str, where: str) -> None:
        self._account, self._where = account, where
        self._groups: dict[str, _Group] = {}
        self.problems: list[Problem] = []

    def complain(self, uid: str, what: str) -> None:
        self.problems.append(Problem(f"{self._where}#{uid}", what))

    def take(self, book: Book, written: Mapping[str, str]) -> None:
        for block in book.events:
            uid = read_uid(block)
            zones = Zones(written, UTC, book.zone)
            try:
                entry = read_entry(block, zones)
            except Unreadable as error:
                self.complain(uid, str(error))
                continue
            except Exception as error:  # hostile input: whatever one event breaks, the others still come
                self.complain(uid, f"it can't be read ({type(error).__name__})")
                continue
            self._keep(uid, block, entry, book, written)
            for what in entry.wrong:
                self.complain(uid, what)
            for tzid in sorted(zones.unknown):
                self.complain(uid, f"nobody knows its time zone “{tzid[:80]}”; its time is taken as local")

    def _keep(self, uid: str, block: Block, entry: Entry, book: Book, written: Mapping[str, str]) -> None:
        if entry.broken_rule and not entry.rdates:
            return  # when it is, apart from the first time, is anybody's guess
        group = self._groups.setdefault(uid, _Group(book))
        group.entries.append(entry)
        group.blocks.append(block)
        group.zones |= needed_zones(block, written)

    def series(self) -> Iterable[Series]:
        for uid, group in self._groups.items():
            try:
                yield self._series(uid, group)
            except (OverflowError, ValueError) as error:
                self.complain(uid, f"its dates are out of reach ({error})")

    def _series(self, uid: str, group: _Group) -> Series:
        first_at, last_at = bounds(group.entries)
        master = next((e for e in group.entries if e.replaces is None), group.entries[0])
        return Series(
            id=f"{self._account}#{uid}",
            account=self._account,
            uid=uid,
            ical=write(group.book, group.zones.values(), group.blocks),
            first_at=first_at,
            last_at=last_at,
            title=" ".join(master.said.text("SUMMARY").split())[:500],
            url=read_url(master.said),
        )
