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

from service.errors import Unavailable

_STATUS = re.compile(
    r"\berror\s*=\s*(\d{3})\b|\bHTTP(?:/\d(?:\.\d)?)?\s+(\d{3})\b|\bstatus(?: code)?[ :=]+(\d{3})\b", re.IGNORECASE
)
_NEVER = re.compile(
    r"refused|ConnectTimeout|connect timeout|NameResolution|Name or service not known|nodename|getaddrinfo|unreachable|No route|"
    r"Failed to establish|CERTIFICATE_VERIFY|SSLError",
    re.IGNORECASE,
)
_turn = threading.Lock()
WAIT_SECONDS = 15


@dataclass(slots=True)
class Heard:
    status: int | None = None
    never_connected: bool = False


class _Ear(logging.Handler):
    heard: Heard | None = None

    def emit(self, record: logging.LogRecord) -> None:
        heard = self.heard
        if heard is None:
            return
        line = record.getMessage()
        if found := _STATUS.search(line):
            heard.status = int(next(group for group in found.groups() if group))
        if _NEVER.search(line):
            heard.never_connected = True


_ear = _Ear()


def attach() -> None:
    """Once, when the library is loaded: from then on its log, and that of the HTTP below it, ends here."""
    log = logging.getLogger("apprise")
    log.setLevel(logging.DEBUG)
    log.propagate = logging.getLogger("urllib3").propagate = False
    log.addHandler(_ear)


@contextmanager
def listening() -> Iterator[Heard]:
    """One push at a time: it is sent in a thread of Apprise's own, so its log does not tell two of them apart."""
    if not _turn.acquire(timeout=WAIT_SECONDS):
        raise Unavailable("other pushes take too long. It is tried again later")
    _ear.heard = heard = Heard()
    try:
        yield heard
    finally:
        _ear.heard = None
        _turn.release()
