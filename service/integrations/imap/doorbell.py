"""Tells when INBOX changes, by IDLE (RFC 2177). A doorbell only: what changed is for a sync to find out, and a lost ring loses nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

from service.errors import AccessLost, ExternalError
from service.integrations.imap.line import Line
from service.logs import logger

log = logger("imap")
RENEW = timedelta(minutes=9)
"""Servers may hang up after 30 minutes, Gmail does so after 10, and routers forget quiet connections."""
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=15)


class Doorbell:
    """`ring` is called in the bell's own thread, also after each new connection, since nobody listened meanwhile; it must not raise.
    Errors are never said here: the account's sync meets them too, and tells.
    """

    def __init__(
        self,
        line: Callable[[], Line],
        ring: Callable[[], None],
        *,
        renew: timedelta = RENEW,
        first_pause: timedelta = FIRST_PAUSE,
    ) -> None:
        self._line, self._ring, self._renew, self._first_pause = line, ring, renew, first_pause
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self._on: Line | None = None
        self._thread = threading.Thread(target=self._run, name="imap-doorbell", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Returns once it is silent, at most a login's time later."""
        self._closed.set()
        with self._lock:
            if self._on is not None:
                self._on.cut()
        self._thread.join()

    def _run(self) -> None:
        pause, before = self._first_pause, False
        while not self._closed.is_set():
            try:
                with self._line() as line:
                    pause = self._first_pause
                    if not self._listen(line, ring_first=before):
                        return
            except AccessLost:
                pause = LONGEST_PAUSE
            except ExternalError as error:
                log.debug("doorbell silent", why=str(error))
            before = True
            if self._closed.wait(pause.total_seconds()):
                return
            pause = min(pause * 2, LONGEST_PAUSE)

    def _listen(self, line: Line, *, ring_first: bool) -> bool:
        """Until it breaks. False where the server has no IDLE: then there is nothing to listen to, ever."""
        if not line.can("IDLE"):
            return False
        line.examine(b"INBOX")
        with self._lock:
            self._on = line
        try:
            if ring_first:
                self._ring()
            while not self._closed.is_set():
                if line.idle(self._renew.total_seconds()):
                    self._ring()
        finally:
            with self._lock:
                self._on = None
        return True
