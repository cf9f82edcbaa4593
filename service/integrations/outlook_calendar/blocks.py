"""The calendar by quarters, each with a delta of its own: as time goes on one is added ahead and none is read anew.

A delta's window is fixed in its link (https://learn.microsoft.com/graph/delta-query-events), so that one long window would have to be begun anew
to be moved. Four quarters back and four ahead make nine links: one `$batch`, which is one request, for two calendars in which nothing changed. What
leaves the window stays as it was last seen: it is more than a year old.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from service.integrations.files.settings import digest

AROUND = 4
"""Quarters to each side of the present one."""


class Phase(StrEnum):
    WALK = "walk"  # read for the first time
    COMPARE = "compare"  # its link was lost: compared with what is held
    LIVE = "live"  # its link tells what has changed


@dataclass(slots=True)
class Block:
    calendar: str  # its id, "" for the account's own
    place: str  # stands for that calendar of that mailbox
    quarter: int
    phase: Phase = Phase.WALK
    link: str = ""

    @property
    def key(self) -> str:
        """Its part of a ref: an event that lies across two quarters is held by two."""
        return f"{self.place}.{self.quarter}"

    def ref(self, id: str) -> str:
        return f"{self.key}/{id}"

    @property
    def start(self) -> datetime:
        return _begins(self.quarter)

    @property
    def end(self) -> datetime:
        return _begins(self.quarter + 1)


def place(owner: str, calendar: str) -> str:
    return digest(owner, calendar)[:8]


def around(now: datetime) -> list[int]:
    """The nearest first, what is ahead before what is past."""
    at = now.astimezone(UTC)
    here = at.year * 4 + (at.month - 1) // 3
    return sorted(range(here - AROUND, here + AROUND + 1), key=lambda quarter: (abs(quarter - here), quarter < here))


def _begins(quarter: int) -> datetime:
    year, part = divmod(quarter, 4)
    return datetime(year, part * 3 + 1, 1, tzinfo=UTC)
