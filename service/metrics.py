"""What this process counts, in Prometheus' terms. What the ledger itself knows is read from it at each scrape: see `probes`."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics

NAMES = (
    "reveille_occurrences_due",
    "reveille_occurrences_late",
    "reveille_occurrences_running",
    "reveille_occurrences_quarantined",
    "reveille_occurrences_ended_total",
    "reveille_lease_losses_total",
    "reveille_deliveries",
    "reveille_doorbells",
    "reveille_deliveries_settled_total",
    "reveille_oldest_undelivered_seconds",
    "reveille_queue_age_seconds",
    "reveille_queue_waiting",
    "reveille_rings_total",
    "reveille_source_age_seconds",
    "reveille_sources",
    "reveille_model_spend_total",
    "reveille_tick_seconds",
    "reveille_run_seconds",
    "reveille_due_to_start_seconds",
    "reveille_canary_age_seconds",
    "reveille_up",
)
"""Every metric there is, as its samples are called (histograms without `_bucket`, `_count` and `_sum`)."""

REGISTRY = CollectorRegistry()
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0)

disable_created_metrics()  # type: ignore[no-untyped-call]  # a series more for each one, which nobody asks for

ENDED = Counter("reveille_occurrences_ended_total", "Occurrences that ended here.", ("job", "outcome"), registry=REGISTRY)
RINGS = Counter("reveille_rings_total", "Accounts that were read because their doorbell rang.", registry=REGISTRY)
LEASE_LOSSES = Counter("reveille_lease_losses_total", "Leases that were lost while their work ran here.", registry=REGISTRY)
SETTLED = Counter(
    "reveille_deliveries_settled_total",
    "Attempts to deliver that ended here, by what is known of them.",
    ("channel_kind", "state"),
    registry=REGISTRY,
)
SPEND = Counter("reveille_model_spend_total", "What models have cost, in US dollars.", ("person_kind",), registry=REGISTRY)
SPEND.labels("all")  # shown from the start
TICK = Histogram("reveille_tick_seconds", "How long a clock's tick took.", registry=REGISTRY, buckets=SECONDS)
RUN = Histogram(
    "reveille_run_seconds",
    "How long a worker held an occurrence: once to prepare it, once to deliver it.",
    ("job",),
    registry=REGISTRY,
    buckets=SECONDS,
)
DUE_TO_START = Histogram(
    "reveille_due_to_start_seconds",
    "From the moment an occurrence may be prepared until a worker begins.",
    ("job",),
    registry=REGISTRY,
    buckets=SECONDS,
)
