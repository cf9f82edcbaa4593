"""Celery in this process: a ring reaches the runner of its own application, also after another one ran before it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from queue import Queue
from typing import Any

import pytest

from service.worker import CeleryBell, EmbeddedWorker, application


class Silent:
    """A ledger in which nothing waits: only a ring brings work."""

    def waiting(self, now: datetime, limit: int = 0) -> Sequence[str]:
        return ()


class Heard:
    def __init__(self, name: str, heard: Queue[tuple[str, str]]) -> None:
        self.name, self.heard = name, heard

    def clock(self) -> datetime:
        return datetime.now(UTC)

    def run(self, id: str) -> None:
        self.heard.put((self.name, id))


def rung(name: str, heard: Queue[Any]) -> None:
    app, _ = application("embedded")
    worker = EmbeddedWorker(app, Heard(name, heard), Silent())  # type: ignore[arg-type]
    worker.start()
    try:
        CeleryBell(app).ring(["o1"])
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
    app, _ = application("embedded")
    worker = EmbeddedWorker(app, Heard("brief", Queue()), Silent())  # type: ignore[arg-type]
    worker.start()
    worker.stop()
    assert capfd.readouterr() == ("", "")
    assert [r for r in caplog.records if r.levelname == "CRITICAL"] == []
