"""Components as a small calendar of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from service.calendar.blocks import Block, Book
from service.calendar.zones import find_zone

_LEFT_OUT = ("ATTACH", "X-ALT-DESC", "IMAGE")  # large, and of no use here


def write(book: Book, zones: Iterable[str], events: Iterable[Block]) -> str:
    """A VCALENDAR with what `book` says of all its events. Its lines are not folded."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Reveille//EN"]
    if book.method:
        lines.append(f"METHOD:{book.method}")
    if book.zone:
        lines.append(f"X-WR-TIMEZONE:{book.zone}")
    lines += zones
    for block in events:
        lines += ["BEGIN:VEVENT", *(line for line in block.lines if not line.upper().startswith(_LEFT_OUT)), "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""])


def needed_zones(block: Block, written: Mapping[str, str]) -> dict[str, str]:
    """The VTIMEZONEs an event refers to, without those that the world knows by their name."""
    lines = "\n".join(line for line in block.lines if "TZID" in line.upper())
    return {tzid: text for tzid, text in written.items() if tzid and tzid in lines and find_zone(tzid) is None}
