"""One use case each: what to say on an occasion, and whether it still holds just before it is said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from importlib import import_module
from typing import Protocol, cast

from service.domain.delivery import Draft, Nothing, Recheck
from service.domain.people import Person
from service.ports import Occasion, Services


class Job(Protocol):
    """A module with two functions. They never send, never commit and never ask for the time."""

    def prepare(self, services: Services, person: Person, occasion: Occasion, now: datetime) -> Draft | Nothing: ...

    def recheck(self, services: Services, person: Person, draft: Draft, occasion: Occasion, now: datetime) -> Recheck: ...


class _Jobs(Mapping[str, Job]):
    """Each job is imported when it is first asked for, so that a command which runs none stays quick."""

    names = ("morning", "meeting", "triage", "slack")

    def __getitem__(self, name: str) -> Job:
        if name not in self.names:
            raise KeyError(name)
        return cast("Job", import_module(f"jobs.{name}"))

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


JOBS: Mapping[str, Job] = _Jobs()
