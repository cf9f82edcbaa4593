"""How far a long sync is: items, rate and time left, in one line of the terminal that is gone once it is done."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from service.sync import Progress

WORTH_SAYING = 2.0  # seconds after which a sync is long
APART = 0.2  # seconds between two looks at it
CLEAR = "\r\x1b[K"


class Line:
    """Called from whichever thread stores the pages."""

    def __init__(self, to: TextIO, clock: Callable[[], float] = monotonic) -> None:
        self._to, self._clock = to, clock
        self._began: dict[str, float] = {}
        self._said = 0.0

    def __call__(self, progress: Progress) -> None:
        now = self._clock()
        began = self._began.setdefault(progress.account, now)
        if progress.total is not None and progress.items >= progress.total:
            self._began.pop(progress.account)
            self.clear()
        elif now - began >= WORTH_SAYING and now - self._said >= APART:
            self._said = now
            self._to.write(CLEAR + _worded(progress, now - began))
            self._to.flush()

    def clear(self) -> None:
        if self._said:
            self._to.write(CLEAR)
            self._to.flush()


def _worded(progress: Progress, seconds: float) -> str:
    rate = progress.items / seconds
    said = f"Reading {progress.account}: {progress.items:,}"
    if progress.total is None:
        return f"{said} · {rate:,.0f}/s"
    return f"{said} of {progress.total:,} · {rate:,.0f}/s · {_left((progress.total - progress.items) / rate)} left"


def _left(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


@contextmanager
def shown() -> Iterator[Callable[[Progress], None]]:
    """What a house's `progress` is set to; says nothing where standard error is no terminal."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    line = Line(sys.stderr)
    try:
        yield line
    finally:
        line.clear()
