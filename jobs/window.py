"""How far back a job that runs at intervals looks for what is new."""

from __future__ import annotations

from datetime import datetime, timedelta

from service.domain.ledger import Every
from service.ports import Occasion

LONGEST = timedelta(hours=24)
"""What is older is the morning briefing's: an alert of yesterday helps nobody."""


def since(occasion: Occasion, now: datetime, least: timedelta, silent_until: datetime | None = None) -> datetime:
    """The slots this row stands for and one more, at least `least` (mail arrives late), at most a day; never before `silent_until`."""
    timing = occasion.cadence.timing
    interval = timing.interval if isinstance(timing, Every) else timedelta()
    span = min(LONGEST, max(least, interval * (min(occasion.occurrence.count, 10_000) + 1)))
    start = min(now, occasion.occurrence.due_at) - span
    return max(start, silent_until) if silent_until else start
