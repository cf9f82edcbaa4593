"""A long sync says how far it is; a short one says nothing."""

from __future__ import annotations

from io import StringIO

from service.cli.progress import CLEAR, Line
from service.sync import Progress


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_long_sync_says_items_rate_and_time_left() -> None:
    to, clock = StringIO(), Clock()
    line = Line(to, clock)
    line(Progress("imap", 200, 200_000))
    clock.now += 10
    line(Progress("imap", 5_000, 200_000))
    assert to.getvalue() == f"{CLEAR}Reading imap: 5,000 of 200,000 · 500/s · 6 min left"


def test_a_source_that_does_not_know_how_many_says_how_fast() -> None:
    to, clock = StringIO(), Clock()
    line = Line(to, clock)
    line(Progress("slack", 0, None))
    clock.now += 4
    line(Progress("slack", 400, None))
    assert to.getvalue().endswith("Reading slack: 400 · 100/s")


def test_a_short_one_says_nothing_and_a_finished_one_leaves_nothing() -> None:
    to, clock = StringIO(), Clock()
    line = Line(to, clock)
    line(Progress("notes", 1, 3))
    clock.now += 1
    line(Progress("notes", 3, 3))
    assert to.getvalue() == ""
    line(Progress("imap", 1, 300))
    clock.now += 3
    line(Progress("imap", 150, 300))
    line(Progress("imap", 300, 300))
    assert to.getvalue().endswith(CLEAR)
