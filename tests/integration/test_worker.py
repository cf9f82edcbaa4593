"""Celery in this process: a ring reaches the runner of its own application, also after another one ran before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from queue import Queue
from typing import Any

import pytest

from service.bell import CeleryBell
from service.domain.ledger import Ring
from service.queues import prefixed
from service.worker import Work, Worker


class Heard:
    """A runner that says what it was rung for, and a ledger in which nothing waits: only a ring brings work."""

    def __init__(self, name: str, heard: Queue[tuple[str, str]]) -> None:
        self.name, self.heard, self.ledger = name, heard, self

    def clock(self) -> datetime:
        return datetime.now(UTC)

    def waiting(self, now: datetime, limit: int = 0, patience: timedelta = timedelta()) -> Sequence[Ring]:
        return ()

    def run_fresh(self, ids: Sequence[str], stopped: Callable[[], bool]) -> Sequence[str]:
        for id in ids:
            self.heard.put((self.name, id))
        return ()


def a_worker(name: str, heard: Queue[Any]) -> tuple[Worker, CeleryBell]:
    prefix = prefixed("embedded")
    bell, runner = CeleryBell("embedded", prefix), Heard(name, heard)
    return Worker("embedded", prefix, runner, Work(runner, bell, lambda _: None)), bell  # type: ignore[arg-type]


def rung(name: str, heard: Queue[Any]) -> None:
    worker, bell = a_worker(name, heard)
    worker.start()
    try:
        bell.ring([Ring("o1", "triage")])
        assert heard.get(timeout=20) == (name, "o1")
    finally:
        worker.stop()


def test_each_worker_of_a_process_runs_its_own_runner() -> None:
    heard: Queue[Any] = Queue()
    rung("before the config was edited", heard)
    rung("after it", heard)


def test_it_starts_and_stops_without_a_word(capfd: pytest.CaptureFixture[str]) -> None:
    rung("quiet", Queue())
    assert capfd.readouterr() == ("", "")


def test_stopped_as_soon_as_it_started_it_goes_without_a_word(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    worker, _ = a_worker("brief", Queue())
    worker.start()
    worker.stop()
    assert capfd.readouterr() == ("", "")
    assert [r for r in caplog.records if r.levelname == "CRITICAL"] == []
