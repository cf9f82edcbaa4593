"""From when to when a series may have instances, without expanding it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from service.calendar.entries import Entry
from service.calendar.times import Moment, at_home

_WEST, _EAST = timedelta(hours=12), timedelta(hours=14)  # how far wall time is behind and ahead of UTC anywhere


def bounds(entries: list[Entry]) -> tuple[datetime, datetime | None]:
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
