"""Calendar parts of mails: what is asked or said about which event (iTIP, RFC 5546)."""

from __future__ import annotations

from datetime import UTC

from service.calendar.blocks import Block, Book, shelve
from service.calendar.entries import original_id, read_entry
from service.calendar.people import read_attendees, read_organizer
from service.calendar.text import read_lines
from service.calendar.times import Unreadable
from service.calendar.zones import Zones
from service.domain.mailing import Invitation

_MOST = 20
"""Events of one part: an invitation has one, and its changed instances."""
_ANSWERS = frozenset({"reply", "counter", "refresh"})


def read_invitations(data: bytes, method: str = "") -> tuple[Invitation, ...]:
    """Never raises; what can't be read is left out. `method` is the part's, for calendars that don't name one."""
    found: list[Invitation] = []
    for book in shelve(read_lines(data)).books:
        for block in book.events[: _MOST - len(found)]:
            try:
                found.append(_read(block, book, method))
            except (Unreadable, ValueError, OverflowError):
                continue
    return tuple(found)


def _read(block: Block, book: Book, method: str) -> Invitation:
    entry = read_entry(block, Zones(book.zones, UTC, book.zone))
    said = entry.said
    organizer = read_organizer(said)
    method = (book.method or method).lower()
    if method not in _ANSWERS and said.text("STATUS").upper() in {"CANCELLED", "CANCELED"}:
        method = "cancel"
    replies = read_attendees(said, None) if method in _ANSWERS else ()
    return Invitation(
        uid=entry.uid,
        method=method,
        event_id=original_id(entry.uid, entry.replaces) if entry.replaces is not None else "",
        title=" ".join(said.text("SUMMARY").split())[:500],
        start=entry.start,
        end=entry.end,
        location=said.text("LOCATION")[:500],
        sequence=max(entry.sequence, 0),
        organizer=organizer,
        replies=tuple((one.address, str(one.reply)) for one in replies if one.reply),
    )
