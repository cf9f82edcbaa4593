"""When: one tick a second by APScheduler, and one at every moment in between that is known to come. Schedules live in our table;
the tick plans what is due, sweeps and rings.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from threading import Event
from time import monotonic

from service import metrics
from service.domain.ledger import Ring
from service.errors import ReveilleError
from service.logs import logger
from service.planner import Planner
from service.ports import Bell
from service.steady import Steady
from service.store import EVERYBODY, acting_as
from service.store.ledger import Ledger

log = logger("clock")
TICK = 1  # second
APART = 0.05  # seconds between two ticks at least, whatever comes


class Clock:
    """Any number may run on one database."""

    def __init__(
        self,
        planner: Planner,
        ledger: Ledger,
        bell: Bell,
        now: Callable[[], datetime],
        hourly: Callable[[], None] = lambda: None,
        canary: Callable[[], Sequence[Ring]] = tuple,
    ) -> None:
        """`canary`: what this clock plans in each tick to see itself tick."""
        self._planner, self._ledger, self._bell, self._now, self._hourly = planner, ledger, bell, now, hourly
        self._canary = canary
        self._scheduler, self._stopped = Steady(timezone="UTC"), Event()

    def start(self) -> None:
        # A tick that was missed is made good by the next one, whatever the delay; two never run at once.
        self._scheduler.add_job(self.second, "interval", seconds=TICK, coalesce=True, misfire_grace_time=None, max_instances=1)
        self._scheduler.add_job(self.tidy, "interval", hours=1, coalesce=True, misfire_grace_time=None, max_instances=1)
        self._scheduler.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    def second(self) -> None:
        """What is known to come before the next second's tick doesn't wait for it."""
        end, wait = monotonic() + TICK - 2 * APART, 0.0
        while monotonic() + wait < end and not self._stopped.wait(wait):
            since = self._now()
            self.tick()
            wait = self._until_next(since)

    def _until_next(self, since: datetime) -> float:
        """Seconds, to the next moment that a cadence or an occurrence waits for; the tick's length where none is near or nobody
        can tell. What was past when the tick began was its own, or is another clock's.
        """
        try:
            with acting_as(EVERYBODY):
                coming = self._ledger.next_moment(since, self._now() + timedelta(seconds=TICK))
        except Exception:  # the clock's edge: the next tick meets the same error, and says so
            return TICK
        return max(APART, (coming - self._now()).total_seconds()) if coming else TICK

    def tick(self) -> None:
        """Never raises: a database that is away for a moment must not end the clock."""
        try:
            with acting_as(EVERYBODY), metrics.TICK.time():
                for rings in self._planner.batches(self._now()):
                    self._ring("due", rings)
                while swept := self._ledger.sweep(self._now()):
                    self._ring("rung again", swept)
                self._bell.ring(self._canary())
        except ReveilleError as error:
            log.warning("tick failed", error=str(error))
        except Exception:  # the clock's edge: logged, and tried again in a second
            log.exception("tick failed")

    def _ring(self, why: str, rings: Sequence[Ring]) -> None:
        self._bell.ring(rings)
        if rings:  # one line for many: they come by the thousand
            log.info(why, occurrences=[ring.id for ring in rings])

    def tidy(self) -> None:
        try:
            self._hourly()
        except ReveilleError as error:
            log.warning("tidying failed", error=str(error))
        except Exception:  # the clock's edge
            log.exception("tidying failed")
