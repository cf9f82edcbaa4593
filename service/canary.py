"""A process that proves to itself that work gets done: every half minute an occurrence of its own, through the real ledger and queue."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from threading import Event, Lock, Thread
from time import monotonic

from service.domain.ledger import CANARY, Ring
from service.errors import ReveilleError
from service.logs import logger
from service.store.canaries import Canaries
from service.store.ledger import RING_AGAIN

log = logger("canary")
EVERY = 30.0  # seconds
STALE = 3 * EVERY
GRACE = 60.0  # seconds from the start until the first must have run
PATIENCE = 15.0  # seconds a ring is waited for before its process looks by itself, as workers do for all rows


def process_name(role: str) -> str:
    """`role`: clock, worker or embedded."""
    return f"{role}@{socket.gethostname()}-{os.getpid()}"


class Canary:
    """One process's. `queue` is where it is rung for: its own, or the one that every worker serves. Safe to share between threads."""

    def __init__(
        self,
        canaries: Canaries,
        process: str,
        now: Callable[[], datetime],
        queue: str = CANARY,
        elapsed: Callable[[], float] = monotonic,
    ) -> None:
        self.process, self.queue = process, queue
        self._canaries, self._now, self._elapsed = canaries, now, elapsed
        self._lock = Lock()
        self._started = elapsed()
        self._planned: float | None = None
        self._ended: float | None = None
        self._heard: float | None = None
        self._open: str | None = None

    @property
    def role(self) -> str:
        return self.process.partition("@")[0]

    def plan(self) -> Sequence[Ring]:
        """The next one, where it is time for it."""
        began = self._elapsed()
        with self._lock:
            if self._planned is not None and began - self._planned < EVERY:
                return ()
        # Whoever serves a queue of its own is the only one to answer, until its canary has gone stale.
        wake_after = RING_AGAIN if self.queue == CANARY else timedelta(seconds=STALE)
        id = self._canaries.plan(self.process, self._now(), timedelta(seconds=STALE), wake_after)
        with self._lock:
            self._planned, self._open = began, id
        return [Ring(id, self.queue)] if id else ()

    def look(self, *, heard: bool = True) -> None:
        """Asks the ledger whether the newest has ended. `heard`: it was the ring that brought it to its end."""
        with self._lock:
            id = self._open
        if id is None or (ran := self._canaries.ran(id)) is None:
            return
        with self._lock:
            if self._open == id:
                self._open = None
            if ran:
                self._ended = self._elapsed()
                self._heard = self._ended if heard else self._heard

    def unheard(self) -> str | None:
        """The newest one, where it was rung for in vain."""
        with self._lock:
            waits = self._planned is not None and self._elapsed() - self._planned >= PATIENCE
            return self._open if waits else None

    @property
    def age(self) -> float:
        """Seconds since the newest one ran end to end; since the start while none has."""
        return self._elapsed() - (self._started if self._ended is None else self._ended)

    @property
    def planned(self) -> bool:
        """Whether one has been planned lately; in the first minute none need have."""
        return self._lately(self._planned)

    @property
    def ran(self) -> bool:
        """Whether one has run end to end lately."""
        return self._lately(self._ended)

    @property
    def heard(self) -> bool:
        """Whether a ring has brought one to its end lately."""
        return self._lately(self._heard)

    def _lately(self, at: float | None) -> bool:
        since, most = (self._started, GRACE) if at is None else (at, STALE)
        return self._elapsed() - since <= most


class Loop:
    """Of a process that has no part in occurrences: it lives as long as its loop comes round."""

    def __init__(self, process: str, age: Callable[[], float]) -> None:
        self.process, self._age = process, age

    @property
    def role(self) -> str:
        return self.process.partition("@")[0]

    @property
    def age(self) -> float:
        """Seconds since it came round."""
        return self._age()

    @property
    def planned(self) -> bool:
        return self._age() <= STALE

    ran = heard = planned


class Pulse:
    """Of a worker: plans canaries and rings for them, in a thread of its own. What no ring has reached is run by a look, as all rows
    are: a queue that is away only slows things.
    """

    def __init__(self, canary: Canary, ring: Callable[[Iterable[Ring]], None], run: Callable[[str], object]) -> None:
        self._canary, self._ring, self._run = canary, ring, run
        self._stopped = Event()
        self._thread = Thread(target=self._beat, name="canary", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join(timeout=2)

    def once(self) -> None:
        if rings := self._canary.plan():
            self._ring(rings)
        self._canary.look()
        if id := self._canary.unheard():
            self._run(id)
            self._canary.look(heard=False)

    def _beat(self) -> None:
        while not self._stopped.wait(1.0):
            try:
                self.once()
            except ReveilleError as error:
                log.warning("canary failed", error=str(error))
            except Exception:  # the thread's edge: a canary that is missing says enough
                log.exception("canary failed")
