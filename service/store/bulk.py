"""Cadences claimed, and what becomes of them written, many at a time: the clock's hot path, apart from what it decides."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from sqlalchemy import Connection

from service.domain.steps import Given


class Claimed(NamedTuple):
    """A cadence as the clock reads it. `ref` says to the database where the row lies, within this transaction only."""

    ref: str | int
    person: str
    name: str
    job: str
    kind: str  # wall or every: what follows meetings is planned apart
    timing: str
    until: str | datetime  # as the driver gives it; `Bulk.seconds` reads it
    last: str


class Looked(NamedTuple):
    """What becomes of the cadence at `ref`. Moments in seconds since the epoch."""

    ref: str | int
    next_at: int
    until: int
    last: str


class New(NamedTuple):
    """An occurrence of the `nth` cadence that is written with it."""

    nth: int
    id: str
    given: Given
    wake_at: int  # where it is not ended at once
    stands_for: int


class Bulk(Protocol):
    """All inside the caller's transaction, and with the driver's errors as SQLAlchemy raises them."""

    best: int
    """How many cadences a transaction had best be about."""

    def claim(self, on: Connection, now: datetime, limit: int) -> Sequence[Claimed]:
        """Those whose time has come, longest ago first, locked. Another clock skips what is locked (SQLite locks the whole database)."""

    def seconds(self, until: str | datetime) -> int:
        """What the driver gave for a moment, in whole seconds."""

    def absorb(self, on: Connection, ids: Collection[str]) -> Mapping[str, int]:
        """Takes away those rows that nobody has claimed yet, and says how many slots each stood for, to be counted in the next row.
        One that was tried and failed stays, to end in the open.
        """

    def older(self, on: Connection, than: Sequence[tuple[str, str, int]]) -> Collection[str]:
        """(person, cadence, before): rows that were due before, of which nothing has gone out, locked until they are superseded."""

    def write(self, on: Connection, looked: Sequence[Looked], new: Sequence[New], now: datetime) -> Collection[str]:
        """Returns the ids of the occurrences that had no row yet: nothing is ever planned twice."""
