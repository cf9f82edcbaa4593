"""Leases of everything this process works on, renewed by one thread. A process that sleeps or hangs stops beating, and loses them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Event, Lock, Thread
from time import monotonic

from service import metrics
from service.domain.ledger import Occurrence
from service.logs import logger

log = logger("leases")
LONGEST = 30 * 60.0
"""Seconds after which a run that is still going is taken to hang: its lease runs out, and another worker has a try."""

Beat = Callable[[Mapping[str, int], datetime], Sequence[str]]
"""({occurrence: fence}, until) → those that were lost."""


class Leases:
    def __init__(self, beat: Beat, clock: Callable[[], datetime], length: timedelta) -> None:
        self._beat, self._clock, self.length = beat, clock, length
        self._held: dict[str, tuple[int, float]] = {}
        self._lock, self._never = Lock(), Event()
        self._thread: Thread | None = None

    @contextmanager
    def holding(self, *claimed: Occurrence) -> Iterator[None]:
        with self._lock:
            self._held |= {o.id: (o.fence, monotonic()) for o in claimed}
            if self._thread is None or not self._thread.is_alive():
                self._thread = Thread(target=self._renew, name="leases", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            self.let_go(claimed)

    def let_go(self, of: Sequence[Occurrence]) -> None:
        with self._lock:
            for occurrence in of:
                if self._held.get(occurrence.id, (None,))[0] == occurrence.fence:
                    del self._held[occurrence.id]

    def lost(self, id: str, fence: int) -> None:
        """Somebody else has it now; counted once, whoever finds out. What was let go of or claimed anew meanwhile was not lost."""
        with self._lock:
            if self._held.get(id, (None,))[0] == fence:
                del self._held[id]
                metrics.LEASE_LOSSES.inc()
                log.warning("lease lost", occurrence=id)

    def held(self) -> dict[str, int]:
        with self._lock:
            return {id: fence for id, (fence, _) in self._held.items()}

    def _renew(self) -> None:
        while not self._never.wait(self.length.total_seconds() / 3):
            with self._lock:
                late = monotonic() - LONGEST
                held = {id: fence for id, (fence, since) in self._held.items() if since > late}
            if not held:
                continue
            try:
                lost = self._beat(held, self._clock() + self.length)
            except Exception as error:  # the thread's edge: one beat that fails is made good by the next
                log.warning("leases not renewed", occurrences=len(held), error=str(error))
                continue
            for id in lost:
                self.lost(id, held[id])
