"""A thread that listens at a source: what every doorbell has in common."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextvars import copy_context
from datetime import timedelta
from threading import Event, Thread
from time import monotonic

from service.domain.sync import Hearing
from service.errors import AccessLost, ExternalError, not_installed
from service.logs import logger

log = logger("doorbell")
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=15)
STEADY = 60.0
"""Seconds after which a connection is taken to be a good one: the next pause is short again."""

Heard = Callable[[], None]
Listen = Callable[[Heard, Event], bool]
"""Listens until it breaks (an ExternalError) or `closed` is set. It calls the first once it listens. False: there is nothing to listen
to, ever.
"""


class Listening:
    """`ports.Doorbell`. Errors are never raised: the account's sync meets them too, and tells; pauses grow, and are shortened at random
    so that many don't come back at once. It acts for whoever made it.
    """

    def __init__(
        self,
        listen: Listen,
        ring: Callable[[], None],
        cut: Callable[[], None] = lambda: None,
        first_pause: timedelta = FIRST_PAUSE,
    ) -> None:
        """`cut` ends a wait of `listen` from another thread."""
        self._listen, self._ring, self._cut, self._first_pause = listen, ring, cut, first_pause
        self._closed, self._heard_at = Event(), 0.0
        self.hearing, self.said = Hearing.SILENT, ""
        self._thread = Thread(target=copy_context().run, args=(self._run,), name="doorbell", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._closed.set()
        self._cut()

    def ended(self, within: float) -> bool:
        self._thread.join(max(0.0, within))
        return not self._thread.is_alive()

    def _run(self) -> None:
        pause = self._first_pause
        while not self._closed.is_set():
            self._heard_at = monotonic()
            if not self._once():
                return
            if self.hearing is Hearing.LISTENING and monotonic() - self._heard_at > STEADY:
                pause = self._first_pause
            self.hearing = Hearing.SILENT
            longest = LONGEST_PAUSE if self._lost else pause
            if self._closed.wait(longest.total_seconds() * random.uniform(0.5, 1.0)):
                return
            pause = min(pause * 2, LONGEST_PAUSE)

    def _once(self) -> bool:
        """Whether it is tried again."""
        self._lost = False
        try:
            if self._listen(self._begun, self._closed):
                return True
            self.hearing, self.said = Hearing.ABSENT, "there is nothing to listen to"
        except AccessLost as error:
            self._lost, self.said = True, str(error)
        except ExternalError as error:
            self.said = str(error)
        except Exception as error:  # a vendor's library: its bug must not end the listening
            missing = not_installed(error)
            self.said = str(missing) if missing else f"unexpected in this doorbell: {type(error).__name__}"
            if missing is None and not self._closed.is_set():
                log.exception("a doorbell broke")
        else:
            return False
        if not self._closed.is_set():
            log.debug("doorbell silent", why=self.said)
        return True

    def _begun(self) -> None:
        self._heard_at, self.said, self.hearing = monotonic(), "", Hearing.LISTENING
        self._ring()
