"""The metrics that the service exports, with their labels. One list for code, alerts and dashboard."""

from __future__ import annotations

import re

EXPORTED: dict[str, frozenset[str]] = {
    "reveille_occurrences_due": frozenset(),
    "reveille_occurrences_late": frozenset(),
    "reveille_occurrences_running": frozenset(),
    "reveille_occurrences_quarantined": frozenset(),
    "reveille_occurrences_ended_total": frozenset({"job", "outcome"}),
    "reveille_lease_losses_total": frozenset(),
    "reveille_deliveries": frozenset({"channel_kind", "state"}),
    "reveille_doorbells": frozenset({"kind", "state"}),
    "reveille_rings_total": frozenset(),
    "reveille_oldest_undelivered_seconds": frozenset(),
    "reveille_queue_age_seconds": frozenset({"queue"}),
    "reveille_queue_waiting": frozenset({"queue"}),
    "reveille_source_age_seconds": frozenset({"kind", "quantile"}),
    "reveille_sources": frozenset({"kind", "health"}),
    "reveille_model_spend_total": frozenset({"person_kind"}),
    "reveille_tick_seconds_bucket": frozenset({"le"}),
    "reveille_run_seconds_bucket": frozenset({"job", "le"}),
    "reveille_due_to_start_seconds_bucket": frozenset({"job", "le"}),
    "reveille_canary_age_seconds": frozenset({"process"}),
    "reveille_up": frozenset({"process"}),
}
# Prometheus' own, the node exporter's and the kubelet's.
OTHERS = {
    "up": frozenset({"job"}),
    "ALERTS": frozenset({"alertname", "alertstate"}),
    "node_filesystem_avail_bytes": frozenset({"fstype"}),
    "node_filesystem_size_bytes": frozenset({"fstype"}),
    "kubelet_volume_stats_available_bytes": frozenset({"persistentvolumeclaim"}),
    "kubelet_volume_stats_capacity_bytes": frozenset({"persistentvolumeclaim"}),
}
_BY_THE_SCRAPE = {"instance"}
_WORD = r"[a-zA-Z_]\w*"
_TOKEN = re.compile(rf"(?P<name>{_WORD})\s*(?:\{{(?P<labels>[^}}]*)\}})?(?P<call>\s*\()?")
_OPERATORS = {"and", "or", "unless"}


def unknown(expression: str) -> set[str]:
    """What a PromQL expression names that nobody exports: metrics, labels in selectors, labels to group by."""
    known = EXPORTED | OTHERS
    bare = re.sub(r'"[^"]*"|\'[^\']*\'|\[[^\]]*\]', "", expression)  # no strings, no ranges
    grouping = re.compile(r"\b(?:by|without) ?\(([^)]*)\)")
    groups = {label for labels in grouping.findall(bare) for label in re.findall(_WORD, labels)}
    metrics, wrong = set(), set()
    for token in _TOKEN.finditer(grouping.sub("", bare)):
        if token["call"] or token["name"] in _OPERATORS:
            continue
        metrics.add(token["name"])
        labels = set(re.findall(_WORD, token["labels"] or ""))
        wrong |= {f"{token['name']}{{{label}}}" for label in labels - known.get(token["name"], labels) - _BY_THE_SCRAPE}
    wrong |= metrics - set(known)
    return wrong | {label for label in groups - _BY_THE_SCRAPE if not any(label in known.get(name, ()) for name in metrics)}
