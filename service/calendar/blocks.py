"""Content lines to components. Only nesting is looked at here, so that a broken one can't take its neighbours along."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from service.calendar.properties import Properties

_KEPT = {"VEVENT", "VTIMEZONE", "VCALENDAR"}


@dataclass(slots=True)
class Block:
    """One component's own lines. A VTIMEZONE keeps those of its parts as well; a VEVENT leaves its alarms out."""

    name: str
    lines: list[str] = field(default_factory=list)

    @property
    def properties(self) -> Properties:
        return Properties(self.lines)


@dataclass(frozen=True, slots=True)
class Book:
    """A VCALENDAR: its events in order, its zones as text by TZID, and the zone it says its times are in ("" for none)."""

    events: tuple[Block, ...]
    zones: Mapping[str, str]
    zone: str = ""
    method: str = ""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Everything a file holds. `cut`: the lines of an event that the file ends in the middle of; None where it doesn't.
    `closed`: whether the last calendar was ended.
    """

    books: tuple[Book, ...]
    cut: Block | None = None
    closed: bool = True


def shelve(lines: Iterable[str]) -> Shelf:
    """Every VCALENDAR in a file, with garbage around them left out. Events outside any calendar make a book of their own."""
    desk = _Desk()
    for line in lines:
        head = line[:6].upper()
        if head == "BEGIN:":
            desk.begin(line[6:].strip().upper())
        elif head[:4] == "END:":
            desk.end(line[4:].strip().upper())
        else:
            desk.take(line)
    return desk.clear()


class _Desk:
    """Where a file is taken apart: the open components from the outermost to the innermost."""

    def __init__(self) -> None:
        self._open: list[Block] = []
        self._books: list[Book] = []
        self._calendar = Block("VCALENDAR")
        self._events: list[Block] = []
        self._zones: dict[str, str] = {}
        self._begun = False

    def begin(self, name: str) -> None:
        if name == "VCALENDAR":
            self._close_calendar()
            self._begun = True
            return
        if name in {"VEVENT", "VTIMEZONE"} and any(b.name in _KEPT for b in self._open):
            self._close(0)  # the one before was never ended
        self._open.append(Block(name))
        if (outer := self._zone()) is not None:
            outer.lines.append(f"BEGIN:{name}")

    def end(self, name: str) -> None:
        if name == "VCALENDAR":
            self._close_calendar()
            return
        depth = next((i for i in reversed(range(len(self._open))) if self._open[i].name == name), None)
        if depth is not None:
            self._close(depth)

    def take(self, line: str) -> None:
        if not self._open:
            self._calendar.lines.append(line)
        elif (zone := self._zone()) is not None:
            zone.lines.append(line)
        else:
            self._open[-1].lines.append(line)

    def clear(self) -> Shelf:
        """Ends the file. An event that is still open is incomplete: what its missing lines said, nobody knows."""
        cut = next((b for b in self._open if b.name == "VEVENT"), None)
        self._open.clear()
        closed = not self._begun
        self._close_calendar()
        return Shelf(tuple(self._books), cut, closed)

    def _zone(self) -> Block | None:
        return self._open[0] if self._open and self._open[0].name == "VTIMEZONE" else None

    def _close(self, depth: int) -> None:
        zone = self._zone()
        for block in reversed(self._open[depth:]):
            if zone is not None and block is not zone:
                zone.lines.append(f"END:{block.name}")
        outermost = self._open[0]
        if depth == 0 and outermost.name == "VEVENT":
            self._events.append(outermost)
        elif depth == 0 and outermost.name == "VTIMEZONE":
            outermost.lines.append("END:VTIMEZONE")
            tzid = outermost.properties.text("TZID")
            self._zones.setdefault(tzid, "\r\n".join(outermost.lines))
        del self._open[depth:]

    def _close_calendar(self) -> None:
        if self._open:
            self._close(0)
        if self._events or self._zones or self._begun:
            said = self._calendar.properties
            self._books.append(
                Book(tuple(self._events), dict(self._zones), said.text("X-WR-TIMEZONE"), said.text("METHOD").upper())
            )
        self._calendar, self._events, self._zones, self._begun = Block("VCALENDAR"), [], {}, False
