"""The ledger's figures in Prometheus' terms, read when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from time import monotonic

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from service.asked import Asked
from service.logs import logger
from service.store.figures import Figures, Open, Sent, Sources

log = logger("metrics")
KEPT = 5.0  # seconds: however many ask, the ledger is asked this often
SOURCES_KEPT = 60.0
_DELIVERIES = ("pending", "sending", "failed", "unknown")


class LedgerFigures(Collector):
    """What cannot be read is left out: an old figure that looks new would hide the trouble."""

    def __init__(self, figures: Figures, now: Callable[[], datetime]) -> None:
        self._now = now
        self._open = Asked(lambda: figures.open(now()), keep=KEPT)
        self._sent = Asked(lambda: figures.sent(now()), keep=KEPT)
        self._quarantined = Asked(lambda: figures.quarantined(now(), limit=0)[0], keep=KEPT)
        self._sources = Asked(lambda: figures.sources(now()), keep=SOURCES_KEPT)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        begun = monotonic()
        try:
            yield from _occurrences(self._open(), self._now())
            yield _gauge("reveille_occurrences_quarantined", "Given up after three workers ended with it.", self._quarantined())
            yield from _deliveries(self._sent(), self._now())
            yield from _sources(self._sources(), self._now())
        except Exception as error:  # the scrape's edge: what this process counts is told in any case
            log.warning("figures not read", seconds=round(monotonic() - begun, 1), error=str(error))

    def describe(self) -> Iterator[GaugeMetricFamily]:
        return iter(())


def _occurrences(found: Open, now: datetime) -> Iterator[GaugeMetricFamily]:
    yield _gauge("reveille_occurrences_due", "Somebody should be working on them.", found.due)
    yield _gauge("reveille_occurrences_late", "Were due more than a minute ago and have not ended.", found.late)
    yield _gauge("reveille_occurrences_running", "A worker holds their leases.", found.running)
    waiting = GaugeMetricFamily("reveille_queue_waiting", "What workers of this queue could take up now.", labels=["queue"])
    age = GaugeMetricFamily("reveille_queue_age_seconds", "For how long the oldest of them has waited.", labels=["queue"])
    for name, queue in sorted(found.queues.items()):
        waiting.add_metric([name], queue.waiting)
        age.add_metric([name], _age(queue.since, now))
    yield waiting
    yield age


def _deliveries(found: Sent, now: datetime) -> Iterator[GaugeMetricFamily]:
    count = GaugeMetricFamily(
        "reveille_deliveries",
        "Under way, or failed in the last seven days. Loud channels interrupt.",
        labels=["channel_kind", "state"],
    )
    for interrupts in (False, True):
        for state in _DELIVERIES:
            count.add_metric(["loud" if interrupts else "quiet", state], found.deliveries.get((interrupts, state), 0))
    yield count
    yield _gauge("reveille_oldest_undelivered_seconds", "How long ago it was due.", _age(found.oldest_due_at, now))


def _sources(found: Sources, now: datetime) -> Iterator[GaugeMetricFamily]:
    health = GaugeMetricFamily("reveille_sources", "Accounts that are read.", labels=["kind", "health"])
    for (kind, state), count in sorted(found.health.items()):
        health.add_metric([kind, state], count)
    age = GaugeMetricFamily("reveille_source_age_seconds", "Since they were read.", labels=["kind", "quantile"])
    for (kind, percentile), read_at in sorted(found.read_at.items()):
        age.add_metric([kind, f"{percentile / 100:g}"], _age(read_at, now))
    bells = GaugeMetricFamily("reveille_doorbells", "Accounts that are listened at, or are to be.", labels=["kind", "state"])
    for (kind, state), count in sorted(found.bells.items()):
        bells.add_metric([kind, state], count)
    yield health
    yield age
    yield bells


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, value=value)


def _age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0
