"""How occurrences end: said and counted once it is written, one by one or many together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from service import metrics
from service.domain.ledger import Occurrence, Outcome
from service.logs import about, logger
from service.store.database import EVERYBODY, acting_as
from service.store.ledger import End, Ledger

log = logger("runner")


class Ends:
    """Ends of runs that were claimed together, written together."""

    def __init__(self, ledger: Ledger, clock: Callable[[], datetime]) -> None:
        self._ledger, self._clock = ledger, clock
        self._ends: list[tuple[Occurrence, Outcome, str]] = []

    @property
    def claimed(self) -> list[Occurrence]:
        return [claimed for claimed, _, _ in self._ends]

    def add(self, claimed: Occurrence, outcome: Outcome, reason: str) -> None:
        self._ends.append((claimed, outcome, reason))

    def write(self) -> None:
        if not self._ends:
            return
        ends = [End(claimed.id, claimed.fence, outcome, reason) for claimed, outcome, reason in self._ends]
        with acting_as(EVERYBODY):
            lost = frozenset(self._ledger.end_many(ends, self._clock()))
        for claimed, outcome, reason in self._ends:
            with about(occurrence=claimed.id, job=claimed.job):
                if claimed.id in lost:
                    log.warning("late write refused")
                    metrics.LEASE_LOSSES.inc()
                else:
                    ended(claimed, outcome, reason)
        self._ends = []


def ended(claimed: Occurrence, outcome: Outcome, reason: str) -> None:
    """Counted and said once it is written, not before."""
    metrics.ENDED.labels(claimed.job, outcome.value).inc()
    log.info("ended", cadence=claimed.cadence, slot=claimed.slot, outcome=outcome.value, reason=reason)
