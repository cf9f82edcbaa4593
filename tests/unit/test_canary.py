from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from service.canary import EVERY, GRACE, PATIENCE, STALE, Canary, Pulse
from service.domain.ledger import CANARY, Ring
from service.errors import Unavailable
from service.probes import Health

NOW = datetime(2026, 5, 12, 7, 0, tzinfo=UTC)


class Rows:
    """The ledger's canaries: id → whether it ran end to end, None while it is open."""

    def __init__(self) -> None:
        self.ended: dict[str, bool | None] = {}
        self.woken: list[timedelta] = []

    def plan(self, process: str, now: datetime, useful: timedelta, wake_after: timedelta) -> str:
        id = f"c{len(self.ended)}"
        self.ended[id] = None
        self.woken.append(wake_after)
        return id

    def ran(self, id: str) -> bool | None:
        return self.ended[id]


class Elapsed:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Scene:
    def __init__(self, queue: str = "canary.own") -> None:
        self.rows, self.elapsed = Rows(), Elapsed()
        self.canary = Canary(self.rows, "worker@here-1", lambda: NOW, queue, self.elapsed)  # type: ignore[arg-type]
        self.rung: list[str] = []
        self.run: list[str] = []
        self.answers, self.proves = True, True
        self.pulse = Pulse(self.canary, self.ring, self.by_look)

    def ring(self, rings: Sequence[Ring]) -> None:
        for ring in rings:
            self.rung.append(ring.id)
            if self.answers:
                self.rows.ended[ring.id] = True

    def by_look(self, id: str) -> None:
        self.run.append(id)
        self.rows.ended[id] = self.proves

    def beats(self, seconds: float) -> None:
        for _ in range(int(seconds)):
            self.elapsed.now += 1
            self.pulse.once()

    def health(self, *, queue: bool = True) -> Health:
        def check() -> None:
            if not queue:
                raise Unavailable("connection refused")

        return Health(self.canary, {"queue": check, "database": lambda: None})


def test_one_is_planned_every_half_minute_and_rung_for_on_its_own_queue() -> None:
    scene = Scene()
    scene.beats(2 * EVERY + 2)
    assert scene.rung == ["c0", "c1", "c2"]
    assert scene.run == []
    assert scene.rows.woken[0] == timedelta(seconds=STALE), "no other worker is rung for it while it proves anything"
    assert scene.health().live()["live"]


def test_one_on_the_common_queue_is_rung_for_again_like_every_row() -> None:
    scene = Scene(CANARY)
    scene.beats(1)
    assert scene.rows.woken[0] < timedelta(seconds=STALE)


def test_a_worker_that_no_ring_reaches_is_not_alive() -> None:
    scene = Scene()
    scene.beats(3)
    scene.answers = False
    scene.beats(STALE + PATIENCE)
    found = scene.health().live()
    assert not found["live"]
    assert "has brought no canary" in found["reasons"][0]
    assert scene.run, "it looked by itself as well"


def test_a_worker_whose_queue_is_away_lives_by_what_it_finds_itself() -> None:
    scene = Scene()
    scene.answers = False
    scene.beats(10 * EVERY)
    found = scene.health(queue=False).live()
    assert found["live"]
    assert "does not answer" in found["remarks"][0]


def test_one_that_ended_otherwise_proves_nothing() -> None:
    scene = Scene()
    scene.answers = False
    scene.proves = False
    scene.beats(GRACE + 1)
    found = scene.health().live()
    assert not found["live"]
    assert "no canary has run end to end" in found["reasons"][0]


def test_in_the_first_minute_nothing_need_have_run() -> None:
    scene = Scene()
    scene.elapsed.now += GRACE
    assert scene.health().live()["live"]
    scene.elapsed.now += 1
    assert not scene.health().live()["live"]


def test_a_clock_lives_by_its_tick_and_says_that_nobody_answers() -> None:
    scene = Scene(CANARY)
    health = Health(scene.canary, {"queue": lambda: None, "database": lambda: None}, ticks=True)
    for _ in range(int(2 * STALE)):
        scene.elapsed.now += 1
        scene.canary.plan()
    found = health.live()
    assert found["live"]
    assert "no worker has answered" in found["remarks"][0]
    scene.elapsed.now += STALE + 1
    assert not health.live()["live"]


@pytest.mark.parametrize("queue", [True, False])
def test_ready_says_what_does_not_answer(queue: bool) -> None:
    found = Scene().health(queue=queue).ready()
    assert found["ready"] is queue
    assert found["checks"] == {"queue": "ok" if queue else "connection refused", "database": "ok"}
