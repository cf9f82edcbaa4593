"""What has rung and is to be read: soon, in the order in which it rang, and no account too often."""

from __future__ import annotations

from collections.abc import Callable
from threading import Condition
from time import monotonic

from service.store.doorbells import Where

SOON = 0.3
"""Seconds from the first ring to the sync: what happens together rings together."""
APART, FURTHEST = 1.0, 8.0
"""Seconds between two syncs of an account, doubled for as long as it keeps ringing."""


class Rings:
    """Safe to share between threads."""

    def __init__(self, elapsed: Callable[[], float] = monotonic) -> None:
        self._elapsed, self._more, self._closed = elapsed, Condition(), False
        self._waiting: dict[Where, float] = {}  # → when it is to be read
        self._read: dict[Where, tuple[float, float]] = {}  # → until when it is left alone, and for how long that is
        self._under_way: dict[Where, bool] = {}  # → whether it has rung since

    def ring(self, where: Where) -> None:
        with self._more:
            if where in self._under_way:
                self._under_way[where] = True
            else:
                self._set(where, SOON)

    def take(self) -> Where | None:
        """Waits for the next. Whoever has it says when it is `done`. None: there is none any more."""
        with self._more:
            while not self._closed:
                where = min(self._waiting, key=lambda one: self._waiting[one], default=None)
                left = self._waiting[where] - self._elapsed() if where is not None else None
                if where is not None and left is not None and left <= 0:
                    del self._waiting[where]
                    self._under_way[where] = False
                    self._lengthen(where)
                    return where
                self._more.wait(left)
            return None

    def done(self, where: Where, again: float | None = None) -> None:
        """`again`: it is to be read once more, after so many seconds."""
        with self._more:
            rang = self._under_way.pop(where, False)
            _, apart = self._read.pop(where, (0.0, APART))
            if again is not None:
                self._set(where, again)
                return
            self._read[where] = self._elapsed() + apart, apart
            if rang:
                self._set(where, SOON)

    def forget(self, where: Where) -> None:
        with self._more:
            self._waiting.pop(where, None)
            self._read.pop(where, None)

    def close(self) -> None:
        with self._more:
            self._closed = True
            self._more.notify_all()

    def _set(self, where: Where, after: float) -> None:
        rests_until, _ = self._read.get(where, (0.0, 0.0))
        self._waiting.setdefault(where, max(self._elapsed() + after, rests_until))
        self._more.notify()

    def _lengthen(self, where: Where) -> None:
        """The next rest, by how long it was quiet."""
        until, apart = self._read.get(where, (0.0, 0.0))
        keeps_on = apart and self._elapsed() - until < apart
        self._read[where] = until, min(2 * apart, FURTHEST) if keeps_on else APART
