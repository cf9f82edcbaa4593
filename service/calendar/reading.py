"""A calendar's bytes to series, one a UID, each as a small calendar of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from service.calendar.blocks import Block, Book, shelve
from service.calendar.conference import read_url
from service.calendar.entries import Entry, read_entry, read_uid
from service.calendar.text import read_lines
from service.calendar.times import Moment, Unreadable, at_home
from service.calendar.zones import Zones, find_zone
from service.domain.items import Series
from service.domain.sync import Problem

_WEST, _EAST = timedelta(hours=12), timedelta(hours=14)  # how far wall time is behind and ahead of UTC anywhere
_LEFT_OUT = ("ATTACH", "X-ALT-DESC", "IMAGE")  # large, and of no use here
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
        reading.take(book, {k: v for b in shelf.books for k, v in b.zones.items()} | dict(book.zones))
    if shelf.cut is not None:
        reading.complain(read_uid(shelf.cut), "the file ends in the middle of it")
    elif not shelf.closed:
        reading.problems.append(Problem(where, "it ends without END:VCALENDAR: something may be missing"))
    return tuple(reading.series()), tuple(reading.problems[:_MOST_PROBLEMS])


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
        lines = "\n".join(line for line in block.lines if "TZID" in line.upper())
        group.zones |= {tzid: text for tzid, text in written.items() if tzid and tzid in lines and find_zone(tzid) is None}

    def series(self) -> Iterable[Series]:
        for uid, group in self._groups.items():
            try:
                yield self._series(uid, group)
            except (OverflowError, ValueError) as error:
                self.complain(uid, f"its dates are out of reach ({error})")

    def _series(self, uid: str, group: _Group) -> Series:
        first_at, last_at = _bounds(group.entries)
        master = next((e for e in group.entries if e.replaces is None), group.entries[0])
        return Series(
            id=f"{self._account}#{uid}",
            account=self._account,
            uid=uid,
            ical=_write(group),
            first_at=first_at,
            last_at=last_at,
            title=" ".join(master.said.text("SUMMARY").split())[:500],
            url=read_url(master.said),
        )


def _write(group: _Group) -> str:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Reveille//EN"]
    if group.book.method:
        lines.append(f"METHOD:{group.book.method}")
    if group.book.zone:
        lines.append(f"X-WR-TIMEZONE:{group.book.zone}")
    lines += group.zones.values()
    for block in group.blocks:
        lines += ["BEGIN:VEVENT", *(line for line in block.lines if not line.upper().startswith(_LEFT_OUT)), "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""])


def _bounds(entries: list[Entry]) -> tuple[datetime, datetime | None]:
    """Outer bounds: nothing lies outside, something may be well inside."""
    firsts: list[datetime] = []
    lasts: list[datetime | None] = []
    for entry in entries:
        starts: list[Moment] = [entry.start, *(r[0] if isinstance(r, tuple) else r for r in entry.rdates)]
        firsts += [at_home(s, UTC).astimezone(UTC) for s in starts]
        lasts += firsts[-len(starts) :]
        lasts += [_last(entry, r.last()) for r in entry.repetitions]
    slack = _longest(entries)
    first = _moved(min(firsts), -_EAST)
    if any(last is None for last in lasts):
        return first, None
    try:
        return first, max(last for last in lasts if last is not None) + slack + _WEST
    except OverflowError:
        return first, None


def _last(entry: Entry, wall: datetime | None) -> datetime | None:
    zone = entry.start.tzinfo if isinstance(entry.start, datetime) else UTC
    return wall.replace(tzinfo=zone).astimezone(UTC) if wall else None


def _longest(entries: list[Entry]) -> timedelta:
    """The longest instance, and how far RANGE=THISANDFUTURE moves others on."""
    lengths = [at_home(e.end, UTC) - at_home(e.start, UTC) for e in entries]
    lengths += [r[1] for e in entries for r in e.rdates if isinstance(r, tuple)]
    moves = [at_home(e.start, UTC) - at_home(e.replaces, UTC) for e in entries if e.replaces is not None and e.and_future]
    return max(lengths) + max([timedelta(0), *moves])


def _moved(at: datetime, by: timedelta) -> datetime:
    try:
        return at + by
    except OverflowError:
        return at
