"""The offsets of IANA time zones in integer seconds: what `zoneinfo` knows, found once and kept for the clock's hot path."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DAY = 86400
PIECE = 366 * DAY
"""How much of a zone is looked through at once, about a fifth of a millisecond's work."""


class Span(NamedTuple):
    """A stretch of one UTC offset. All fields in seconds; moments since the epoch."""

    start: int
    until: int  # exclusive: a transition, or as far as was looked
    offset: int  # local time minus UTC
    calm: int  # before this moment the local clock may repeat what it showed before `start`


class ZoneTable:
    """What the local clock of one zone shows when, for any year that `datetime` holds. "Wall" is local time in seconds since
    1970-01-01T00:00 local. Safe to share between threads: what two find at once is the same.
    """

    __slots__ = ("_last", "_pieces", "_zone")

    def __init__(self, zone: str) -> None:
        """Raises what `ZoneInfo` raises of a name it doesn't know."""
        self._zone = ZoneInfo(zone)
        self._pieces: dict[int, tuple[Span, ...]] = {}
        self._last = Span(0, 0, 0, 0)

    def span(self, at: int) -> Span:
        """The stretch that holds the moment `at`."""
        last = self._last  # whoever asks mostly asks about the same days
        if last[0] <= at < last[1]:
            return last
        number = at // PIECE
        piece = self._pieces.get(number)
        if piece is None:
            piece = self._pieces[number] = tuple(self._look(number * PIECE - DAY, (number + 1) * PIECE))
        self._last = found = next(span for span in piece if at < span.until)
        return found

    def moment(self, wall: int) -> int:
        """The first moment at which the local clock shows `wall` or later: in a gap its end, in a fold the first of the two."""
        span = self.span(wall - DAY)  # offsets are less than a day
        while wall - span.offset >= span.until:
            span = self.span(span.until)
        return max(wall - span.offset, span.start)

    def _look(self, low: int, high: int) -> Iterator[Span]:
        """The stretches of [low, high). They begin a day before the piece does, so that `calm` is known wherever one is asked for."""
        start, calm, offset = low, low + DAY, self._offset(low)
        for at in range(low + DAY, high + 1, DAY):  # no zone has moved twice within a day
            if (then := self._offset(at)) != offset:
                moved = self._transition(at - DAY, at)
                yield Span(start, moved, offset, calm)
                start, calm, offset = moved, moved + max(offset - then, 0), then
        yield Span(start, high, offset, calm)

    def _transition(self, before: int, after: int) -> int:
        """The first second in (before, after] with the later offset."""
        offset = self._offset(after)
        while after - before > 1:
            middle = (before + after) // 2
            if self._offset(middle) == offset:
                after = middle
            else:
                before = middle
        return after

    def _offset(self, at: int) -> int:
        offset = datetime.fromtimestamp(at, self._zone).utcoffset()
        assert offset is not None, "a ZoneInfo always knows its offset"
        return offset // SECOND


@cache  # there are about 600 zones
def zone_table(zone: str) -> ZoneTable:
    """The one table of a zone in this process."""
    return ZoneTable(zone)


def seconds(at: datetime) -> int:
    """Whole seconds since the epoch, rounded down."""
    return (at - EPOCH) // SECOND


def moment(at: int) -> datetime:
    """The aware UTC datetime of seconds since the epoch."""
    return datetime.fromtimestamp(at, UTC)


def second_of_day(at: time) -> int:
    """Fractions don't count: cadences are told to the minute."""
    return at.hour * 3600 + at.minute * 60 + at.second
