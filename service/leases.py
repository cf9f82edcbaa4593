"""Leases of everything this process works on, renewed by one thread. A process that sleeps or hangs stops beating, and loses them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Lock, Thread
from time import monotonic, sleep

from service import metrics
from service.domain.ledger import Occurrence
from service.logs import logger

log = logger("leases")
LONGEST = 30 * 60.0
"""Seconds after which a run that is still going is taken to hang: its lease runs out, and another worker has a try."""
LOOK = 1.0
"""Seconds after which the thread looks whether there is anything left to renew; where not, it ends."""

Beat = Callable[[Mapping[str, int], datetime], Sequence[str]]
"""({occurrence: fence}, until) → those that were lost."""


class Leases:
    def __init__(self, beat: Beat, clock: Callable[[], datetime], length: timedelta) -> None:
        self._beat, self._clock, self.length = beat, clock, length
        self._held: dict[str, tuple[int, float]] = {}
        self._lock = Lock()
        self._thread: Thread | None = None

    @contextmanager
    def holding(self, *claimed: Occurrence) -> Iterator[None]:
        with self._lock:
            self._held |= {o.id: (o.fence, monotonic()) for o in claimed}
            if self._thread is None:
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
        every = self.length.total_seconds() / 3
        last = monotonic()
        while self._is_needed():
            sleep(min(LOOK, every))
            if monotonic() - last >= every:
                last = monotonic()
                self._renew_once()

    def _is_needed(self) -> bool:
        """Where it isn't, whoever claims next starts another thread."""
        with self._lock:
            if not self._held:
                self._thread = None
            return bool(self._held)

    def _renew_once(self) -> None:
        with self._lock:
            late = monotonic() - LONGEST
            held = {id: fence for id, (fence, since) in self._held.items() if since > late}
        if not held:
            return
        try:
            lost = self._beat(held, self._clock() + self.length)
        except Exception as error:  # the thread's edge: one beat that fails is made good by the next
            log.warning("leases not renewed", occurrences=len(held), error=str(error))
            return
        for id in lost:
            self.lost(id, held[id])


class Owed:
    """Claims whose runs ended here without a word in the ledger, because the database was away: whoever held them lives, and lets go
    of them once it can, so that they neither wait for a lease nor count as what a worker has died of.
    """

    def __init__(self, let_go: Callable[[Mapping[str, int]], None]) -> None:
        self._let_go = let_go
        self._owed: dict[str, int] = {}
        self._lock = Lock()

    def __bool__(self) -> bool:
        return bool(self._owed)

    def add(self, *claimed: Occurrence) -> None:
        with self._lock:
            self._owed |= {occurrence.id: occurrence.fence for occurrence in claimed}

    def settle(self) -> None:
        """Raises Unavailable where the database is still away."""
        with self._lock:
            owed = dict(self._owed)
        if owed:
            self._let_go(owed)
        with self._lock:
            for id, fence in owed.items():
                if self._owed.get(id) == fence:
                    del self._owed[id]
