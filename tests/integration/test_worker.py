"""Celery in this process: a ring reaches the runner of its own application, also after another one ran before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from queue import Queue
from time import sleep
from typing import Any

import pytest

from service.bell import CeleryBell
from service.domain.ledger import CANARY, Ring
from service.leases import Owed
from service.queues import prefixed
from service.worker import Work, Worker
from tests.e2e.driver import until


class Heard:
    """A runner that says what it was rung for, and a ledger in which nothing waits: only a ring brings work."""

    def __init__(self, name: str, heard: Queue[tuple[str, str]]) -> None:
        self.name, self.heard, self.ledger = name, heard, self
        self.owed = Owed(lambda _: None)

    def clock(self) -> datetime:
        return datetime.now(UTC)

    def waiting(self, now: datetime, limit: int = 0, patience: timedelta = timedelta()) -> Sequence[Ring]:
        return ()

    def run_fresh(self, ids: Sequence[str], stopped: Callable[[], bool]) -> Sequence[str]:
        for id in ids:
            self.heard.put((self.name, id))
        return ()

    def run(self, id: str) -> None:
        self.heard.put((self.name, id))


def a_worker(runner: Heard, queue: str = "embedded", own: str = "", concurrency: int = 4) -> tuple[Worker, CeleryBell]:
    prefix = prefixed(queue)
    bell = CeleryBell(queue, prefix, own)
    work = Work(runner, bell, lambda _: None)  # type: ignore[arg-type]
    return Worker(queue, prefix, runner, work, own=own, concurrency=concurrency), bell  # type: ignore[arg-type]


def rung(name: str, heard: Queue[Any]) -> None:
    worker, bell = a_worker(Heard(name, heard))
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
    worker, _ = a_worker(Heard("brief", Queue()))
    worker.start()
    worker.stop()
    assert capfd.readouterr() == ("", "")
    assert [r for r in caplog.records if r.levelname == "CRITICAL"] == []


@pytest.mark.parametrize("broker", ["embedded", "redis_url"])
def test_a_queue_of_its_own_reaches_one_process_and_the_common_one_any(broker: str, request: pytest.FixtureRequest) -> None:
    url = broker if broker == "embedded" else request.getfixturevalue(broker)
    heard: Queue[Any] = Queue()
    worker, bell = a_worker(Heard("one", heard), url, "canary.one")
    _, another = a_worker(Heard("other", heard), url, "canary.other")
    worker.start()
    try:
        until(lambda: worker.ready)
        another.ring([Ring("not for us", "canary.other")])
        for n in range(4):
            bell.ring([Ring(f"c{n}", "canary.one")])
            assert heard.get(timeout=60) == ("one", f"c{n}")
        bell.ring([Ring("for anybody", CANARY)])
        assert heard.get(timeout=60) == ("one", "for anybody")
    finally:
        worker.stop()
        for one in (bell, another):
            one._app.pool.force_close_all()


class Slow(Heard):
    def run_fresh(self, ids: Sequence[str], stopped: Callable[[], bool]) -> Sequence[str]:
        sleep(0.05)
        return super().run_fresh(ids, stopped)


@pytest.mark.parametrize("broker", ["embedded", "redis_url", "rabbit_url"])
def test_a_thread_that_becomes_free_gets_the_next_message_at_once(broker: str, request: pytest.FixtureRequest) -> None:
    """Every message that may be held is held, and the broker has nothing to say: the loop must not wait for it then."""
    heard: Queue[Any] = Queue()
    url = broker if broker == "embedded" else request.getfixturevalue(broker)
    worker, bell = a_worker(Slow("quick", heard), url, concurrency=1)
    worker.start()
    try:
        until(lambda: worker.ready)
        for n in range(40):
            bell.ring([Ring(f"o{n}", "triage")])
        until(lambda: heard.qsize() == 40, 15, heard.qsize)  # 2 s of work; 40 s with Celery's own loop
    finally:
        worker.stop()
        bell._app.pool.force_close_all()
