"""What zones really do, found without `service.domain.zones`: every change of offset, and what the local clock shows minute by minute."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)


class Transition(NamedTuple):
    at: datetime  # aware UTC, the first moment with the later offset
    before: timedelta
    after: timedelta


def transitions(zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[Transition]:
    """In order. Looks every day, then at every minute: none has fallen on a part of one since 1972."""
    step, known = timedelta(days=1), start.astimezone(zone).utcoffset()
    while start < end:
        if (then := (start + step).astimezone(zone).utcoffset()) != known:
            at = next(start + n * MINUTE for n in range(1441) if (start + n * MINUTE).astimezone(zone).utcoffset() == then)
            assert known is not None
            assert then is not None
            yield Transition(at, known, then)
        start, known = start + step, then


def first_shown(transition: Transition, zone: ZoneInfo, around: timedelta) -> dict[datetime, datetime]:
    """By each naive local minute around a transition the first moment at which a clock on the wall shows it, or has just skipped it."""
    shown: dict[datetime, datetime] = {}
    furthest, at = None, transition.at - around
    while at < transition.at + around:
        wall = at.astimezone(zone).replace(tzinfo=None, fold=0)
        while furthest is not None and furthest + MINUTE < wall:  # the clock has jumped
            furthest += MINUTE
            shown[furthest] = at
        shown.setdefault(wall, at)
        furthest = max(wall, furthest or wall)
        at = (at + MINUTE).astimezone(UTC)
    return shown
