"""When a job runs for a person, and what became of each time it should have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any


class State(StrEnum):
    DUE = "due"
    PREPARING = "preparing"
    PREPARED = "prepared"
    DELIVERING = "delivering"
    ENDED = "ended"


class Outcome(StrEnum):
    SENT = "sent"
    SKIPPED = "skipped"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class WallTimes:
    """Local wall times on some days. `days` are 0 (Monday) to 6; `workdays_only` leaves out the person's holidays."""

    at: tuple[time, ...]
    days: frozenset[int] = frozenset(range(7))
    workdays_only: bool = False
    useful: timedelta = timedelta(hours=4)  # after due, how long it is still worth sending
    prepare: timedelta = timedelta(minutes=10)  # before due, when preparing starts


@dataclass(frozen=True, slots=True)
class Every:
    """Aligned UTC intervals."""

    interval: timedelta


@dataclass(frozen=True, slots=True)
class BeforeEvents:
    """Leads before each meeting. `only`: "" or "external"."""

    brief: timedelta | None = timedelta(hours=4)
    push: timedelta | None = timedelta(minutes=15)
    only: str = ""


Timing = WallTimes | Every | BeforeEvents


@dataclass(frozen=True, slots=True)
class Cadence:
    person: str
    name: str  # as in the config: morning, meetings, triage
    job: str  # the use case it runs: morning, meeting, triage
    timing: Timing
    to: tuple[str, ...] = ()  # channel names
    options: tuple[tuple[str, Any], ...] = ()  # what the job itself understands: audio, topics

    def option(self, name: str, default: Any = None) -> Any:
        return dict(self.options).get(name, default)


@dataclass(frozen=True, slots=True)
class Slot:
    """One moment a cadence names. `name` is a local date plus ordinal for wall times, a UTC instant for intervals, brief|push for meetings."""

    name: str
    due_at: datetime
    prepare_at: datetime
    useful_until: datetime
    subject: str = ""  # of meetings: the event instance's id
    local_date: date | None = None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """The ledger's row: unique by (person, cadence, subject, slot)."""

    id: str
    person: str
    cadence: str
    job: str
    slot: str
    prepare_at: datetime
    due_at: datetime
    useful_until: datetime
    subject: str = ""
    state: State = State.DUE
    outcome: Outcome | None = None
    reason: str = ""
    fence: int = 0
    attempts: int = 0
    deaths: int = 0  # how many workers ended while they held it
    lease_until: datetime | None = None
    not_before: datetime | None = None  # a retry waits until then
    started_at: datetime | None = None
    prepared_at: datetime | None = None
    ended_at: datetime | None = None
    count: int = 1  # of intervals: how many slots this row stands for

    @property
    def by_hand(self) -> bool:
        """Asked for by the person, not by a cadence."""
        return self.slot.startswith(("manual:", "asked:"))


DELIVER, ALONE = "deliver", "alone"
"""Queues beside the jobs' own: what is prepared and only has to go out; what a worker has died of, to be run by itself."""

CANARY = "canary"
"""The job and the queue of occurrences by which a process sees that work gets done; they're `HOUSE`'s, who is no person."""
HOUSE = "reveille"
RAN = "ran end to end"


@dataclass(frozen=True, slots=True)
class Ring:
    """Somebody should look at this occurrence; `queue` says what for: a job's name, `DELIVER` or `ALONE`."""

    id: str
    queue: str
