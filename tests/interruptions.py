"""Stops whoever works on a database between any two of its transactions: to die, to sleep, to let another one in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, event


class Interruptions:
    """Does what it was handed right before the n-th transaction from now, once. No lock is held at that moment, and a process
    that was killed anywhere between two commits leaves what one leaves that was killed here.
    """

    def __init__(self, engine: Engine, seen: Callable[[bool], None] = lambda _: None) -> None:
        """`seen` is told of each transaction whether it is interrupted."""
        self._engine, self._seen = engine, seen
        self._left, self._working = 0, False
        self._act: Callable[[], None] | None = None
        event.listen(engine, "begin", self._begins)

    def close(self) -> None:
        event.remove(self._engine, "begin", self._begins)

    @property
    def armed(self) -> bool:
        return self._act is not None

    def arm(self, nth: int, act: Callable[[], None]) -> None:
        self._left, self._act = nth, act

    def disarm(self) -> None:
        self._act = None

    @contextmanager
    def working(self, *, on: bool = True) -> Iterator[None]:
        """Only transactions in here count; with `on` false, those in there don't."""
        before, self._working = self._working, on
        try:
            yield
        finally:
            self._working = before

    def _begins(self, _: Connection) -> None:
        if not self._working:
            return
        self._left -= 1
        act = self._act if self._left <= 0 else None
        self._seen(act is not None)
        if act is not None:
            self._act = None
            with self.working(on=False):
                act()
