"""Tells when INBOX changes, by IDLE (RFC 2177). A doorbell only: what changed is for a sync to find out, and a lost ring loses nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

from service.integrations.imap.line import Line
from service.integrations.listening import FIRST_PAUSE, Heard, Listening

RENEW = timedelta(minutes=9)
"""Servers may hang up after 30 minutes, Gmail does so after 10, and routers forget quiet connections."""


def doorbell(
    line: Callable[[], Line], ring: Callable[[], None], *, renew: timedelta = RENEW, first_pause: timedelta = FIRST_PAUSE
) -> Listening:
    idle = _Idle(line, ring, renew)
    return Listening(idle.listen, ring, idle.cut, first_pause)


class _Idle:
    def __init__(self, line: Callable[[], Line], ring: Callable[[], None], renew: timedelta) -> None:
        self._line, self._ring, self._renew = line, ring, renew
        self._lock = threading.Lock()
        self._on: Line | None = None
        self._cut = False

    def cut(self) -> None:
        with self._lock:
            self._cut = True
            if self._on is not None:
                self._on.cut()

    def listen(self, heard: Heard, closed: threading.Event) -> bool:
        line = self._line()
        with self._lock:
            if self._cut:
                return True
            self._on = line  # from its first byte on: whoever closes the doorbell does not wait for a login
        try:
            with line:
                if not line.can("IDLE"):
                    return False
                line.examine(b"INBOX")
                heard()
                while not closed.is_set():
                    if line.idle(self._renew.total_seconds()):
                        self._ring()
            return True
        finally:
            with self._lock:
                self._on = None
