"""APScheduler on a machine whose wall clock is set, or that sleeps."""

from __future__ import annotations

from datetime import datetime
from time import monotonic, time

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.base import STATE_STOPPED

JUMP = 2.0  # seconds between what the wall clock and the steady one say has passed
LOOK = 1.0  # seconds


class Steady(BackgroundScheduler):  # type: ignore[misc]  # the library has no types
    """Waits for wall times as its base does, and begins anew where the clock jumped. Otherwise a clock that is set back puts every
    next run as far away, and after a night's sleep every run that was missed is counted one by one.
    """

    def _main_loop(self) -> None:
        wall, steady, wait = time(), monotonic(), LOOK
        while self.state != STATE_STOPPED:
            self._event.wait(min(wait, LOOK))
            self._event.clear()
            if abs((time() - wall) - (monotonic() - steady)) > JUMP:
                self._begin_anew()
            wall, steady = time(), monotonic()
            found = self._process_jobs()
            wait = LOOK if found is None else found

    def _begin_anew(self) -> None:
        for job in self.get_jobs():
            job.modify(next_run_time=datetime.now(self.timezone))
