"""Connections kept open between two mails: in a morning rush many leave through one server, and to connect, secure and sign in costs
more than to send. One that was left for a few seconds is closed.
"""

from __future__ import annotations

import atexit
import select
import smtplib
import threading
import time
from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass, field

SECONDS = 5.0
MOST = 32
"""Open at once, of all servers together."""
MAILS = 100
"""Sent over one connection; servers grow tired of more."""


@dataclass(slots=True)
class Kept:
    smtp: smtplib.SMTP
    sent: int = 0
    since: float = 0.0  # by the idle clock


@dataclass(eq=False)
class Idle:
    """Threads may share it: whoever takes a connection has it alone."""

    seconds: float = SECONDS
    clock: Callable[[], float] = time.monotonic
    _kept: list[tuple[Hashable, Kept]] = field(default_factory=list)  # the longest idle first
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _closing: bool = False

    def take(self, where: Hashable) -> Kept | None:
        """One that was signed in at `where` and that its server has not closed since, the last used first."""
        while (found := self._take(where)) is not None:
            if _is_silent(found.smtp):
                return found
            _close(found.smtp)
        return None

    def give(self, where: Hashable, kept: Kept) -> None:
        """To be called between two mails only, when nothing is under way."""
        kept.since = self.clock()
        with self._lock:
            full = kept.sent >= MAILS or len(self._kept) >= MOST
            if not full:
                self._kept.append((where, kept))
                if not self._closing:
                    self._closing = True
                    threading.Thread(target=self._close_by_and_by, name="smtp-idle", daemon=True).start()
        if full:
            _quit(kept.smtp)

    def close(self) -> None:
        for kept in self._leave(float("inf")):
            _quit(kept.smtp)

    def _take(self, where: Hashable) -> Kept | None:
        with self._lock:
            for n in reversed(range(len(self._kept))):
                if self._kept[n][0] == where and self.clock() - self._kept[n][1].since < self.seconds:
                    return self._kept.pop(n)[1]
        return None

    def _leave(self, until: float) -> list[Kept]:
        with self._lock:
            old = [kept for _, kept in self._kept if kept.since <= until]
            self._kept = [(where, kept) for where, kept in self._kept if kept.since > until]
        return old

    def _close_by_and_by(self) -> None:
        while True:
            time.sleep(self.seconds / 2)
            for kept in self._leave(self.clock() - self.seconds):
                _quit(kept.smtp)
            with self._lock:
                if not self._kept:
                    self._closing = False
                    return


def _is_silent(smtp: smtplib.SMTP) -> bool:
    """A server speaks between two mails only to say goodbye."""
    try:
        return smtp.sock is not None and not select.select([smtp.sock], [], [], 0)[0]
    except (OSError, ValueError):
        return False


def _quit(smtp: smtplib.SMTP) -> None:
    if smtp.sock is not None:
        with suppress(OSError):
            smtp.sock.settimeout(1)
    with suppress(smtplib.SMTPException, OSError):
        smtp.quit()
    _close(smtp)


def _close(smtp: smtplib.SMTP) -> None:
    with suppress(OSError):
        smtp.close()


IDLE = Idle()
atexit.register(IDLE.close)
