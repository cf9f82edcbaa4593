"""One use case each. A job is given its times and returns what to say; it never sends, never commits, never asks for the time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from service.domain.delivery import Draft, Nothing, Recheck
from service.domain.people import Person
from service.ports import Occasion, Services


class Job(Protocol):
    def prepare(self, services: Services, person: Person, occasion: Occasion, now: datetime) -> Draft | Nothing: ...

    def recheck(self, services: Services, person: Person, draft: Draft, occasion: Occasion, now: datetime) -> Recheck: ...


JOBS: Mapping[str, Job] = {}
