"""When: one tick a second by APScheduler. Schedules live in our table; the tick plans what is due, sweeps and rings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from service.errors import ReveilleError
from service.logs import logger
from service.planner import Planner
from service.ports import Bell
from service.steady import Steady
from service.store import EVERYBODY, acting_as
from service.store.ledger import Ledger

log = logger("clock")
TICK = 1  # second


class Clock:
    """Any number may run on one database."""

    def __init__(
        self, planner: Planner, ledger: Ledger, bell: Bell, now: Callable[[], datetime], hourly: Callable[[], None] = lambda: None
    ) -> None:
        self._planner, self._ledger, self._bell, self._now, self._hourly = planner, ledger, bell, now, hourly
        self._scheduler = Steady(timezone="UTC")

    def start(self) -> None:
        # A tick that was missed is made good by the next one, whatever the delay; two never run at once.
        self._scheduler.add_job(self.tick, "interval", seconds=TICK, coalesce=True, misfire_grace_time=None, max_instances=1)
        self._scheduler.add_job(self.tidy, "interval", hours=1, coalesce=True, misfire_grace_time=None, max_instances=1)
        self._scheduler.start()

    def stop(self) -> None:
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    def tick(self) -> None:
        """Never raises: a database that is away for a moment must not end the clock."""
        try:
            with acting_as(EVERYBODY):
                for rings in self._planner.batches(self._now()):
                    self._bell.ring(rings)
                while swept := self._ledger.sweep(self._now()):
                    self._bell.ring(swept)
        except ReveilleError as error:
            log.warning("tick failed", error=str(error))
        except Exception:  # the clock's edge: logged, and tried again in a second
            log.exception("tick failed")

    def tidy(self) -> None:
        try:
            self._hourly()
        except ReveilleError as error:
            log.warning("tidying failed", error=str(error))
        except Exception:  # the clock's edge
            log.exception("tidying failed")
