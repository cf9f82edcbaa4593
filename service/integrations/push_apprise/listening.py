"""What Apprise says of a push in its log, which is all it tells beside yes or no. Its lines hold addresses with tokens:
only a status and two yes-or-no answers leave here, and nothing of it reaches our log.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

_STATUS = re.compile(
    r"\berror\s*=\s*(\d{3})\b|\bHTTP(?:/\d(?:\.\d)?)?\s+(\d{3})\b|\bstatus(?: code)?[ :=]+(\d{3})\b", re.IGNORECASE
)
_NEVER = re.compile(
    r"refused|ConnectTimeout|connect timeout|NameResolution|Name or service not known|nodename|getaddrinfo|unreachable|No route|"
    r"Failed to establish|CERTIFICATE_VERIFY|SSLError",
    re.IGNORECASE,
)
_lock = threading.Lock()


@dataclass(slots=True)
class Heard:
    status: int | None = None
    never_connected: bool = False


class _Ear(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.heard = Heard()

    def emit(self, record: logging.LogRecord) -> None:
        line = record.getMessage()
        if found := _STATUS.search(line):
            self.heard.status = int(next(group for group in found.groups() if group))
        if _NEVER.search(line):
            self.heard.never_connected = True


@contextmanager
def listening() -> Iterator[Heard]:
    """One push at a time: Apprise's log does not tell two of them apart."""
    log, transport = logging.getLogger("apprise"), logging.getLogger("urllib3")
    ear = _Ear()
    with _lock:
        before = (log.level, log.propagate, transport.propagate)
        log.setLevel(logging.DEBUG)
        log.propagate = transport.propagate = False
        log.addHandler(ear)
        try:
            yield ear.heard
        finally:
            log.removeHandler(ear)
            log.level, log.propagate, transport.propagate = before
            log.setLevel(before[0])
