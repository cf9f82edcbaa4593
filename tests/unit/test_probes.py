"""What is answered over HTTP, and in which words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from threading import Event
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from service import metrics
from service.asked import Asked
from service.canary import Canary
from service.errors import ConfigError, Unavailable
from service.probes import Health, Probes
from service.scrape import LedgerFigures
from service.store.figures import Open, Queue, Sent, Sources
from tests.unit.deploy.metrics import EXPORTED
from tests.unit.test_canary import Rows

NOW = datetime(2026, 5, 12, 7, 0, tzinfo=UTC)


class SomeFigures:
    error: Exception | None = None

    def open(self, now: datetime) -> Open:
        if self.error:
            raise self.error
        return Open(due=3, late=1, running=2, queues={"morning": Queue(3, NOW - timedelta(seconds=90))})

    def sent(self, now: datetime) -> Sent:
        return Sent({(True, "pending"): 4}, NOW - timedelta(minutes=2))

    def quarantined(self, now: datetime, limit: int) -> tuple[int, list[object]]:
        return 1, []

    def sources(self, now) -> Sources:
        return Sources({("maildir", "ok"): 7}, {("maildir", 99): NOW - timedelta(hours=1)}, {("imap", "listening"): 5})


@pytest.fixture
def figures() -> SomeFigures:
    return SomeFigures()


@pytest.fixture
def probes(figures: SomeFigures) -> Iterator[Probes]:
    canary = Canary(Rows(), "worker@here-1", lambda: NOW)  # type: ignore[arg-type]
    health = Health(canary, {"database": lambda: None})
    with Probes("127.0.0.1:0", health, canary, LedgerFigures(figures, lambda: NOW)) as probes:  # type: ignore[arg-type]
        yield probes


def got(probes: Probes, path: str) -> tuple[int, str]:
    try:
        with urlopen(f"http://127.0.0.1:{probes.port}{path}", timeout=10) as reply:
            return reply.status, reply.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()


def samples(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_live_and_ready_are_json(probes: Probes) -> None:
    status, body = got(probes, "/live")
    assert (status, json.loads(body)["live"]) == (200, True)
    status, body = got(probes, "/ready")
    assert (status, json.loads(body)["checks"]) == (200, {"database": "ok"})
    assert got(probes, "/")[0] == 404


def test_metrics_are_prometheus_text_with_every_name_there_is(probes: Probes) -> None:
    metrics.ENDED.labels("morning", "sent").inc(0)
    metrics.SETTLED.labels("quiet", "sent").inc(0)
    metrics.RUN.labels("morning")
    metrics.DUE_TO_START.labels("morning")
    status, body = got(probes, "/metrics")
    found = samples(body)
    assert status == 200
    names = {name.removesuffix("_bucket").removesuffix("_count").removesuffix("_sum") for name, _ in found}
    assert names == set(metrics.NAMES)
    assert found["reveille_occurrences_late", ()] == 1
    assert found["reveille_queue_waiting", (("queue", "morning"),)] == 3
    assert found["reveille_queue_age_seconds", (("queue", "morning"),)] == 90
    assert found["reveille_deliveries", (("channel_kind", "loud"), ("state", "pending"))] == 4
    assert found["reveille_oldest_undelivered_seconds", ()] == 120
    assert found["reveille_source_age_seconds", (("kind", "maildir"), ("quantile", "0.99"))] == 3600
    assert found["reveille_up", (("process", "worker"),)] == 1
    assert found["reveille_model_spend_total", (("person_kind", "all"),)] == 0


def test_alerts_and_dashboard_know_them_by_the_same_labels(probes: Probes) -> None:
    for name in ("morning", "triage"):
        metrics.ENDED.labels(name, "sent")
        metrics.RUN.labels(name)
        metrics.DUE_TO_START.labels(name)
    found = {name: {label for label, _ in labels} for name, labels in samples(got(probes, "/metrics")[1])}
    assert {name: found[name] for name in EXPORTED} == EXPORTED


def test_up_says_whether_it_is_ready() -> None:
    canary = Canary(Rows(), "clock@here-1", lambda: NOW)  # type: ignore[arg-type]

    def refused() -> None:
        raise Unavailable("connection refused")

    with Probes("127.0.0.1:0", Health(canary, {"queue": refused}), canary) as probes:
        assert samples(got(probes, "/metrics")[1])["reveille_up", (("process", "clock"),)] == 0


def test_what_this_process_counts_is_told_when_the_ledger_is_away(probes: Probes, figures: SomeFigures) -> None:
    figures.error = Unavailable("The database does not answer.")
    status, body = got(probes, "/metrics")
    assert status == 200
    assert "reveille_occurrences_due" not in body
    assert "reveille_lease_losses_total" in body


def test_a_port_that_is_taken_is_said_at_the_start(probes: Probes) -> None:
    canary = Canary(Rows(), "worker@here-2", lambda: NOW)  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match=r"listen: 127.0.0.1:\d+ can't be listened on"):
        Probes(f"127.0.0.1:{probes.port}", Health(canary, {}), canary)


def waiting(for_: Event, count: list[int]) -> Callable[[], int]:
    def question() -> int:
        count.append(1)
        for_.wait(10)
        return len(count)

    return question


def test_what_hangs_is_asked_once() -> None:
    release, asked = Event(), list[int]()
    ask = Asked(waiting(release, asked), within=0.05)
    for _ in range(3):
        with pytest.raises(Unavailable, match="no answer within"):
            ask()
    assert len(asked) == 1
    release.set()
    while not ask._asking.done():  # type: ignore[union-attr]
        pass
    assert ask() == 2, "the old answer came too late to be kept"


def test_an_answer_is_kept_as_long_as_it_was_asked_to() -> None:
    release, asked = Event(), list[int]()
    release.set()
    ask = Asked(waiting(release, asked), keep=60)
    assert (ask(), ask()) == (1, 1)
