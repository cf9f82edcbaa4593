"""Told to stop: once is asked for politely, twice is meant."""

from __future__ import annotations

import os
import signal
from threading import Event

from service.cli.edge import INTERRUPTED


def until_stopped() -> Event:
    """Set by Ctrl-C or SIGTERM; a second one ends at once, as a crash would: the ledger makes it good at the next start."""
    stopped = Event()

    def stop(*_: object) -> None:
        if stopped.is_set():
            os._exit(INTERRUPTED)
        stopped.set()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    return stopped
