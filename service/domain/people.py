"""Whose day it is, and how others are addressed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """A mailbox. `email` is lower case and "" where a header named none; `name` is as it was written, decoded."""

    email: str
    name: str = ""

    @property
    def domain(self) -> str:
        return self.email.rpartition("@")[2]

    @property
    def label(self) -> str:
        """What a person would call them: the name, else the address."""
        return self.name or self.email


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody else who receives some of a person's briefings, never what is private. `only` holds cadence names; empty is all."""

    email: str
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing is delivered from `from_at` until `until_at`, except occurrences of these priorities."""

    from_at: datetime
    until_at: datetime
    except_: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Local wall times; `start` after `end` spans midnight."""

    start: time
    end: time
    except_: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Budget:
    pushes_per_day: int = 8
    model_cost_per_day: float = 0.0


@dataclass(frozen=True, slots=True)
class Retention:
    bodies: timedelta = timedelta(days=180)
    artefacts: timedelta = timedelta(days=30)
    ledger: timedelta = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    name: str
    emails: tuple[str, ...]
    timezone: str = "UTC"
    role: str = ""
    priorities: tuple[str, ...] = ()
    goals: tuple[str, ...] = ()
    language: str = "en"
    working_hours: tuple[time, time] = (time(9), time(18))
    holidays: str = ""
    """Country, or country-subdivision ("CH-ZH"), as the `holidays` package names them; "" keeps none."""
    reads_too: tuple[Reader, ...] = ()
    pauses: tuple[Pause, ...] = ()
    quiet: QuietHours | None = None
    budget: Budget = field(default_factory=Budget)
    keep: Retention = field(default_factory=Retention)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def domains(self) -> frozenset[str]:
        """The domains of the person's own addresses: who is a colleague. Free-mail domains are taken out by `people`."""
        return frozenset(e.rpartition("@")[2] for e in self.emails)

    def is_me(self, email: str) -> bool:
        return email.lower() in self.emails
